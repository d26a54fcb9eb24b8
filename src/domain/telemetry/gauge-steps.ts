import type { Interval } from "../time.ts";
import type { Reading } from "./reading.ts";

/** One momentary metric of some devices (of one kind), thinned to the newest value of each step. */
export interface GaugeQuery {
  readonly kind: Reading["kind"];
  readonly deviceIds: readonly string[];
  readonly metric: string;
  readonly interval: Interval;
  readonly stepMs: number;
}

/** A momentary value of one device. */
export interface GaugePoint {
  readonly tsMs: number;
  readonly value: number;
}

/** The newest value within a step. */
export interface GaugeStep {
  readonly startMs: number;
  readonly value: number;
}

/** Steps by device, ascending; a step without a value is not listed. */
export type GaugesByDevice = ReadonlyMap<string, readonly GaugeStep[]>;

/**
 * Thins points of one device to the newest of each step `[startMs, startMs + stepMs)` of the interval,
 * ascending. Steps without a point are not in the answer. Of two values of one instant the lower one
 * counts, as with readings of one instant elsewhere.
 */
export function newestOfSteps(
  points: readonly GaugePoint[],
  { startMs, endMs }: Interval,
  stepMs: number,
): readonly GaugeStep[] {
  const newest = new Map<number, GaugePoint>();
  for (const point of points) {
    if (point.tsMs < startMs || point.tsMs >= endMs) continue;
    const step = startMs + Math.floor((point.tsMs - startMs) / stepMs) * stepMs;
    const known = newest.get(step);
    if (known === undefined || isNewer(point, known)) newest.set(step, point);
  }
  return [...newest]
    .sort(([a], [b]) => a - b)
    .map(([step, { value }]) => ({ startMs: step, value }));
}

function isNewer(point: GaugePoint, known: GaugePoint): boolean {
  return point.tsMs > known.tsMs || (point.tsMs === known.tsMs && point.value < known.value);
}
