import { ParkDays } from "../domain/energy/park-days.ts";
import { DomainError } from "../domain/errors.ts";
import { worse } from "../domain/telemetry/close-slots.ts";
import type { Grade } from "../domain/telemetry/slot.ts";
import { type Interval, quarterCeilMs, quarterHourMs } from "../domain/time.ts";
import type { DaySum } from "./ledger-ports.ts";
import type { Ledger } from "./ports.ts";

/** One register of one meter, from the start of its registration. */
export interface SeriesAsk {
  readonly meterId: string;
  readonly register: string;
  readonly validFromMs: number | null;
}

/** A register over the quarter hours that were compared. */
export interface SeriesTotal {
  readonly amount: number;
  readonly estimatedAmount: number;
  readonly grade: Grade | null;
  /** Measured share of the compared time. */
  readonly coverage: number;
}

export interface CommonTotals {
  readonly slotsExpected: number;
  /** Quarter hours of which every series has a figure. */
  readonly slotsCompared: number;
  /** In the order of the asked series. */
  readonly totals: readonly SeriesTotal[];
  /** Meters that lack a figure in at least one quarter hour. */
  readonly missingMeterIds: readonly string[];
}

interface Sum {
  amount: number;
  estimatedAmount: number;
  grade: Grade | null;
  coverageSum: number;
}

type Figure = Omit<Sum, "grade"> & { readonly grade: Grade | null; readonly slots: number };

/**
 * Totals of several registers over the quarter hours that all of them know. Registers with gaps at
 * different times cannot be compared by their totals; over the common quarter hours they can. Days that
 * every series has as a whole come from the kept day totals, all others from their slots.
 */
export class CommonQuarters {
  readonly #ledger: Pick<Ledger, "days" | "slots">;
  readonly #interval: Interval;
  readonly #asOfMs: number | undefined;
  readonly #calendar: ParkDays;
  /** Kept totals by `meter/register`, then by day; asked for once. */
  readonly #days = new Map<string, Promise<ReadonlyMap<number, DaySum> | null>>();

  constructor(
    ledger: Pick<Ledger, "days" | "slots">,
    asked: {
      readonly interval: Interval;
      readonly timezone: string;
      readonly asOfMs?: number | undefined;
    },
  ) {
    this.#ledger = ledger;
    this.#interval = asked.interval;
    this.#asOfMs = asked.asOfMs;
    this.#calendar = new ParkDays(asked.timezone);
  }

  async totals(series: readonly SeriesAsk[]): Promise<CommonTotals> {
    const sums = series.map(
      (): Sum => ({ amount: 0, estimatedAmount: 0, grade: null, coverageSum: 0 }),
    );
    const missing = new Set<string>();
    let slotsCompared = 0;
    for (const day of this.#calendar.within(this.#interval)) {
      const absent = await this.#absentOn(series, day);
      for (const meterId of absent) missing.add(meterId);
      if (absent.length > 0) continue;
      const figures = await this.#wholeDay(series, day);
      if (figures === null) {
        slotsCompared += await this.#addSlots({ series, sums, missing }, this.#clip(day));
        continue;
      }
      addAll(sums, figures);
      slotsCompared += slotsIn(day);
    }
    return {
      ...{ slotsExpected: slotsIn(this.#interval), slotsCompared },
      totals: sums.map(({ coverageSum, ...sum }) => ({
        ...sum,
        coverage: slotsCompared === 0 ? 0 : Math.min(1, coverageSum / slotsCompared),
      })),
      missingMeterIds: [...missing],
    };
  }

  #clip({ startMs, endMs }: Interval): Interval {
    const { startMs: fromMs, endMs: toMs } = this.#interval;
    return { startMs: Math.max(startMs, fromMs), endMs: Math.min(endMs, toMs) };
  }

  #isWhole({ startMs, endMs }: Interval): boolean {
    return startMs >= this.#interval.startMs && endMs <= this.#interval.endMs;
  }

  /**
   * Meters that keep a whole day from being compared because one of them has nothing of it, as far as
   * the kept totals tell; with that one all those that lack a part.
   */
  async #absentOn(series: readonly SeriesAsk[], day: Interval): Promise<readonly string[]> {
    if (this.#asOfMs !== undefined || !this.#isWhole(day)) return [];
    const lacking: string[] = [];
    let isAbsent = false;
    for (const one of series) {
      if (firstSlotMs(one) > day.startMs) continue;
      const kept = await this.#keptDays(one);
      const sum = kept?.get(day.startMs);
      if (kept === null || sum?.wholeCount === 1) continue;
      lacking.push(one.meterId);
      isAbsent ||= sum === undefined;
    }
    return isAbsent ? lacking : [];
  }

