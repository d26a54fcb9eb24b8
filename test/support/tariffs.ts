import type { PriceRule, PriceZone, Tariff, TariffRecord } from "../../src/domain/energy/tariff.ts";
import { millionths } from "../../src/domain/money.ts";

/** Minute of the day of `08:30`. */
export function minuteOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return hour * 60 + minute;
}

/** A zone such as `08:30-11:30` at a price in yuan. */
export function zone(hours: string, priceCny: number, more: Partial<PriceZone> = {}): PriceZone {
  const [from = "", to = ""] = hours.split("-");
  return {
    ...{ period: "flat", microCny: millionths(priceCny), months: null, dayTypes: null },
    ...{ fromMinute: minuteOf(from), toMinute: minuteOf(to) },
    ...more,
  };
}

/** One price, with zones that lie over it. */
export function priced(baseCny: number, zones: readonly PriceZone[] = []): PriceRule {
  return { base: { period: "all", microCny: millionths(baseCny) }, zones };
}

/** A tariff of which a test names only what it is about. */
export function tariffOf(entry: Partial<Tariff> = {}): Tariff {
  return {
    ...{ id: "t1", name: { zh: "试验电价", en: "Trial tariff" }, source: "trial document 1" },
    ...{ validFrom: "2026-01-01", validTo: null, appliesTo: ["*"], energy: priced(0.5) },
    ...{ charges: [], factorPpm: 1_000_000, basic: null, powerFactor: null, tiers: [] },
    ...{ holidays: [], workdays: [], ...entry },
  };
}

export function recordOf(tariff: Tariff, more: Partial<TariffRecord> = {}): TariffRecord {
  return {
    ...{ tariff, revision: 1, recordedAtMs: 0, recordedBy: "user:a", correction: null },
    ...more,
  };
}
