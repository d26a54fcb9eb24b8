import type { LedgerChange } from "../../app/ports.ts";
import {
  type Grade,
  isSameFigure,
  type LedgerSlot,
  type Slot,
} from "../../domain/telemetry/slot.ts";
import type { LedgerSlotRow } from "./schema.ts";

/** Worst last; the database keeps the position plus one. */
const grades: readonly Grade[] = ["A", "B", "C", "E1", "E2", "E3", "M", "X"];

/** Beyond the worst: a slot or a day without a figure. */
export const gradeCodeOfNothing = grades.length + 1;

/** What the ledger says now of a slot. */
export type CurrentFigure = Pick<
  LedgerSlotRow,
  "amount" | "grade" | "coverage" | "estimated_fraction" | "revision"
>;

export function gradeCode(grade: Grade | null): number {
  return grade === null ? gradeCodeOfNothing : grades.indexOf(grade) + 1;
}

export function gradeOf(code: number): Grade | null {
  return grades[code - 1] ?? null;
}

/** Values of a new revision in the order of the ledger's columns. */
export function ledgerRow(
  seriesId: number,
  slot: Slot,
  change: LedgerChange,
  current: CurrentFigure | undefined,
): (string | number | null)[] {
  return [
    seriesId,
    slot.startMs,
    slot.amount,
    gradeCode(slot.grade),
    slot.coverage,
    slot.estimatedFraction,
    (current?.revision ?? 0) + 1,
    current === undefined ? "first" : change.reason,
    change.knownAtMs,
  ];
}

/** Whether the slot says what the ledger says already. */
export function isRecorded(current: CurrentFigure, slot: Slot): boolean {
  const { amount, grade, coverage, estimated_fraction: estimatedFraction } = current;
  return isSameFigure({ amount, grade: gradeOf(grade), coverage, estimatedFraction }, slot);
}

export function ledgerSlot(
  row: LedgerSlotRow & { meter_id: string; register: string },
): LedgerSlot {
  return {
    meterId: row.meter_id,
    register: row.register,
    startMs: Number(row.start_ms),
    amount: row.amount,
    grade: gradeOf(row.grade),
    coverage: row.coverage,
    estimatedFraction: row.estimated_fraction,
    revision: row.revision,
    reason: row.reason,
    knownAtMs: Number(row.known_at_ms),
  };
}
