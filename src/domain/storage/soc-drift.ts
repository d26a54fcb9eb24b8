import { dayMs } from "../time.ts";

/** What the BMS said at a moment at which the SOC is known otherwise. */
export interface SocAnchor {
  readonly tsMs: number;
  readonly bmsFraction: number;
  readonly anchorFraction: number;
  /** Equivalent full cycles since the first day. */
  readonly cycles: number;
}

export interface SocDrift {
  /** BMS less anchor at the newest anchor. */
  readonly driftFraction: number;
  /** Change of the drift since the anchor before; null with one anchor, or no time or cycles between. */
  readonly perDayFraction: number | null;
  readonly perCycleFraction: number | null;
  readonly isOff: boolean;
}

/** A BMS that is off by more than this is no base for a plan. */
const driftFractionMax = 0.03;
/** Longest time without any anchor before a full charge has to make one. */
const anchorDaysMax = 14;

/** Drift of the SOC that the BMS counts, from anchors in ascending order; null without one. */
export function socDrift(anchors: readonly SocAnchor[]): SocDrift | null {
  const newest = anchors.at(-1);
  if (newest === undefined) return null;
  const driftFraction = newest.bmsFraction - newest.anchorFraction;
  const before = anchors.at(-2);
  const change =
    before === undefined ? 0 : driftFraction - (before.bmsFraction - before.anchorFraction);
  const per = (length: number): number | null => (length > 0 ? change / length : null);
  return {
    driftFraction,
    perDayFraction: before === undefined ? null : per((newest.tsMs - before.tsMs) / dayMs),
    perCycleFraction: before === undefined ? null : per(newest.cycles - before.cycles),
    isOff: Math.abs(driftFraction) > driftFractionMax,
  };
}

/** Whether it is time for a full charge with a rest, because no anchor came by itself. */
export function needsFullCharge(anchors: readonly SocAnchor[], nowMs: number): boolean {
  const newest = anchors.at(-1);
  return newest === undefined || nowMs - newest.tsMs >= anchorDaysMax * dayMs;
}
