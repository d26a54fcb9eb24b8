import { hourMs } from "../time.ts";
import { canFlow, isRollover, type RegisterRules, riseRate } from "./register-rules.ts";
import type { Point } from "./resolve-conflicts.ts";

/** A point that counts, and how the register came to it from the one before. */
export interface KeptPoint extends Point {
  readonly step: "rise" | "rollover" | "break";
}

/** A value that is lower than the last one kept, among the points around it. */
export interface FallingPoint {
  readonly points: readonly Point[];
  readonly index: number;
  readonly kept: readonly KeptPoint[];
}

/**
 * What a fall is. `dip`: so many points from this one on are misreadings; `spike`: so many kept
 * before it are; else the register turned over, or was cleared or replaced.
 */
export type Fall =
  | { readonly kind: "dip" | "spike"; readonly count: number }
  | { readonly kind: "rollover" | "break" };

/** Misreadings that go on for longer than this are none; a single one is one however rare readings are. */
export const misreadingMsMax = hourMs;
/** A step this many times steeper than those around it is out of line. */
const steepFactor = 3;
/** A register that has kept this share of its value was not cleared. */
const keptFraction = 0.9;

/**
 * Judges a fall.
 *
 * A **dip** is over within the hour, or after a single reading: the register is back where it was.
 * A cleared register that soon passes its old value must not be taken for one, so the way back has to
 * be out of line with the pace around it, or the dip small.
 *
 * A **spike** is the opposite: the value goes on from where it stood before the higher ones, and the
 * way up to them was impossible for the meter or out of line.
 *
 * Where both would explain the fall, the one that leaves out fewer readings is taken, then the spike,
 * because it claims less energy.
 */
export function judgeFall(falling: FallingPoint, rules: RegisterRules): Fall {
  const { points, index, kept } = falling;
  const dipCount = countOfDip(falling, rules);
  const spikeCount = countOfSpike(falling, rules);
  if (dipCount > 0 && (spikeCount === 0 || dipCount < spikeCount)) {
    return { kind: "dip", count: dipCount };
  }
  if (spikeCount > 0) return { kind: "spike", count: spikeCount };
  const last = kept.at(-1) as KeptPoint;
  const turned = isRollover(kept.at(-2), last, points[index] as Point, rules);
  return { kind: turned ? "rollover" : "break" };
}

/** Readings that a dip beginning here would leave out; 0 when there is none. */
function countOfDip({ points, index, kept }: FallingPoint, rules: RegisterRules): number {
  const point = points[index] as Point;
  const last = kept.at(-1) as KeptPoint;
  const back = indexOfReturn(points, index, last.value);
  const returned = points[back];
  if (returned === undefined) return 0;
  if (!canFlow(returned.value - last.value, returned.tsMs - last.tsMs, rules)) return 0;
  const lowBefore = points.slice(index, back).findLast(({ value }) => value < last.value);
  const wayBack = riseRate(lowBefore, returned);
  const pace = Math.max(riseRate(last, returned), riseRate(kept.at(-2), last));
  const isDip = point.value >= last.value * keptFraction || wayBack > pace * steepFactor;
  return isDip ? back - index : 0;
}

/**
 * Where the register is back at `value` or above, in time for a misreading; -1 when it is not. Of
 * several such readings the lowest is taken, because one of them may be a spike.
 */
function indexOfReturn(points: readonly Point[], index: number, value: number): number {
  const untilMs = (points[index]?.tsMs ?? 0) + misreadingMsMax;
  let back = -1;
  for (let later = index + 1; later < points.length; later += 1) {
    const point = points[later] as Point;
    if (later > index + 1 && point.tsMs > untilMs) break;
    if (point.value < value) continue;
    if (back === -1 || point.value < (points[back] as Point).value) back = later;
  }
  return back;
}

/** Kept readings that a spike ending here would leave out; 0 when there is none. */
function countOfSpike({ points, index, kept }: FallingPoint, rules: RegisterRules): number {
  const point = points[index] as Point;
  let base = kept.length - 1;
  while (base >= 0 && (kept[base] as KeptPoint).value > point.value) {
    const isSingle = base === kept.length - 1;
    const tsMs = (kept[base] as KeptPoint).tsMs;
    if (!isSingle && point.tsMs - tsMs > misreadingMsMax) return 0;
    base -= 1;
  }
  const from = kept[base];
  const first = kept[base + 1];
  if (from === undefined || first === undefined) return 0;
  if (!canFlow(point.value - from.value, point.tsMs - from.tsMs, rules)) return 0;
  const isImpossible = !canFlow(first.value - from.value, first.tsMs - from.tsMs, rules);
  const pace = Math.max(
    riseRate(from, point),
    riseRate(kept[base - 1], from),
    paceFrom(points, index),
  );
  const isSpike = isImpossible || riseRate(from, first) > pace * steepFactor;
  return isSpike ? kept.length - 1 - base : 0;
}

/** Pace after a reading; the slower of two, because the next one may be a spike itself. */
function paceFrom(points: readonly Point[], index: number): number {
  const point = points[index];
  const rate = riseRate(point, points[index + 1]);
  return points[index + 2] === undefined
    ? rate
    : Math.min(rate, riseRate(point, points[index + 2]));
}
