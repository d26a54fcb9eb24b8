import type { SlotMarks } from "../domain/energy/slot-marks.ts";
import type { Grade } from "../domain/telemetry/slot.ts";
import type { Interval } from "../domain/time.ts";
import type { SlotQuery } from "./ports.ts";

/** One quarter hour of one register over several meters. */
export interface SlotSum {
  readonly register: string;
  readonly startMs: number;
  readonly amount: number;
  /** Part of the amount that is estimated. */
  readonly estimatedAmount: number;
  readonly worstGrade: Grade;
  /** Sum of the coverage of the meters that have a figure. */
  readonly coverageSum: number;
  /** Meters that have a figure. */
  readonly meterCount: number;
  readonly revisionMax: number;
}

/** One park day of one register over several meters. */
export interface DaySum {
  readonly register: string;
  readonly day: Interval;
  readonly amount: number;
  /** Part of the amount that is estimated. */
  readonly estimatedAmount: number;
  readonly worstGrade: Grade;
  /** Sum of the coverage of all slots that have a figure. */
  readonly coverageSum: number;
  /** Meters that have a figure in every slot of the day. */
  readonly wholeCount: number;
  /** Which slots the other meters have; one that has none at all is not listed. */
  readonly partial: readonly SlotMarks[];
  readonly revisionMax: number;
}

export interface SlotQuality {
  readonly meterId: string;
  readonly measured: number;
  readonly estimated: number;
}

/** What the ledger keeps summed, always in the transaction of the slots that it is summed from. */
export interface LedgerTotals {
  /**
   * Days of the park added up per register from the totals that are kept of them, never as known
   * earlier; null while totals of older slots are still being made. The interval is of whole days.
   */
  days(query: Omit<SlotQuery, "asOfMs">): Promise<readonly DaySum[] | null>;
  /** Makes a portion of the day totals that older slots lack; answers whether there is more to do. */
  fillDays(): Promise<boolean>;
}
