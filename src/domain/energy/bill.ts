import { lineFen, shareFen } from "../money.ts";
import { type Interval, localDate, quarterHourMs } from "../time.ts";
import { ParkDays } from "./park-days.ts";
import type { PeriodName, Tariff, TariffRecord } from "./tariff.ts";
import { type PricePiece, shares, type TariffDay, tariffDay } from "./tariff-day.ts";

/** Energy of one quarter hour. */
export interface BilledQuarter {
  readonly startMs: number;
  readonly kwh: number;
}

/** What a whole month adds to the bill. */
export interface BilledMonth {
  readonly month: string;
  readonly interval: Interval;
  readonly kwh: number;
  /** Largest measured quarter-hour demand; null when it is not known. */
  readonly maximumDemandKw: number | null;
  /** Active and reactive energy of the quarter hours that know both; null when there are none. */
  readonly reactive: { readonly kwh: number; readonly kvarh: number } | null;
}

export type BillPart = "energy" | "charge" | "tier" | "basic" | "power-factor";

/** What keeps an amount from being known. */
export type BillGap = "tariff" | "energy" | "demand" | "reactive";

/** One line of a bill, rounded once. */
export interface BillLine {
  readonly part: BillPart;
  readonly record: TariffRecord;
  /** Of a charge: which one. */
  readonly chargeIndex: number | null;
  readonly period: PeriodName | null;
  readonly month: string | null;
  /** kWh, kW or kVA; the power factor of a power-factor line; null when it is not known. */
  readonly quantity: number | null;
  readonly unit: "kWh" | "kW" | "kVA" | "";
  /** Price of a unit before the factor; of a power-factor line the share in parts per million. */
  readonly microCny: number | null;
  /** Energy of quarter hours that a price boundary divides, split by time. */
  readonly splitKwh: number;
  readonly amountFen: bigint | null;
  readonly gap: BillGap | null;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  /** Days with energy for which no tariff is in force. */
  readonly unpricedDays: readonly string[];
}

export interface BillInput {
  readonly quarters: Iterable<BilledQuarter>;
  readonly months: readonly BilledMonth[];
  /** The tariff in force on a day. */
  readonly tariffOf: (day: string) => TariffRecord | null;
  readonly timezone: string;
}

interface EnergySum {
  readonly line: Pick<BillLine, "part" | "record" | "chargeIndex" | "period">;
  readonly microCny: number;
  kwh: number;
  splitKwh: number;
}

/**
 * The bill of some quarter hours and whole months:
 *
 *     energy, charge   Σ kWh × price × factor        one line for each price that was in force
 *     tier             kWh of the month above a threshold × added price × factor
 *     basic            largest demand or transformer capacity × price × factor, by month
 *     power-factor     (energy + basic of the month) × share of the table
 *
 * Energy is added up before it is priced, and every line is rounded once to whole fen, halves away from
 * zero; the total is the sum of the lines. A quarter hour that a price boundary divides is split by
 * time. What belongs to a month takes the tariff of its first day.
 */
export function bill({ quarters, months, tariffOf, timezone }: BillInput): Bill {
  const priced = new PricedEnergy(tariffOf, timezone);
  for (const quarter of quarters) priced.add(quarter);
  const energy = priced.lines();
  const unpriced = new Set(priced.unpricedDays);
  const monthly = months.flatMap((month) => {
    const record = tariffOf(localDate(month.interval.startMs, timezone));
    if (record === null) return [];
    return monthLines(record, month, priced.energyFen(month.month));
  });
  return { lines: [...energy, ...monthly], unpricedDays: [...unpriced].sort() };
}

/** Gathers energy by price. Months are kept apart, because the power factor changes each by itself. */
class PricedEnergy {
  readonly unpricedDays = new Set<string>();
  readonly #tariffOf: BillInput["tariffOf"];
  readonly #timezone: string;
  readonly #calendar: ParkDays;
  readonly #days = new Map<
    number,
    { day: string; record: TariffRecord | null; prices: TariffDay }
  >();
  readonly #sums = new Map<string, EnergySum & { readonly month: string }>();

  constructor(tariffOf: BillInput["tariffOf"], timezone: string) {
    this.#tariffOf = tariffOf;
    this.#timezone = timezone;
    this.#calendar = new ParkDays(timezone);
  }

  add({ startMs, kwh }: BilledQuarter): void {
    const { day, record, prices } = this.#dayOf(startMs);
    if (record === null) {
      this.unpricedDays.add(day);
      return;
    }
    const quarter = { startMs, endMs: startMs + quarterHourMs };
    const of = { record, month: day.slice(0, 7), kwh, quarter };
    this.#addPieces(prices.energy, { ...of, part: "energy", chargeIndex: null });
    for (const [chargeIndex, pieces] of prices.charges.entries()) {
      this.#addPieces(pieces, { ...of, part: "charge", chargeIndex });
    }
  }

