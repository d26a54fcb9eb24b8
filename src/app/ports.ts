import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { Enterprise, Gateway, LocalName, Meter } from "../domain/park.ts";
import type { GaugeQuery, GaugesByDevice } from "../domain/telemetry/gauge-steps.ts";
import type { Quarantined, Reading } from "../domain/telemetry/reading.ts";
import type { LedgerSlot, Slot } from "../domain/telemetry/slot.ts";
import type { RecordedTouch, Touch, TouchKind } from "../domain/telemetry/touch.ts";
import type { Interval } from "../domain/time.ts";
import type { LedgerTotals, SlotQuality, SlotSum } from "./ledger-ports.ts";
import type { JudgedSpan, MeterEventStore } from "./meter-ports.ts";

/** A dependency did not answer in time or answered that it cannot serve us now. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly code: string;
  /** How long the dependency asked to be left alone; null when it did not say. */
  readonly retryAfterMs: number | null;
  constructor(
    message: string,
    options?: ErrorOptions & { readonly code?: string; readonly retryAfterMs?: number | null },
  ) {
    super(message, options);
    this.code = options?.code ?? "unavailable";
    this.retryAfterMs = options?.retryAfterMs ?? null;
  }
}

/** The clock. Domain functions receive the time they need; tests move it. */
export interface Clock {
  nowMs(): number;
}

/** What the service writes about itself; pino fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What was accepted together, in the order of its sequence number. */
export interface JournalBatch {
  readonly seq: number;
  readonly readings: readonly Reading[];
  readonly quarantined: readonly Quarantined[];
}

export interface JournalState {
  /** Sequence of the newest committed batch; 0 when there has never been one. */
  readonly headSeq: number;
  /** Every batch up to this one has been trimmed. */
  readonly floorSeq: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** What the newest commit failed at; null after one that worked. */
  readonly problem: string | null;
}

/**
 * The only thing that a reading waits for. A log with cursors: consumers remember, in their own
 * store and in the transaction of their work, the last sequence they finished.
 */
export interface Journal {
  /**
   * Resolves after the disk has the entry; entries that arrive together share one commit.
   *
   * @throws {UnavailableError} `journal_full` at the cap, `journal_failed` when the disk refused.
   */
  append(entry: Omit<JournalBatch, "seq">): Promise<void>;
  /** Batches after `afterSeq`, ascending, at most `readingsMax` readings but at least one batch. */
  read(afterSeq: number, readingsMax: number): Promise<readonly JournalBatch[]>;
  /** Journalled readings and refusals after `afterSeq`; exact, also right after a restart. */
  readingsAfter(afterSeq: number): Promise<number>;
  /** Forgets batches up to and including `throughSeq`. */
  trim(throughSeq: number): Promise<void>;
  state(): JournalState;
  /**
   * Numbers new batches above `seq`. A consumer that remembers a higher number than the journal has
   * ever given belongs to a journal that is gone; without this it would skip what comes now.
   */
  continueAfter(seq: number): Promise<void>;
  /** Called after each commit; returns a function that ends the subscription. */
  onCommit(listener: () => void): () => void;
  close(): Promise<void>;
}

/** A register as one device reported it at one instant. */
export interface RegisterPoint {
  readonly tsMs: number;
  readonly value: number;
}

