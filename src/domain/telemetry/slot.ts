/** Worst last. Null stands for a slot of which nothing is known. */
export type Grade = "A" | "B" | "C" | "E1" | "E2" | "E3" | "M" | "X";

/** Energy (or volume, heat, mass) of one register of one meter in one quarter hour. */
export interface Slot {
  readonly meterId: string;
  readonly register: string;
  readonly startMs: number;
  /** In the unit of the register, multiplier applied; null: not known, which is not zero. */
  readonly amount: number | null;
  readonly grade: Grade | null;
  /** Share of the slot's time between readings that are close enough together. */
  readonly coverage: number;
  /** Share of the amount that is estimated. */
  readonly estimatedFraction: number;
}

/** A slot as the ledger holds it: the newest revision, or a superseded one. */
export interface LedgerSlot extends Slot {
  readonly revision: number;
  readonly reason: string;
  readonly knownAtMs: number;
}

type Figure = Pick<Slot, "amount" | "grade" | "coverage" | "estimatedFraction">;

/** Figures that agree to this share of their size are the same figure. */
const equalFraction = 1e-9;

/** Whether two slots say the same, so that a new revision would tell nothing new. */
export function isSameFigure(known: Figure, derived: Figure): boolean {
  return (
    known.grade === derived.grade &&
    isClose(known.amount, derived.amount) &&
    isClose(known.coverage, derived.coverage) &&
    isClose(known.estimatedFraction, derived.estimatedFraction)
  );
}

function isClose(left: number | null, right: number | null): boolean {
  if (left === null || right === null) return left === right;
  return Math.abs(left - right) <= equalFraction * Math.max(1, Math.abs(left));
}