  /** The day from kept totals; null unless the interval and every series have the whole of it. */
  async #wholeDay(
    series: readonly SeriesAsk[],
    day: Interval,
  ): Promise<readonly (Figure | null)[] | null> {
    if (this.#asOfMs !== undefined || !this.#isWhole(day)) return null;
    const figures: (Figure | null)[] = [];
    for (const one of series) {
      const fromMs = firstSlotMs(one);
      if (fromMs >= day.endMs) {
        figures.push(null);
        continue;
      }
      const sum = (await this.#keptDays(one))?.get(day.startMs);
      if (sum === undefined || fromMs > day.startMs) return null;
      if (sum.wholeCount !== 1 || sum.worstGrade === "X") return null;
      const { amount, estimatedAmount, coverageSum, worstGrade: grade } = sum;
      figures.push({ amount, estimatedAmount, coverageSum, grade, slots: slotsIn(day) });
    }
    return figures;
  }

  #keptDays({ meterId, register }: SeriesAsk): Promise<ReadonlyMap<number, DaySum> | null> {
    const key = `${meterId}/${register}`;
    const known = this.#days.get(key) ?? this.#askDays(meterId, register);
    this.#days.set(key, known);
    return known;
  }

  async #askDays(meterId: string, register: string): Promise<ReadonlyMap<number, DaySum> | null> {
    const whole = this.#calendar.within(this.#interval).filter((day) => this.#isWhole(day));
    const [first, last] = [whole[0], whole.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    const interval = { startMs: first.startMs, endMs: last.endMs };
    const days = await this.#ledger.days({ meterIds: [meterId], registers: [register], interval });
    return days === null ? null : new Map(days.map((day) => [day.day.startMs, day]));
  }

  /** Adds the quarter hours of a piece that every series knows; answers how many. */
  async #addSlots(
    to: {
      readonly series: readonly SeriesAsk[];
      readonly sums: Sum[];
      readonly missing: Set<string>;
    },
    piece: Interval,
  ): Promise<number> {
    const { series, sums, missing } = to;
    const asOf = this.#asOfMs === undefined ? {} : { asOfMs: this.#asOfMs };
    const found = await this.#ledger.slots({
      meterIds: [...new Set(series.map(({ meterId }) => meterId))],
      registers: [...new Set(series.map(({ register }) => register))],
      interval: piece,
      ...asOf,
    });
    const byKey = new Map<string, Figure>();
    for (const { meterId, register, startMs, amount, ...slot } of found) {
      if (amount === null || slot.grade === "X") continue;
      byKey.set(`${meterId}/${register}/${startMs}`, {
        ...{ amount, grade: slot.grade, coverageSum: slot.coverage, slots: 1 },
        estimatedAmount: amount * slot.estimatedFraction,
      });
    }
    let compared = 0;
    for (let atMs = piece.startMs; atMs < piece.endMs; atMs += quarterHourMs) {
      const expected = series.map((one) => firstSlotMs(one) <= atMs);
      const figures = series.map(
        ({ meterId, register }) => byKey.get(`${meterId}/${register}/${atMs}`) ?? null,
      );
      const lacking = series.filter((_, index) => expected[index] && figures[index] === null);
      for (const { meterId } of lacking) missing.add(meterId);
      if (lacking.length > 0) continue;
      addAll(
        sums,
        figures.map((figure, index) => (expected[index] ? figure : null)),
      );
      compared += 1;
    }
    return compared;
  }
}

function addAll(sums: readonly Sum[], figures: readonly (Figure | null)[]): void {
  for (const [index, figure] of figures.entries()) {
    const sum = sums[index];
    if (figure === null || sum === undefined) continue;
    sum.amount += figure.amount;
    sum.estimatedAmount += figure.estimatedAmount;
    sum.coverageSum += figure.coverageSum;
    if (figure.grade !== null) {
      sum.grade = sum.grade === null ? figure.grade : worse(sum.grade, figure.grade);
    }
  }
}

function firstSlotMs({ validFromMs }: SeriesAsk): number {
  return validFromMs === null ? Number.NEGATIVE_INFINITY : quarterCeilMs(validFromMs);
}

function slotsIn({ startMs, endMs }: Interval): number {
  return (endMs - startMs) / quarterHourMs;
}

/** Quarter hours that one answer may look at: a year and a day. */
const slotsMax = 366 * 96;

/** @throws {DomainError} `invalid_interval`, `off_step`, `interval_too_long`. */
export function requireQuarters({ startMs, endMs }: Interval): void {
  if (endMs <= startMs) {
    throw new DomainError("invalid_interval", "`to` must be later than `from`", {
      remedy: "intervals are half-open: [from, to)",
    });
  }
  if (startMs % quarterHourMs !== 0 || endMs % quarterHourMs !== 0) {
    throw new DomainError("off_step", "`from` and `to` lie on full quarter hours", {
      remedy: "use instants such as 06:00, 06:15, 06:30 and 06:45",
    });
  }
  if ((endMs - startMs) / quarterHourMs <= slotsMax) return;
  throw new DomainError("interval_too_long", "at most 366 days in one answer", {
    remedy: "ask for a shorter span, year by year",
  });
}
