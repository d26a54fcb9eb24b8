import { hourMs } from "../time.ts";

/** A cumulative register as a device reported it at one instant, in register units. */
export interface Point {
  readonly tsMs: number;
  readonly value: number;
}

/** What is known of the meter that the register belongs to. */
export interface RegisterRules {
  /** Real amount of one register unit: CT ratio times PT ratio. */
  readonly multiplier: number;
  /** The register shows zero again after this many register units; null: not known. */
  readonly modulus: number | null;
  /** Most that can flow in an hour, in the register's unit with the multiplier applied. */
  readonly ratedMaxPerHour: number | null;
}

/**
 * A point of the curve: the register as if it had never wrapped or been cleared. `isBreak` marks a
 * point whose distance to the one before is not known, because the register was cleared in between.
 */
export interface CurvePoint {
  readonly tsMs: number;
  readonly unwrapped: number;
  readonly isBreak: boolean;
}

export interface RegisterCurve {
  readonly points: readonly CurvePoint[];
  /** Instants at which the device reported two different values. */
  readonly conflicts: readonly number[];
  /** Points that were left out as a momentary misreading. */
  readonly glitches: readonly Point[];
}

/** Headroom over the rated maximum before a step counts as impossible. */
const ratedHeadroom = 1.2;
/** A dip that lasts longer than this is no misreading any more. */
const glitchMsMax = hourMs;

/**
 * Turns the reported values of one register into a curve that never falls.
 *
 * - Two values at one instant: the one that fits between its neighbours wins, then the lower one.
 * - A dip that is over within an hour is a misreading and left out; so is a single value that is
 *   higher than the meter can have reached and is followed by a plausible one.
 * - A fall that fits one turn of the register (`modulus`) is a rollover and counts on.
 * - Any other fall is a cleared or replaced register: what came before counts up to the fall, what
 *   comes after counts from the new value on, and the step between them is marked as a break.
 *
 * @param reported ascending in time; equal instants may repeat with different values.
 */
export function registerCurve(reported: readonly Point[], rules: RegisterRules): RegisterCurve {
  const { points, conflicts } = withoutConflicts(reported);
  const glitches: Point[] = [];
  const kept: Point[] = [];
  for (const [index, point] of points.entries()) {
    const last = kept.at(-1);
    if (last !== undefined && point.value < last.value) {
      const verdict = fallVerdict(points, index, kept, rules);
      if (verdict === "dip") {
        glitches.push(point);
        continue;
      }
      if (verdict === "spike") glitches.push(...kept.splice(-1));
    }
    kept.push(point);
  }
  return { points: unwrap(kept, rules), conflicts, glitches };
}

/** What a fall from the last kept point to `points[index]` is. */
function fallVerdict(
  points: readonly Point[],
  index: number,
  kept: readonly Point[],
  rules: RegisterRules,
): "dip" | "spike" | "step" {
  const point = points[index];
  const last = kept.at(-1);
  if (point === undefined || last === undefined) return "step";
  const before = kept.at(-2);
  const next = points[index + 1];
  const isSpikeShaped = before !== undefined && point.value >= before.value;
  if (isSpikeShaped && !canReach(before, last, rules)) return "spike";
  if (isRollover(last, point, rules)) return "step";
  if (recovers(points, index, last, rules)) return "dip";
  // The value went on from the lower one: the higher one before it had been the misreading.
  const wentOnLower = next !== undefined && next.value >= point.value && next.value < last.value;
  return isSpikeShaped && wentOnLower && canReach(before, point, rules) ? "spike" : "step";
}

/** Whether the register is back at or above `last` within the time a misreading may take. */
function recovers(
  points: readonly Point[],
  index: number,
  last: Point,
  rules: RegisterRules,
): boolean {
  for (let later = index + 1; later < points.length; later += 1) {
    const point = points[later];
    if (point === undefined || point.tsMs - last.tsMs > glitchMsMax) return false;
    if (point.value >= last.value) return canReach(last, point, rules);
  }
  return false;
}

function canReach(from: Point, to: Point, rules: RegisterRules): boolean {
  if (rules.ratedMaxPerHour === null) return true;
  return (to.value - from.value) * rules.multiplier <= reach(from, to, rules.ratedMaxPerHour);
}

function reach(from: Point, to: Point, ratedMaxPerHour: number): number {
  return ((to.tsMs - from.tsMs) / hourMs) * ratedMaxPerHour * ratedHeadroom;
}

/**
 * Whether one turn of the register explains the fall: the energy it implies is possible for the
 * meter, or, when its rating is not known, the register stood in its last tenth and is in its first.
 */
function isRollover(from: Point, to: Point, rules: RegisterRules): boolean {
  const { modulus } = rules;
  if (modulus === null || from.value >= modulus) return false;
  if (rules.ratedMaxPerHour === null) {
    return from.value >= modulus * 0.9 && to.value <= modulus * 0.1;
  }
  const amount = (to.value + modulus - from.value) * rules.multiplier;
  return amount <= reach(from, to, rules.ratedMaxPerHour);
}

function unwrap(points: readonly Point[], rules: RegisterRules): CurvePoint[] {
  let offset = 0;
  let last: Point | undefined;
  return points.map((point) => {
    let isBreak = false;
    if (last !== undefined && point.value < last.value) {
      const wrapped = isRollover(last, point, rules) && rules.modulus !== null;
      offset += wrapped ? (rules.modulus ?? 0) : last.value - point.value;
      isBreak = !wrapped;
    }
    last = point;
    return { tsMs: point.tsMs, unwrapped: point.value + offset, isBreak };
  });
}

interface Resolved {
  readonly points: Point[];
  readonly conflicts: number[];
}

function withoutConflicts(reported: readonly Point[]): Resolved {
  const points: Point[] = [];
  const conflicts: number[] = [];
  let start = 0;
  while (start < reported.length) {
    const first = reported[start] as Point;
    let end = start + 1;
    while (end < reported.length && reported[end]?.tsMs === first.tsMs) end += 1;
    const values = new Set(reported.slice(start, end).map(({ value }) => value));
    if (values.size > 1) conflicts.push(first.tsMs);
    const value =
      values.size === 1 ? first.value : winner([...values], points.at(-1), reported[end]);
    points.push({ tsMs: first.tsMs, value });
    start = end;
  }
  return { points, conflicts };
}

function winner(values: number[], before: Point | undefined, after: Point | undefined): number {
  const ascending = values.sort((a, b) => a - b);
  const fitting = ascending.find(
    (value) =>
      value >= (before?.value ?? Number.NEGATIVE_INFINITY) &&
      value <= (after?.value ?? Number.POSITIVE_INFINITY),
  );
  return fitting ?? (ascending[0] as number);
}
