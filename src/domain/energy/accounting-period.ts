import { type Interval, localDate, periodInterval } from "../time.ts";

/**
 * `open`: the month runs. `closing`: it is over and its figures may still change. `closed`: what
 * arrives for it waits for a person's decision.
 */
export type PeriodState = "open" | "closing" | "closed";

/** Somebody closed a month or opened it again. */
export interface PeriodChange {
  /** `2026-11`. */
  readonly month: string;
  readonly action: "close" | "reopen";
  readonly interval: Interval;
  readonly atMs: number;
  /** Id of the principal. */
  readonly actor: string;
  readonly reason: string;
}

export interface AccountingPeriod {
  readonly month: string;
  readonly interval: Interval;
  readonly state: PeriodState;
  /** Before this instant nobody but a person closes it. */
  readonly closesFromMs: number;
  /** Oldest first. */
  readonly changes: readonly PeriodChange[];
}

/** The day of the next month from which a month may close by itself. */
const closingDayMin = 10;

/** The month of the park's calendar that contains the instant. */
export function monthOf(tsMs: number, timezone: string): string {
  return localDate(tsMs, timezone).slice(0, 7);
}

/**
 * A month and where it stands.
 *
 * @param changes of this month, oldest first.
 */
export function accountingPeriod(
  month: string,
  changes: readonly PeriodChange[],
  { nowMs, timezone }: { readonly nowMs: number; readonly timezone: string },
): AccountingPeriod {
  const interval = periodInterval(month, timezone);
  const isClosed = changes.at(-1)?.action === "close";
  const isOver = interval.endMs <= nowMs;
  const state = isClosed ? "closed" : isOver ? "closing" : "open";
  const closesFromMs = closingMs(interval, closingDayMin, timezone);
  return { month, interval, state, closesFromMs, changes };
}

/** Start of a day of the month after the interval. */
export function closingMs({ endMs }: Interval, day: number, timezone: string): number {
  const date = `${monthOf(endMs, timezone)}-${String(day).padStart(2, "0")}`;
  return periodInterval(date, timezone).startMs;
}

/** Months of the park's calendar from the one of an instant to that of another, ascending. */
export function monthsBetween(fromMs: number, toMs: number, timezone: string): string[] {
  const months: string[] = [];
  for (let atMs = fromMs; atMs <= toMs; ) {
    const month = monthOf(atMs, timezone);
    months.push(month);
    atMs = periodInterval(month, timezone).endMs;
  }
  return months;
}
