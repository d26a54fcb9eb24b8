import { createHash } from "node:crypto";
import type {
  AuditDigest,
  AuditEntry,
  AuditNote,
  ChainEnd,
  Hash,
} from "../domain/audit/audit-entry.ts";
import type { SealedDay, SignedHead } from "../domain/audit/signed-head.ts";

/** Which entries are wanted; what is left out does not narrow. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly object?: string | undefined;
  readonly enterpriseId?: string | undefined;
  readonly result?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Entries before this number, newest first. */
  readonly beforeSeq?: number | undefined;
}

/**
 * The audit: a chain of hashes that only grows. Other stores add the entry of a change in the
 * transaction of the change; what changes nothing is added here.
 */
export interface AuditStore {
  /** The digest that new entries are made with. */
  readonly digest: AuditDigest;
  append(notes: readonly AuditNote[]): Promise<void>;
  /** Newest first. */
  page(filter: AuditFilter, limit: number): Promise<readonly AuditEntry[]>;
  /** Ascending, for those who walk the chain. */
  after(seq: number, limit: number): Promise<readonly AuditEntry[]>;
  /** Where the chain ends by its own account. */
  end(): Promise<ChainEnd>;
  addHead(head: SignedHead): Promise<void>;
  /** Newest first, from before that number of a head. */
  heads(page: {
    readonly beforeId: number | null;
    readonly limit: number;
  }): Promise<readonly StoredHead[]>;
  /** Heads that are not yet everywhere outside, oldest first. */
  unsentHeads(limit: number): Promise<readonly StoredHead[]>;
  headSent(id: number, atMs: number): Promise<void>;
  /** The newest sealed day; null before the first. */
  lastDay(): Promise<SealedDay | null>;
  /** The day whose tree holds the entry; null when it is not sealed yet. */
  dayOf(seq: number): Promise<SealedDay | null>;
  /** The newest day that was sealed before the instant. */
  sealedBefore(atMs: number): Promise<SealedDay | null>;
  /** Deletes entries up to and including `throughSeq`, and adds the note of it, at once. */
  prune(throughSeq: number, note: AuditNote): Promise<void>;
}

export interface StoredHead extends SignedHead {
  readonly id: number;
  /** When every place outside had it; null while one has not. */
  readonly sentAtMs: number | null;
}

/** The key that signs heads. It lies outside the database. */
export interface HeadSigner {
  readonly keyId: string;
  /** SPKI in PEM, for those who check. */
  readonly publicKey: string;
  sign(text: string): string;
}

/** A place outside to which heads go, so that the database alone cannot be bent. */
export interface HeadSink {
  readonly name: string;
  /** Resolves when the place has the head; sending it again is harmless. */
  send(head: SignedHead): Promise<void>;
}

/** A digest of Node's own crypto, with which every link is made and checked. */
export function auditHash(digest: AuditDigest): Hash {
  return (...parts) => {
    const hash = createHash(digest);
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
}
