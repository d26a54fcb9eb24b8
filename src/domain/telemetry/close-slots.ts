import { dayMs, hourMs, type Interval, quarterCeilMs, quarterHourMs } from "../time.ts";
import { type CurvePoint, registerCurve } from "./register-curve.ts";
import type { RegisterRules } from "./register-rules.ts";
import type { Point } from "./resolve-conflicts.ts";
import type { Grade } from "./slot.ts";

export interface SlotRules extends RegisterRules {
  /** How often the device reports; null: not known. */
  readonly intervalMs: number | null;
}

/** One quarter hour of one register, derived from its points. */
export interface ClosedSlot {
  readonly startMs: number;
  readonly amount: number;
  readonly grade: Grade;
  readonly coverage: number;
  readonly estimatedFraction: number;
}

/** A gap is what lies between two readings further apart than this, unless the meter is slower. */
const gapMsMin = quarterHourMs;

/**
 * Quarter hours of one register from its readings.
 *
 *     amount(slot) = (U(end) − U(start)) × multiplier
 *
 * U is the register as it stood exactly at the boundary: the reading latched there, else the straight
 * line between the neighbours. The slots of a period therefore add up to the register difference,
 * across gaps as well: what flowed during a gap is known, only its distribution in time is not.
 *
 * Grade A: the neighbours of both boundaries are at most 15 minutes, or two reporting intervals,
 * apart. Inside a longer gap the slot is an estimate: E1 up to an hour, E2 up to seven days, E3
 * beyond or where the register was cleared. `coverage` is the share of the slot's time outside such
 * gaps, `estimatedFraction` the share of its amount inside them.
 *
 * Slots before the first and after the last reading are not answered: nothing is known of them.
 *
 * @param reported ascending in time, with at least the neighbours of every wanted boundary.
 */
export function closeSlots(
  reported: readonly Point[],
  wanted: Interval,
  rules: SlotRules,
): ClosedSlot[] {
  const { points } = registerCurve(reported, rules);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return [];
  const gapMs = Math.max(gapMsMin, 2 * (rules.intervalMs ?? 0));
  const fromMs = Math.max(quarterCeilMs(wanted.startMs), quarterCeilMs(first.tsMs));
  const toMs = Math.min(wanted.endMs, last.tsMs);
  const slots: ClosedSlot[] = [];
  let left = 0;
  for (let startMs = fromMs; startMs + quarterHourMs <= toMs; startMs += quarterHourMs) {
    while (left + 1 < points.length && (points[left + 1] as CurvePoint).tsMs <= startMs) left += 1;
    slots.push(slotAt({ points, left, startMs, gapMs, multiplier: rules.multiplier }));
  }
  return slots;
}

interface SlotInput {
  readonly points: readonly CurvePoint[];
  /** Index of the last point at or before the start. */
  readonly left: number;
  readonly startMs: number;
  readonly gapMs: number;
  readonly multiplier: number;
}

function slotAt({ points, left, startMs, gapMs, multiplier }: SlotInput): ClosedSlot {
  const endMs = startMs + quarterHourMs;
  let grade: Grade = "A";
  let gapTimeMs = 0;
  let gapAmount = 0;
  let index = left;
  let startUnits = 0;
  let endUnits = 0;
  for (; index + 1 < points.length; index += 1) {
    const from = points[index] as CurvePoint;
    const to = points[index + 1] as CurvePoint;
    if (from.tsMs >= endMs) break;
    const overlapStartMs = Math.max(from.tsMs, startMs);
    const overlapEndMs = Math.min(to.tsMs, endMs);
    if (index === left) startUnits = valueAt(from, to, startMs);
    endUnits = valueAt(from, to, overlapEndMs);
    const stepGrade = gradeOf(from, to, gapMs);
    if (stepGrade === "A" || overlapEndMs <= overlapStartMs) continue;
    grade = worse(grade, stepGrade);
    gapTimeMs += overlapEndMs - overlapStartMs;
    gapAmount += valueAt(from, to, overlapEndMs) - valueAt(from, to, overlapStartMs);
  }
  const units = endUnits - startUnits;
  const gapFraction = gapTimeMs / quarterHourMs;
  return {
    startMs,
    amount: units * multiplier,
    grade,
    coverage: 1 - gapFraction,
    estimatedFraction: units > 0 ? Math.min(1, gapAmount / units) : gapFraction,
  };
}

/** Register at an instant between two points; exactly a point's own value at its instant. */
function valueAt(from: CurvePoint, to: CurvePoint, tsMs: number): number {
  if (tsMs <= from.tsMs) return from.unwrapped;
  if (tsMs >= to.tsMs) return to.unwrapped;
  const passedFraction = (tsMs - from.tsMs) / (to.tsMs - from.tsMs);
  return from.unwrapped + (to.unwrapped - from.unwrapped) * passedFraction;
}

function gradeOf(from: CurvePoint, to: CurvePoint, gapMs: number): Grade {
  const apartMs = to.tsMs - from.tsMs;
  if (to.isBreak) return "E3";
  if (apartMs <= gapMs) return "A";
  if (apartMs <= hourMs) return "E1";
  return apartMs <= 7 * dayMs ? "E2" : "E3";
}

const order: readonly Grade[] = ["A", "B", "C", "E1", "E2", "E3", "M", "X"];

/** The worse of two grades. */
export function worse(left: Grade, right: Grade): Grade {
  return order.indexOf(left) >= order.indexOf(right) ? left : right;
}
