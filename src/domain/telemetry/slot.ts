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
