import type { DayFigure, Restatement } from "../domain/energy/restatement.ts";
import type { Interval } from "../domain/time.ts";

/** Revisions of a day that have been recorded and not been followed yet. */
export type DueRestatement = Omit<Restatement, "seq" | "after" | "dependants"> & {
  /** Counts how often it was added to, so that nothing that comes in between is lost. */
  readonly stamp: number;
};

export interface FollowedRestatement {
  readonly due: DueRestatement;
  readonly restatement: Omit<Restatement, "seq">;
}

export interface RestatementQuery {
  /** null: all meters. */
  readonly meterIds: readonly string[] | null;
  /** Days that have an instant in it; null: all. */
  readonly interval: Interval | null;
  /** `seq` of the last one of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** What follows revisions. The ledger adds what is due in the transaction of the revisions. */
export interface RestatementStore {
  /** Oldest knowledge first. */
  due(most: number): Promise<readonly DueRestatement[]>;
  /** Days of a register as they are now, ascending. */
  days(
    series: { readonly meterId: string; readonly register: string },
    interval: Interval,
  ): Promise<readonly { readonly day: Interval; readonly figure: DayFigure }[]>;
  /** Keeps what was followed and takes it off what is due, in one transaction. */
  keep(followed: readonly FollowedRestatement[]): Promise<void>;
  /** Newest first. */
  list(query: RestatementQuery): Promise<readonly Restatement[]>;
  /** Forgets the oldest beyond a bound; answers how many. */
  trim(most: number): Promise<number>;
}
