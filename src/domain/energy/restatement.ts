import type { Grade } from "../telemetry/slot.ts";
import type { Interval } from "../time.ts";

/** What a day of one register says. */
export interface DayFigure {
  /** null: nothing is known of the day. */
  readonly amount: number | null;
  readonly estimatedAmount: number;
  readonly coverageSum: number;
  readonly slotCount: number;
  readonly grade: Grade | null;
}

/**
 * What is derived from the ledger and changes with it. Whoever derives something new adds its kind
 * here; the compiler then asks for the rule that follows a change into it.
 */
export const dependantKinds = ["day_total", "month_total", "period"] as const;
export type DependantKind = (typeof dependantKinds)[number];

/** One thing that a restatement has changed. */
export interface DependantChange {
  readonly kind: DependantKind;
  /** Which one: a day `2026-11-22`, a month `2026-11`. */
  readonly id: string;
  readonly unit: string | null;
  readonly before: number | null;
  readonly after: number | null;
}

/** Slots of one register and day that were given other figures, for one reason. */
export interface Restatement {
  /** Grows with each one. */
  readonly seq: number;
  readonly meterId: string;
  readonly register: string;
  readonly day: Interval;
  readonly reason: string;
  readonly knownAtMs: number;
  /** Slots that had a figure and have another one now. */
  readonly slotCount: number;
  readonly before: DayFigure;
  readonly after: DayFigure;
  readonly dependants: readonly DependantChange[];
}

/** The sum of what is known; null when nothing is. */
export function knownSum(amounts: readonly (number | null)[]): number | null {
  let sum: number | null = null;
  for (const amount of amounts) if (amount !== null) sum = (sum ?? 0) + amount;
  return sum;
}
