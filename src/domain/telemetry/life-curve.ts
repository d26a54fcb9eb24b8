import type { ReadRegister, SlotRules } from "./close-slots.ts";
import { isInvalid, multiplierAt, type RegisterChange } from "./meter-event.ts";
import { type CurvePoint, registerCurve } from "./register-curve.ts";
import type { Point } from "./resolve-conflicts.ts";

/** A fall that is no misreading, no rollover and no registered change: a person has to decide. */
export interface RegisterDrop {
  /** The last reading before the fall. */
  readonly fromMs: number;
  readonly before: number;
  /** The first reading after it. */
  readonly atMs: number;
  readonly after: number;
}

export interface LifeCurve {
  readonly points: readonly CurvePoint[];
  readonly drops: readonly RegisterDrop[];
}

/**
 * The curve of a register over the changes of its life. Each stretch between two changes is judged by
 * itself, so that a replacement meter may start at any reading, higher or lower:
 *
 * - the old meter's readings up to and including the change, then its final value at the change;
 * - the new meter's initial value at the change, then its readings.
 *
 * A final or initial value that nobody knows leaves a break: what flowed around the change is then
 * not known and not counted. Falls inside a stretch that nothing explains are answered as drops.
 */
export function lifeCurve(read: ReadRegister, rules: SlotRules): LifeCurve {
  const reported = rules.invalid.length === 0 ? read.reported : validPoints(read.reported, rules);
  const changes = rules.changes.length === 0 ? [] : changesWithin(reported, read, rules.changes);
  const points: CurvePoint[] = [];
  const drops: RegisterDrop[] = [];
  for (let index = 0; index <= changes.length; index += 1) {
    const begin = changes[index - 1];
    const stretch = stretchOf(reported, begin, changes[index]);
    const multiplier = multiplierAt(rules.multipliers, stretch[0]?.tsMs ?? 0);
    const curve = registerCurve(stretch, { ...rules, multiplier }).points;
    drops.push(...dropsOf(curve));
    append(points, curve);
  }
  return { points, drops };
}

function validPoints(reported: readonly Point[], rules: SlotRules): readonly Point[] {
  return reported.filter(({ tsMs }) => !isInvalid(rules, tsMs));
}

/**
 * Changes between the readings at hand. One before the first of them counts only if there is no
 * reading before: else it belongs to a time that was not read. The same behind the last one.
 */
function changesWithin(
  reported: readonly Point[],
  { isWholeBefore, isWholeAfter }: ReadRegister,
  changes: readonly RegisterChange[],
): readonly RegisterChange[] {
  const firstMs = reported[0]?.tsMs ?? Number.POSITIVE_INFINITY;
  const lastMs = reported.at(-1)?.tsMs ?? Number.NEGATIVE_INFINITY;
  if (reported.length === 0) return [];
  return changes.filter(
    ({ atMs }) => (isWholeBefore || atMs >= firstMs) && (isWholeAfter || atMs < lastMs),
  );
}

function stretchOf(
  reported: readonly Point[],
  begin: RegisterChange | undefined,
  end: RegisterChange | undefined,
): Point[] {
  const fromMs = begin?.atMs ?? Number.NEGATIVE_INFINITY;
  const toMs = end?.atMs ?? Number.POSITIVE_INFINITY;
  const final = end?.oldFinal ?? null;
  const stretch = reported.filter(
    ({ tsMs }) => tsMs > fromMs && (final === null ? tsMs <= toMs : tsMs < toMs),
  );
  // A meter of which nothing is known but its end has no beginning to count from.
  if (begin !== undefined && begin.newInitial !== null) {
    stretch.unshift({ tsMs: fromMs, value: begin.newInitial });
  }
  if (final !== null && stretch.length > 0) stretch.push({ tsMs: toMs, value: final });
  return stretch;
}

function dropsOf(curve: readonly CurvePoint[]): RegisterDrop[] {
  return curve.flatMap((point, index) => {
    const before = curve[index - 1];
    if (!point.isBreak || before === undefined) return [];
    return [{ fromMs: before.tsMs, before: before.value, atMs: point.tsMs, after: point.value }];
  });
}

/** Lets a stretch go on at the height where the one before it ended. */
function append(points: CurvePoint[], curve: readonly CurvePoint[]): void {
  const last = points.at(-1);
  const first = curve[0];
  if (first === undefined) return;
  if (last === undefined) {
    points.push(...curve);
    return;
  }
  const raise = last.unwrapped - first.unwrapped;
  const isMet = first.tsMs === last.tsMs;
  for (const [index, point] of curve.entries()) {
    if (index === 0 && isMet) continue;
    const isBreak = index === 0 ? true : point.isBreak;
    points.push({ ...point, unwrapped: point.unwrapped + raise, isBreak });
  }
}
