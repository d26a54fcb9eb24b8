import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { PeriodChange } from "../domain/energy/accounting-period.ts";
import type { Interval } from "../domain/time.ts";

export type AmendmentState = "waiting" | "accepted" | "rejected";

/** What would change slots of a closed month, of one meter; nothing of it is in the ledger yet. */
export interface Amendment {
  readonly id: string;
  readonly meterId: string;
  readonly month: string;
  /** From the earliest to the latest slot that would change. */
  readonly interval: Interval;
  /** Why the newest of it arose, as in revisions: `late_reading`, `multiplier` and others. */
  readonly reason: string;
  readonly state: AmendmentState;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** How often something came that would change these slots. */
  readonly arrivals: number;
  readonly decision: {
    readonly actor: string;
    readonly atMs: number;
    readonly reason: string;
  } | null;
}

export interface AmendmentQuery {
  readonly state: AmendmentState | null;
  readonly month: string | null;
  /** Id of the last amendment of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

export interface AmendmentDecision {
  readonly id: string;
  readonly state: Exclude<AmendmentState, "waiting">;
  readonly actor: string;
  readonly atMs: number;
  readonly reason: string;
}

/** Accounting periods and what waits for them. The ledger itself keeps closed months as they are. */
export interface PeriodStore {
  /** Everything that was ever closed or opened again, oldest first. */
  changes(): Promise<readonly PeriodChange[]>;
  /**
   * Closes a month or opens it again. With the opening what waits for the month is accepted.
   *
   * @throws {ConflictError} `period_closed` or `period_open`, when it is so already.
   */
  record(change: PeriodChange, note: AuditNote): Promise<void>;
  /** Start of the earliest slot of the ledger; null before the first. */
  firstSlotMs(): Promise<number | null>;
  /** Whether slots of the interval are still being derived. */
  isTouched(interval: Interval): Promise<boolean>;
  /** Newest first. */
  amendments(query: AmendmentQuery): Promise<readonly Amendment[]>;
  amendment(id: string): Promise<Amendment | null>;
  /** Waiting amendments by month. */
  waiting(): Promise<ReadonlyMap<string, number>>;
  /**
   * Decides what waits; the slots of an accepted amendment are touched in the same transaction.
   *
   * @throws {ConflictError} `amendment_decided`.
   */
  decide(decision: AmendmentDecision, note: AuditNote): Promise<void>;
}
