import { instantText } from "../time.ts";
import { canonicalJson, type Json, type JsonObject } from "./canonical-json.ts";

/** Digests that a chain may be made with; SM3 is the one of GB/T 32905. */
export const auditDigests = ["sha256", "sm3"] as const;
export type AuditDigest = (typeof auditDigests)[number];

/** Digest of some bytes, one part after the other. */
export type Hash = (...parts: readonly Uint8Array[]) => Uint8Array;

export type AuditResult = "done" | "refused" | "failed";

/**
 * What somebody did, as it is handed to a store together with the change. Ids only: personal data in
 * a chain that is never edited could not be erased on request.
 */
export interface AuditNote {
  readonly atMs: number;
  /** Id of the principal. */
  readonly actor: string;
  readonly parkId: string;
  /** Tenant of the principal; null for those who see the park as a whole. */
  readonly enterpriseId: string | null;
  /** `noun.verb`, such as `meter.add`. */
  readonly action: string;
  /** `noun:id` of what it was done to; null for the park as a whole. */
  readonly object: string | null;
  /** State before and after; only their digests are kept. */
  readonly before?: Json;
  readonly after?: Json;
  readonly result: AuditResult;
  readonly requestId: string | null;
  readonly detail?: JsonObject;
}

/** A link of the chain. Every field goes into its hash. */
export interface AuditEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly actor: string;
  readonly parkId: string;
  readonly enterpriseId: string | null;
  readonly action: string;
  readonly object: string | null;
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
  readonly result: AuditResult;
  readonly requestId: string | null;
  /** Canonical JSON, kept as the text that was hashed. */
  readonly detail: string | null;
  readonly digest: AuditDigest;
  readonly hash: string;
}

/** Where a chain ends: the number and the hash of its newest entry. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** What stands before the first entry. */
export const chainOrigin: ChainEnd = { seq: 0, hash: "0".repeat(64) };

/**
 * The next entry of a chain: `hash(n) = H(hash(n-1) ‖ text(n))`, where the text is canonical JSON
 * (RFC 8785) and hashes are taken as bytes.
 */
export function chained(
  note: AuditNote,
  end: ChainEnd,
  { digest, hash }: { readonly digest: AuditDigest; readonly hash: Hash },
): AuditEntry {
  const { before, after, detail, ...rest } = note;
  const draft = {
    ...rest,
    seq: end.seq + 1,
    beforeDigest: before === undefined ? null : hexOf(hash(bytesOf(canonicalJson(before)))),
    afterDigest: after === undefined ? null : hexOf(hash(bytesOf(canonicalJson(after)))),
    detail: detail === undefined ? null : canonicalJson(detail),
    digest,
  };
  return { ...draft, hash: linkHash(draft, end.hash, hash) };
}

/** The hash that an entry must have after the one before it. */
export function linkHash(
  entry: Omit<AuditEntry, "hash">,
  previousHash: string,
  hash: Hash,
): string {
  return hexOf(hash(fromHex(previousHash), bytesOf(entryText(entry))));
}

/** The text that is hashed; it is also the leaf of the day's tree. */
export function entryText(entry: Omit<AuditEntry, "hash">): string {
  return canonicalJson({
    seq: entry.seq,
    at: instantText(entry.atMs),
    actor: entry.actor,
    parkId: entry.parkId,
    enterpriseId: entry.enterpriseId,
    action: entry.action,
    object: entry.object,
    before: entry.beforeDigest,
    after: entry.afterDigest,
    result: entry.result,
    requestId: entry.requestId,
    detail: entry.detail,
    digest: entry.digest,
  });
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of a hex text; what is no hex becomes bytes that no digest equals. */
export function fromHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) return new Uint8Array(0);
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
