import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { RegisterDrop } from "../domain/telemetry/life-curve.ts";
import type { MeterEvent } from "../domain/telemetry/meter-event.ts";
import type { Touch } from "../domain/telemetry/touch.ts";
import type { Interval } from "../domain/time.ts";

/** What people have recorded about the life of meters. Nothing in it is changed or removed. */
export interface MeterEventStore {
  /** In the order of recording. */
  meterEvents(): Promise<readonly MeterEvent[]>;
  /**
   * Keeps the event and marks the slots that it changes, in one transaction.
   *
   * @throws {ConflictError} `id_taken`.
   */
  addMeterEvent(event: MeterEvent, touches: readonly Touch[], note: AuditNote): Promise<void>;
}

/** A stretch of one register that was judged anew, and the falls in it that nothing explains. */
export interface JudgedSpan {
  readonly meterId: string;
  readonly register: string;
  /** `(startMs, endMs]`: falls at these instants are all in `drops`. */
  readonly interval: Interval;
  readonly drops: readonly RegisterDrop[];
}

/** A fall that a person has to decide about, or had to until `closedAtMs`. */
export interface DropTask extends RegisterDrop {
  readonly id: string;
  readonly meterId: string;
  readonly register: string;
  readonly openedAtMs: number;
  /** When readings or a recorded event explained it; null: it is open. */
  readonly closedAtMs: number | null;
}

export interface DropTasks {
  /** The newest fall first; absent `meterIds`: of all meters. */
  dropTasks(query: {
    readonly meterIds?: readonly string[];
    readonly isOpen?: boolean;
  }): Promise<readonly DropTask[]>;
}

/** Names a fall by what it is, so that finding it again is no second task. */
export function dropTaskId(span: Pick<JudgedSpan, "meterId" | "register">, atMs: number): string {
  return `${span.meterId}:${span.register}:${atMs}`;
}
