import type { LedgerSlot } from "../domain/telemetry/slot.ts";

/** One UTC day of one meter that the copy for charts has to take over. */
export interface MirrorDay {
  readonly meterId: string;
  readonly dayStartMs: number;
  /** Tells a later change of the same day from the one that was read. */
  readonly turn: number;
}

/** Which parts of the ledger its copy still lacks; filled in the transaction of each change. */
export interface MirrorQueue {
  /** Marks the whole ledger the first time a mirror is used. */
  seed(): Promise<void>;
  /** Newest days first: that is what people look at. */
  due(daysMax: number): Promise<readonly MirrorDay[]>;
  done(days: readonly MirrorDay[]): Promise<void>;
  count(): Promise<number>;
}

/** A copy of the ledger for charts. It may lag behind and is never read back for accounting. */
export interface LedgerMirror {
  /** Writing the same slot again is harmless; a newer revision takes the place of the older one. */
  write(slots: readonly LedgerSlot[]): Promise<void>;
}

/** Figures of the service about itself, for charts. */
export interface ServiceLog {
  write(figures: Readonly<Record<string, number>>, atMs: number): Promise<void>;
}
