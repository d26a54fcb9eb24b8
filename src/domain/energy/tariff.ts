import type { LocalName } from "../park.ts";

export const dayTypes = ["weekday", "weekend", "holiday"] as const;
export type DayType = (typeof dayTypes)[number];

/** Names of periods as people know them: 尖, 峰, 平, 谷, 深谷, and one price for all. */
export const periodNames = ["all", "sharp", "peak", "flat", "valley", "deep-valley"] as const;
export type PeriodName = (typeof periodNames)[number];

export interface PriceBase {
  readonly period: PeriodName;
  readonly microCny: number;
}

/** A price in a part of the day, to the minute; over midnight when it ends before it begins. */
export interface PriceZone extends PriceBase {
  /** Minute of the day; 0 to 1439. */
  readonly fromMinute: number;
  /** 1 to 1440. */
  readonly toMinute: number;
  /** 1 to 12; null: every month. */
  readonly months: readonly number[] | null;
  /** Null: every day. */
  readonly dayTypes: readonly DayType[] | null;
}

/**
 * A price over time. With a base the zones lie over it and a later zone wins; without one the zones
 * fill every day of the year exactly.
 */
export interface PriceRule {
  readonly base: PriceBase | null;
  readonly zones: readonly PriceZone[];
}

/** What is added to the price of energy: transmission, government funds, green premium. */
export interface TariffCharge extends PriceRule {
  readonly name: LocalName;
}

/** Paid for capacity, each whole month: by the largest demand, or by the transformers. */
export type BasicCharge =
  | { readonly basis: "maximum-demand"; readonly microCny: number; readonly floorKw: number }
  | {
      readonly basis: "transformer-capacity";
      readonly microCny: number;
      readonly capacityKva: number;
    };

/** From this power factor on the bill changes by this share. */
export interface PowerFactorRow {
  readonly atLeast: number;
  /** Parts per million of energy and basic charge; negative lowers the bill. */
  readonly sharePpm: number;
}

/** Added to each kWh of a month above an amount. */
export interface Tier {
  readonly fromKwh: number;
  readonly microCny: number;
}

/** What electricity costs from a day on, as somebody published it. */
export interface Tariff {
  readonly id: string;
  readonly name: LocalName;
  /** First day on which it counts, in park time. */
  readonly validFrom: string;
  /** First day on which it no longer counts; null: until the next version. */
  readonly validTo: string | null;
  /** Document and number. */
  readonly source: string;
  /** `park`, `enterprise:ID`, `meter:ID`, `enterprise:*`, `meter:*` or `*`. */
  readonly appliesTo: readonly string[];
  readonly energy: PriceRule;
  readonly charges: readonly TariffCharge[];
  /** On prices and charges, parts per million: 1,130,000 where 13 % of tax come on top. */
  readonly factorPpm: number;
  readonly basic: BasicCharge | null;
  /** Descending, the last one from 0; null: none. */
  readonly powerFactor: readonly PowerFactorRow[] | null;
  /** Ascending from 0; empty: none. */
  readonly tiers: readonly Tier[];
  /** Days that count as holidays, and days that count as weekdays although they are not. */
  readonly holidays: readonly string[];
  readonly workdays: readonly string[];
}

/** A tariff as it is kept: a correction of the same day is a new revision. */
export interface TariffRecord {
  readonly tariff: Tariff;
  readonly revision: number;
  readonly recordedAtMs: number;
  readonly recordedBy: string;
  /** Why an earlier revision was wrong; null for the first one. */
  readonly correction: string | null;
}

/** The revisions that were the newest at an instant, one for each tariff and day. */
export function currentRecords(
  records: readonly TariffRecord[],
  asOfMs: number = Number.POSITIVE_INFINITY,
): readonly TariffRecord[] {
  const newest = new Map<string, TariffRecord>();
  for (const record of records) {
    if (record.recordedAtMs > asOfMs) continue;
    const key = `${record.tariff.id}/${record.tariff.validFrom}`;
    const known = newest.get(key);
    if (known === undefined || known.revision < record.revision) newest.set(key, record);
  }
  return [...newest.values()];
}

/** First day on which a tariff no longer counts: its own end or the next version of its id. */
export function endOf(tariff: Tariff, records: readonly TariffRecord[]): string | null {
  const later = records
    .filter(({ tariff: other }) => other.id === tariff.id && other.validFrom > tariff.validFrom)
    .map(({ tariff: other }) => other.validFrom);
  const ends = [...later, ...(tariff.validTo === null ? [] : [tariff.validTo])].sort();
  return ends[0] ?? null;
}

/**
 * The record in force for a scope on a day. One that names the scope comes before one for all of its
 * kind, and that before one for everybody. Null: no tariff is known.
 *
 * @param records newest revisions only.
 */
export function tariffOn(
  records: readonly TariffRecord[],
  scope: string,
  day: string,
): TariffRecord | null {
  const inForce = records.filter(({ tariff }) => {
    const end = endOf(tariff, records);
    return tariff.validFrom <= day && (end === null || day < end);
  });
  const [kind = ""] = scope.split(":");
  for (const target of [scope, `${kind}:*`, "*"]) {
    const found = inForce.find(({ tariff }) => tariff.appliesTo.includes(target));
    if (found !== undefined) return found;
  }
  return null;
}
