import { instantText } from "../time.ts";
import type { AuditDigest } from "./audit-entry.ts";
import { canonicalJson } from "./canonical-json.ts";

/** The entries of a day of the park under one root; `firstSeq` to `lastSeq`, both included. */
export interface SealedDay {
  /** The day that ended, as `2026-11-22` in park time. */
  readonly day: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly root: string;
}

/** What the chain was at an instant. */
export interface AuditHead {
  readonly parkId: string;
  readonly seq: number;
  readonly hash: string;
  readonly digest: AuditDigest;
  readonly atMs: number;
  /** Set on the head that closes a day. */
  readonly tree: SealedDay | null;
}

/** A head with the signature of the service, which makes a chain that was rewritten show. */
export interface SignedHead extends AuditHead {
  /** First 16 hex digits of the digest of the public key. */
  readonly keyId: string;
  /** Ed25519 over `headText`, in base64. */
  readonly signature: string;
}

/** The text that is signed: canonical JSON. */
export function headText(head: AuditHead): string {
  const { parkId, seq, hash, digest, atMs, tree } = head;
  return canonicalJson({
    parkId,
    seq,
    hash,
    digest,
    at: instantText(atMs),
    tree: tree === null ? null : { ...tree },
  });
}
