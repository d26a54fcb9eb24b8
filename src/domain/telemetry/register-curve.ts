import { judgeFall, type KeptPoint } from "./judge-fall.ts";
import type { RegisterRules } from "./register-rules.ts";
import { type Point, resolveConflicts } from "./resolve-conflicts.ts";

/**
 * A point of the curve: the register as if it had never wrapped or been cleared. `isBreak` marks a
 * point whose distance to the one before is not known, because the register was cleared in between.
 */
export interface CurvePoint {
  readonly tsMs: number;
  /** As it was read. */
  readonly value: number;
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

/**
 * Turns the reported values of one register into a curve that never falls.
 *
 * - Two values at one instant: the one that fits between its neighbours wins, then the lower one.
 * - A misreading, a dip or a spike that is over within the hour, is left out (`judgeFall`).
 * - A fall that fits one turn of the register (`modulus`) is a rollover and counts on.
 * - Any other fall is a cleared or replaced register: what came before counts up to the fall, what
 *   comes after counts from the new value on, and the step between them is marked as a break.
 *
 * Nothing depends on the order of arrival, and a point depends on its surroundings only, as far as
 * `steady-window.ts` says; so a stretch can be derived anew from the readings around it.
 *
 * @param reported ascending in time; equal instants may repeat, with the same or different values.
 */
export function registerCurve(reported: readonly Point[], rules: RegisterRules): RegisterCurve {
  const { points, conflicts } = resolveConflicts(reported);
  const glitches: Point[] = [];
  const kept: KeptPoint[] = [];
  let index = 0;
  while (index < points.length) {
    const point = points[index] as Point;
    const last = kept.at(-1);
    if (last === undefined || point.value >= last.value) {
      kept.push({ tsMs: point.tsMs, value: point.value, step: "rise" });
      index += 1;
      continue;
    }
    const fall = judgeFall({ points, index, kept }, rules);
    if (fall.kind === "dip") {
      glitches.push(...points.slice(index, index + fall.count));
      index += fall.count;
      continue;
    }
    if (fall.kind === "spike") {
      for (const { tsMs, value } of kept.splice(-fall.count)) glitches.push({ tsMs, value });
    }
    const step = fall.kind === "spike" ? "rise" : fall.kind;
    kept.push({ tsMs: point.tsMs, value: point.value, step });
    index += 1;
  }
  return { points: unwrapped(kept, rules), conflicts, glitches };
}

function unwrapped(kept: readonly KeptPoint[], { modulus }: RegisterRules): CurvePoint[] {
  let offset = 0;
  let last: KeptPoint | undefined;
  return kept.map((point) => {
    if (last !== undefined && point.step === "rollover") offset += modulus ?? 0;
    if (last !== undefined && point.step === "break") offset += last.value - point.value;
    last = point;
    return {
      tsMs: point.tsMs,
      value: point.value,
      unwrapped: point.value + offset,
      isBreak: point.step === "break",
    };
  });
}
