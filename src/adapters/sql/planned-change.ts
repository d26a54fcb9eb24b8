import type { LedgerChange } from "../../app/ports.ts";
import type { Slot } from "../../domain/telemetry/slot.ts";
import type { PeriodClosedRow } from "./accounting-rows.ts";
import type { HeldSlot } from "./amendment-steps.ts";
import { type CurrentFigure, isRecorded, ledgerRow } from "./ledger-rows.ts";

/** A slot that had a figure before and gets another one. */
export interface RevisedSlot {
  readonly seriesId: number;
  readonly startMs: number;
  readonly reason: string;
  readonly knownAtMs: number;
}

/** What a change comes to once it is compared with what the ledger says now. */
export interface PlannedChange {
  /** Values of new revisions in the order of the ledger's columns. */
  readonly written: (string | number | null)[][];
  readonly changed: Slot[];
  /** Series and start of each written slot. */
  readonly starts: [seriesId: number, startMs: number][];
  readonly revised: RevisedSlot[];
  /** Of closed months; they are not written. */
  readonly held: HeldSlot[];
}

export function plannedChange(
  changes: readonly LedgerChange[],
  known: {
    readonly seriesId: (slot: Slot) => number;
    readonly current: (seriesId: number, startMs: number) => CurrentFigure | undefined;
    readonly closed: readonly PeriodClosedRow[];
  },
): PlannedChange {
  const plan: PlannedChange = { written: [], changed: [], starts: [], revised: [], held: [] };
  for (const change of changes) {
    const { reason, knownAtMs } = change;
    const closed = change.amends === true ? [] : known.closed;
    for (const slot of change.slots) {
      const { startMs } = slot;
      const seriesId = known.seriesId(slot);
      const current = known.current(seriesId, startMs);
      if (current !== undefined && isRecorded(current, slot)) continue;
      const month = closed.find((one) => startMs >= one.start_ms && startMs < one.end_ms);
      if (month !== undefined) {
        plan.held.push({ slot, closed: month, reason, knownAtMs });
        continue;
      }
      if (current !== undefined) plan.revised.push({ seriesId, startMs, reason, knownAtMs });
      plan.written.push(ledgerRow(seriesId, slot, change, current));
      plan.starts.push([seriesId, startMs]);
      plan.changed.push(slot);
    }
  }
  return plan;
}