/** Which register points of which devices (of one kind) are wanted; both ends inclusive. */
export interface PointsQuery {
  readonly kind: Reading["kind"];
  readonly deviceIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Points by device, then by register, ascending in time; conflicting values of one instant stay both. */
export type PointsByDevice = ReadonlyMap<string, ReadonlyMap<string, readonly RegisterPoint[]>>;

export interface NearestAsk {
  readonly deviceId: string;
  readonly register: string;
  readonly tsMs: number;
}

/** Raw telemetry. Writing the same reading twice is harmless. */
export interface TelemetryStore {
  /** Sequence of the last batch that is stored for good. */
  cursor(): Promise<number>;
  /** Stores the readings and moves the cursor in one transaction; older batches are skipped. */
  append(batches: readonly JournalBatch[]): Promise<void>;
  /** Readings of one device in `[startMs, endMs)`, ascending, without exact duplicates. */
  readings(device: Pick<Meter, "id" | "kind">, range: Interval, limit: number): Promise<Reading[]>;
  /** Register points; those that the device marked bad are left out. */
  points(query: PointsQuery): Promise<PointsByDevice>;
  /** What a momentary metric was; values that the device marked bad are left out. */
  gauge(query: GaugeQuery): Promise<GaugesByDevice>;
  /** For each ask the instant of the nearest point of that register strictly before or after. */
  nearest(
    kind: Reading["kind"],
    side: "before" | "after",
    asks: readonly NearestAsk[],
  ): Promise<readonly (number | null)[]>;
  /** For each device the newest value of each metric, folded into one reading. */
  latest(): Promise<Reading[]>;
  /** Deletes readings before `beforeMs`; answers how many rows went. */
  retain(beforeMs: number): Promise<number>;
  state(): Promise<Readonly<Record<string, string | number | null>>>;
  close(): Promise<void>;
}

export interface SlotQuery {
  readonly meterIds: readonly string[];
  readonly interval: Interval;
  /** Only these registers; absent: all. */
  readonly registers?: readonly string[];
  /** Answer as it was known at this instant; absent: as known now. */
  readonly asOfMs?: number;
}

/** A new state of some slots, each slot at most once. */
export interface LedgerChange {
  readonly slots: readonly Slot[];
  /** Opens the tasks that are new in these stretches and closes those that are explained. */
  readonly judged?: readonly JudgedSpan[];
  readonly reason: string;
  readonly knownAtMs: number;
  /** A person has accepted it: it also changes what lies in closed months. */
  readonly amends?: boolean;
}

/** The quarter-hour ledger: authority over energy. Nothing in it is overwritten. */
export interface Ledger extends LedgerTotals {
  /** Sequence of the last journal batch whose touches are recorded. */
  cursor(): Promise<number>;
  /** Records what a stretch of the journal touched and moves the cursor, in one transaction. */
  touch(seq: number, touches: readonly Touch[], quarantined: readonly Quarantined[]): Promise<void>;
  /** Touches of a kind; those that reach the latest time first, so that the present never waits. */
  touched(kind: TouchKind, touchesMax: number): Promise<readonly RecordedTouch[]>;
  /** Number of quarter hours in recorded touches, and of those whose revision has to be followed. */
  touchedSlotCount(): Promise<number>;
  /**
   * Records new revisions where figures differ; those of closed months become amendments that wait for
   * a person instead, unless the change amends. Clears the touches that this settles, unless they have
   * been recorded again meanwhile, and adds those that it opens; all in one transaction.
   */
  record(
    changes: readonly LedgerChange[],
    settled: readonly RecordedTouch[],
    opened?: readonly Touch[],
  ): Promise<RecordedChange>;
  /** Current slots, ascending by meter, register and start; missing ones are not listed. */
  slots(query: SlotQuery): Promise<readonly LedgerSlot[]>;
  /** The slots of many meters added up per register and start; for totals of a scope. */
  sums(query: SlotQuery): Promise<readonly SlotSum[]>;
  /** Current and superseded revisions, newest knowledge last. */
  revisions(query: SlotQuery): Promise<readonly LedgerSlot[]>;
  /** Every `meter/register` that the ledger has ever had a figure of. */
  series(): Promise<ReadonlySet<string>>;
  /** Slots by grade for each meter; a slot counts as its worst register. */
  quality(query: SlotQuery): Promise<readonly SlotQuality[]>;
  /** End of the newest slot that is known; null before the first. */
  closedThroughMs(): Promise<number | null>;
}

export interface RecordedChange {
  readonly written: number;
  readonly revised: number;
}

/** What is registered. A change by somebody and its audit entry are written together. */
export interface RegistryStore extends MeterEventStore {
  enterprises(): Promise<readonly Enterprise[]>;
  gateways(): Promise<readonly Gateway[]>;
  meters(): Promise<readonly Meter[]>;
  /** @throws {ConflictError} `id_taken`. */
  addEnterprise(enterprise: Enterprise, note: AuditNote): Promise<void>;
  /** @throws {ConflictError} `id_taken`. */
  addGateway(gateway: Gateway, passwordSha256: string | null, note: AuditNote): Promise<void>;
  /** Replaces the password, and says whether simulators will use the new one. */
  setGatewayCredentials(
    gatewayId: string,
    credentials: { readonly passwordSha256: string; readonly simulated: boolean },
    note: AuditNote,
  ): Promise<void>;
  gatewayPasswords(): Promise<ReadonlyMap<string, string>>;
  /** @throws {ConflictError} `id_taken`. */
  addMeter(meter: Meter, note: AuditNote): Promise<void>;
  /** Brings everything that stems from the park file in line with it; API entries stay. */
  syncParkFile(content: {
    readonly enterprises: readonly Enterprise[];
    readonly gateways: readonly { readonly id: string; readonly name: LocalName }[];
    readonly meters: readonly Meter[];
  }): Promise<void>;
}

/** A group of equal refusals, with the newest copies of what was refused. */
export interface QuarantineGroup {
  readonly id: string;
  readonly gatewayId: string | null;
  readonly deviceId: string | null;
  readonly code: string;
  readonly metric: string | null;
  readonly detail: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly topic: string;
  readonly payloadExcerpt: string;
  readonly payloadBytes: number;
}

export interface QuarantineStore {
  list(page: {
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly QuarantineGroup[]>;
  get(id: string): Promise<QuarantineGroup | null>;
  total(): Promise<number>;
  /** Whole payloads kept for an unknown device, oldest first; cut ones are not returned. */
  payloadsOf(
    gatewayId: string,
    deviceId: string,
  ): Promise<readonly { topic: string; payload: string }[]>;
  dismiss(id: string, note: AuditNote): Promise<boolean>;
  dismissDevice(gatewayId: string, deviceId: string): Promise<void>;
  /** Drops the groups that have been quiet longest, beyond a bound; answers how many. */
  trimGroups(groupsMax: number): Promise<number>;
}

export interface JobState {
  readonly name: string;
  readonly watermarkMs: number | null;
  readonly lastRunMs: number | null;
  readonly lastError: string | null;
}

/** Where each scheduled job has got to, so that it catches up after downtime and never runs twice. */
export interface JobStore {
  all(): Promise<readonly JobState[]>;
  get(name: string): Promise<JobState | null>;
  save(state: JobState): Promise<void>;
}
