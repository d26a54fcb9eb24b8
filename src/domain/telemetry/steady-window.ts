import type { Interval } from "../time.ts";
import { misreadingMsMax } from "./judge-fall.ts";
import type { Point } from "./resolve-conflicts.ts";

/**
 * How far the judgement of a reading looks around it: an hour, and always some readings. Whoever
 * derives a stretch anew reads so much more on either side.
 */
export const sightMs = misreadingMsMax;
export const sightPoints = 3;

/** Whether the register only rises, with one value for each instant. */
export function isSteady(ascending: readonly Point[]): boolean {
  for (let index = 1; index < ascending.length; index += 1) {
    if (!goesOn(ascending, index)) return false;
  }
  return true;
}

/** What readings in a span can have changed; null where it lies beyond the readings at hand. */
export interface Influence {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/**
 * How far readings inside a span can change the curve around it.
 *
 * A reading moves the line to its neighbours, and it can change what a fall nearby is taken for, which
 * changes what the next fall is taken for, and so on. The chain ends where the register has done
 * nothing but rise for two hours: in the first of them every fall before has been decided, and every
 * later judgement sees no further back than the second.
 */
export function influenceOf(ascending: readonly Point[], span: Interval): Influence {
  const first = indexFrom(ascending, span.startMs);
  const end = indexFrom(ascending, span.endMs);
  // The first fall whose judgement can see the span can strike out readings before itself.
  const fall = Math.min(first - sightPoints, indexFrom(ascending, span.startMs - sightMs));
  const untilMs = (ascending[fall]?.tsMs ?? span.startMs) - sightMs;
  const before = calmIndexes(ascending, 0, fall - sightPoints).findLast(
    (index) => timeOf(ascending, index) < untilMs,
  );
  const [after] = calmIndexes(ascending, end, ascending.length - 1 - sightPoints);
  return {
    fromMs: before === undefined ? null : timeOf(ascending, before),
    toMs: after === undefined ? null : timeOf(ascending, after),
  };
}

/** Readings from `from` through `to` before which the register has risen long enough, as said above. */
function calmIndexes(ascending: readonly Point[], from: number, to: number): number[] {
  const calm: number[] = [];
  let start = from;
  let middle = -1;
  for (let index = from; index <= to; index += 1) {
    if (index > from && !goesOn(ascending, index)) {
      start = index;
      middle = -1;
    }
    const tsMs = timeOf(ascending, index);
    if (middle === -1 && index > start && tsMs >= timeOf(ascending, start) + sightMs)
      middle = index;
    if (middle === -1 || index < middle + sightPoints) continue;
    if (tsMs >= timeOf(ascending, middle) + sightMs) calm.push(index);
  }
  return calm;
}

function goesOn(ascending: readonly Point[], index: number): boolean {
  const point = ascending[index] as Point;
  const before = ascending[index - 1] as Point;
  return point.tsMs === before.tsMs ? point.value === before.value : point.value >= before.value;
}

function indexFrom(ascending: readonly Point[], tsMs: number): number {
  const index = ascending.findIndex((point) => point.tsMs >= tsMs);
  return index === -1 ? ascending.length : index;
}

function timeOf(ascending: readonly Point[], index: number): number {
  return (ascending[index] as Point).tsMs;
}
