import { dayMs, hourMs, type Interval, quarterCeilMs, quarterHourMs } from "../time.ts";
import { lifeCurve, type RegisterDrop } from "./life-curve.ts";
import { type MultiplierStep, multiplierAt, type RegisterLife } from "./meter-event.ts";
import type { CurvePoint } from "./register-curve.ts";
import type { RegisterRules } from "./register-rules.ts";
import type { Point } from "./resolve-conflicts.ts";
import type { Grade } from "./slot.ts";

export interface SlotRules extends Omit<RegisterRules, "multiplier">, RegisterLife {
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

export interface ClosedRegister {
  readonly slots: readonly ClosedSlot[];
  /** Falls of the register that nothing explains. */
  readonly drops: readonly RegisterDrop[];
}

/** What has been read of a register: its points, and whether there are none before or after them. */
export interface ReadRegister {
  readonly reported: readonly Point[];
  readonly isWholeBefore: boolean;
  readonly isWholeAfter: boolean;
}

/** A gap is what lies between two readings further apart than this, unless the meter is slower. */
const gapMsMin = quarterHourMs;

/**
 * Quarter hours of one register from its readings and from the events of its life.
 *
 *     amount(slot) = Σ (U(end) − U(start)) × multiplier, over the multipliers in force in the slot
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
 * @param read ascending in time, with at least the neighbours of every wanted boundary.
 */
export function closeRegister(
  read: ReadRegister,
  wanted: Interval,
  rules: SlotRules,
): ClosedRegister {
  const { points, drops } = lifeCurve(read, rules);
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return { slots: [], drops };
  const gapMs = Math.max(gapMsMin, 2 * (rules.intervalMs ?? 0));
  const fromMs = Math.max(quarterCeilMs(wanted.startMs), quarterCeilMs(first.tsMs));
  const toMs = Math.min(wanted.endMs, last.tsMs);
  const slots: ClosedSlot[] = [];
  let left = 0;
  for (let startMs = fromMs; startMs + quarterHourMs <= toMs; startMs += quarterHourMs) {
    while (left + 1 < points.length && (points[left + 1] as CurvePoint).tsMs <= startMs) left += 1;
    slots.push(slotAt({ points, left, startMs, gapMs, multipliers: rules.multipliers }));
  }
  return { slots, drops };
}

/** The slots alone, of a register whose readings are all at hand. */
export function closeSlots(
  reported: readonly Point[],
  wanted: Interval,
  rules: SlotRules,
): readonly ClosedSlot[] {
  const read = { reported, isWholeBefore: true, isWholeAfter: true };
  return closeRegister(read, wanted, rules).slots;
}

interface SlotInput {
  readonly points: readonly CurvePoint[];
  /** Index of the last point at or before the start. */
  readonly left: number;
  readonly startMs: number;
  readonly gapMs: number;
  readonly multipliers: readonly MultiplierStep[];
}

/** Part of a slot in which one multiplier holds, in register units. */
interface Part {
  readonly units: number;
  readonly gapUnits: number;
  readonly gapTimeMs: number;
  readonly grade: Grade;
}

function slotAt(input: SlotInput): ClosedSlot {
  const { startMs, multipliers } = input;
  const endMs = startMs + quarterHourMs;
  const bounds = [
    startMs,
    ...multipliers.map(({ fromMs }) => fromMs).filter((ms) => ms > startMs && ms < endMs),
    endMs,
  ];
  let grade: Grade = "A";
  let amount = 0;
  let gapAmount = 0;
  let gapTimeMs = 0;
  for (let index = 1; index < bounds.length; index += 1) {
    const fromMs = bounds[index - 1] as number;
    const part = partOf(input, fromMs, bounds[index] as number);
    const multiplier = multiplierAt(multipliers, fromMs);
    amount += part.units * multiplier;
    gapAmount += part.gapUnits * multiplier;
    gapTimeMs += part.gapTimeMs;
    grade = worse(grade, part.grade);
  }
  const gapFraction = gapTimeMs / quarterHourMs;
  return {
    startMs,
    amount,
    grade,
    coverage: 1 - gapFraction,
    estimatedFraction: amount > 0 ? Math.min(1, gapAmount / amount) : gapFraction,
  };
}

function partOf({ points, left, gapMs }: SlotInput, fromMs: number, toMs: number): Part {
  let grade: Grade = "A";
  let gapTimeMs = 0;
  let gapUnits = 0;
  let startUnits: number | null = null;
  let endUnits = 0;
  for (let index = left; index + 1 < points.length; index += 1) {
    const from = points[index] as CurvePoint;
    const to = points[index + 1] as CurvePoint;
    if (from.tsMs >= toMs) break;
    if (to.tsMs <= fromMs) continue;
    const overlapStartMs = Math.max(from.tsMs, fromMs);
    const overlapEndMs = Math.min(to.tsMs, toMs);
    startUnits ??= valueAt(from, to, fromMs);
    endUnits = valueAt(from, to, overlapEndMs);
    const stepGrade = gradeOf(from, to, gapMs);
    if (stepGrade === "A" || overlapEndMs <= overlapStartMs) continue;
    grade = worse(grade, stepGrade);
    gapTimeMs += overlapEndMs - overlapStartMs;
    gapUnits += valueAt(from, to, overlapEndMs) - valueAt(from, to, overlapStartMs);
  }
  return { units: endUnits - (startUnits ?? endUnits), gapUnits, gapTimeMs, grade };
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
