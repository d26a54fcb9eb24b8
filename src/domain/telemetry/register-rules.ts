import { hourMs } from "../time.ts";
import type { Point } from "./resolve-conflicts.ts";

/** What is known of the meter that the register belongs to. */
export interface RegisterRules {
  /** Real amount of one register unit: CT ratio times PT ratio. */
  readonly multiplier: number;
  /** The register shows zero again after this many register units; null: not known. */
  readonly modulus: number | null;
  /** Most that can flow in an hour, in the register's unit with the multiplier applied. */
  readonly ratedMaxPerHour: number | null;
}

/** Headroom over the rated maximum before a step counts as impossible. */
const ratedHeadroom = 1.2;

/** Whether so many register units can have flowed between two instants, as far as that is known. */
export function canFlow(units: number, spanMs: number, rules: RegisterRules): boolean {
  if (rules.ratedMaxPerHour === null) return true;
  const most = (spanMs / hourMs) * rules.ratedMaxPerHour * ratedHeadroom;
  return units * rules.multiplier <= most;
}

/** Register units a millisecond from one point to another; never negative. */
export function riseRate(from: Point | undefined, to: Point | undefined): number {
  if (from === undefined || to === undefined || to.tsMs <= from.tsMs) return 0;
  return Math.max(0, to.value - from.value) / (to.tsMs - from.tsMs);
}

/** Without a rating, a register can only have turned over from here on ... */
const lateFraction = 0.9;
/** ... to at most here, ... */
const earlyFraction = 0.1;
/** ... and more than this share of a turn only at a pace not far from the one before. */
const freeFraction = 0.01;
const paceFactor = 10;

/**
 * Whether one turn of the register explains the fall: what it implies can have flowed, or, when the
 * rating is not known, the register stood in its last tenth, is in its first, and what that implies
 * is not out of proportion to the pace before the fall.
 */
export function isRollover(
  before: Point | undefined,
  from: Point,
  to: Point,
  rules: RegisterRules,
): boolean {
  const { modulus } = rules;
  if (modulus === null || from.value >= modulus) return false;
  const units = to.value + modulus - from.value;
  const spanMs = to.tsMs - from.tsMs;
  if (rules.ratedMaxPerHour !== null) return canFlow(units, spanMs, rules);
  if (from.value < modulus * lateFraction || to.value > modulus * earlyFraction) return false;
  if (before === undefined || units <= modulus * freeFraction) return true;
  return units <= riseRate(before, from) * spanMs * paceFactor;
}