  #dayOf(startMs: number) {
    const { startMs: dayStartMs } = this.#calendar.of(startMs);
    const known = this.#days.get(dayStartMs);
    if (known !== undefined) return known;
    const day = localDate(dayStartMs, this.#timezone);
    const record = this.#tariffOf(day);
    const prices =
      record === null ? { energy: [], charges: [] } : tariffDay(record.tariff, day, this.#timezone);
    const found = { day, record, prices };
    this.#days.set(dayStartMs, found);
    return found;
  }

  #addPieces(
    pieces: readonly PricePiece[],
    of: Pick<BillLine, "part" | "record" | "chargeIndex"> & {
      readonly month: string;
      readonly kwh: number;
      readonly quarter: Interval;
    },
  ): void {
    const parts = shares(pieces, of.quarter);
    for (const { piece, fraction } of parts) {
      const { part, record, chargeIndex, month } = of;
      const { period, microCny } = piece;
      const { id, validFrom } = record.tariff;
      const key = [id, validFrom, record.revision, part, chargeIndex, period, microCny, month].join(
        "|",
      );
      const line = { part, record, chargeIndex, period };
      const sum = this.#sums.get(key) ?? { line, microCny, month, kwh: 0, splitKwh: 0 };
      this.#sums.set(key, sum);
      sum.kwh += of.kwh * fraction;
      if (fraction < 1) sum.splitKwh += of.kwh * fraction;
    }
  }

  lines(): readonly BillLine[] {
    return [...this.#sums.values()].map((sum) => ({
      ...sum.line,
      ...{ month: sum.month, quantity: sum.kwh, unit: "kWh" as const, gap: null },
      ...{ microCny: sum.microCny, splitKwh: sum.splitKwh, amountFen: energyFen(sum) },
    }));
  }

  /** What the energy of a month costs without charges. */
  energyFen(month: string): bigint {
    return [...this.#sums.values()]
      .filter((sum) => sum.month === month && sum.line.part === "energy")
      .reduce((total, sum) => total + energyFen(sum), 0n);
  }
}

function energyFen({ kwh, microCny, line }: EnergySum): bigint {
  return lineFen(kwh, { microCny, factorPpm: line.record.tariff.factorPpm });
}

function monthLines(
  record: TariffRecord,
  month: BilledMonth,
  energyAmountFen: bigint,
): readonly BillLine[] {
  const { tariff } = record;
  const empty = { record, chargeIndex: null, period: null, month: month.month, splitKwh: 0 };
  const basic = basicLine(tariff, month);
  const lines: BillLine[] = tierLines(tariff, month).map((line) => ({ ...empty, ...line }));
  if (basic !== null) lines.push({ ...empty, ...basic });
  if (tariff.powerFactor === null) return lines;
  const adjustable = basic === null ? 0n : basic.amountFen;
  lines.push({
    ...empty,
    ...powerFactorLine(tariff, month, adjustable === null ? null : energyAmountFen + adjustable),
  });
  return lines;
}

type LineFigures = Pick<BillLine, "part" | "quantity" | "unit" | "microCny" | "amountFen" | "gap">;

function tierLines({ tiers, factorPpm }: Tariff, { kwh }: BilledMonth): readonly LineFigures[] {
  return tiers.flatMap(({ fromKwh, microCny }, index) => {
    const untilKwh = tiers[index + 1]?.fromKwh ?? Number.POSITIVE_INFINITY;
    const quantity = Math.min(kwh, untilKwh) - fromKwh;
    if (quantity <= 0 || microCny === 0) return [];
    const amountFen = lineFen(quantity, { microCny, factorPpm });
    return [
      { part: "tier" as const, quantity, unit: "kWh" as const, microCny, amountFen, gap: null },
    ];
  });
}

function basicLine(
  { basic, factorPpm }: Tariff,
  { maximumDemandKw }: BilledMonth,
): LineFigures | null {
  if (basic === null) return null;
  const { microCny } = basic;
  const priceOf = (quantity: number): bigint => lineFen(quantity, { microCny, factorPpm });
  if (basic.basis === "transformer-capacity") {
    const { capacityKva: quantity } = basic;
    const amountFen = priceOf(quantity);
    return { part: "basic", quantity, unit: "kVA", microCny, amountFen, gap: null };
  }
  if (maximumDemandKw === null) {
    const unknown = { quantity: null, amountFen: null, gap: "demand" as const };
    return { part: "basic", unit: "kW", microCny, ...unknown };
  }
  const quantity = Math.max(maximumDemandKw, basic.floorKw);
  return { part: "basic", quantity, unit: "kW", microCny, amountFen: priceOf(quantity), gap: null };
}

/**
 * Power factor of a month from its active and reactive energy, rounded to two decimals as the tables
 * have them:
 *
 *     cos φ = P / √(P² + Q²)
 */
export function powerFactorOf(kwh: number, kvarh: number): number | null {
  const apparent = Math.hypot(kwh, kvarh);
  return apparent === 0 ? null : Math.round((kwh / apparent) * 100) / 100;
}

function powerFactorLine(
  { powerFactor }: Tariff,
  { reactive }: BilledMonth,
  adjustableFen: bigint | null,
): LineFigures {
  const cosine = reactive === null ? null : powerFactorOf(reactive.kwh, reactive.kvarh);
  const row = cosine === null ? undefined : powerFactor?.find(({ atLeast }) => cosine >= atLeast);
  if (row === undefined || adjustableFen === null) {
    const gap = row === undefined ? ("reactive" as const) : ("demand" as const);
    const unknown = { microCny: null, amountFen: null };
    return { part: "power-factor", quantity: cosine, unit: "", ...unknown, gap };
  }
  const amountFen = shareFen(adjustableFen, row.sharePpm);
  return {
    ...{ part: "power-factor", quantity: cosine, unit: "" },
    ...{ microCny: row.sharePpm, amountFen, gap: null },
  };
}
