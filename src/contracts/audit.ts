import { z } from "zod";
import { Instant, pageOf } from "./registry.ts";

const Hex = z.string().regex(/^[0-9a-f]{64}$/);
const digestNames = ["sha256", "sm3"] as const;
const Digest = z.enum(digestNames);
const Seq = z.int().min(1);
const Result = z.enum(["done", "refused", "failed"]);

export const AuditQuery = z.strictObject({
  actor: z.string().max(200).optional().describe("id of a principal, such as `user:…`"),
  action: z.string().max(100).optional().describe("such as `meter.add`"),
  object: z.string().max(300).optional().describe("such as `meter:m1`"),
  enterpriseId: z.string().max(64).optional().describe("what people of this enterprise did"),
  result: Result.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const AuditEntryBody = z.object({
  seq: Seq,
  at: Instant,
  actor: z.string().describe("id of the principal"),
  parkId: z.string(),
  enterpriseId: z.string().nullable().describe("tenant of the principal; null: the park"),
  action: z.string(),
  object: z.string().nullable(),
  before: z.string().nullable().describe("digest of the canonical JSON (RFC 8785) of what was"),
  after: z.string().nullable().describe("digest of the canonical JSON of what is now"),
  result: Result,
  requestId: z.string().nullable(),
  detail: z.string().nullable().describe("canonical JSON, as the text that was hashed"),
  digest: Digest,
  hash: Hex.describe("digest of the hash before it and of this entry's canonical JSON"),
});
export type AuditEntryBody = z.infer<typeof AuditEntryBody>;
export const AuditPage = pageOf(AuditEntryBody);

const SealedDayBody = z.object({
  day: z.string(),
  firstSeq: Seq,
  lastSeq: Seq,
  root: Hex.describe("Merkle root (RFC 6962) over the entries' canonical JSON"),
});

const AuditHeadBody = z.object({
  id: z.int(),
  parkId: z.string(),
  seq: Seq,
  hash: Hex,
  digest: Digest,
  at: Instant,
  tree: SealedDayBody.nullable().describe("set on the head that closes a day"),
  keyId: z.string(),
  signature: z
    .string()
    .describe("Ed25519 over the canonical JSON of the fields above keyId, base64"),
  sentAt: Instant.nullable().describe("when every place outside had it"),
});
export type AuditHeadBody = z.infer<typeof AuditHeadBody>;

export const AuditHeadsPage = pageOf(AuditHeadBody).extend({
  publicKey: z.string().describe("key of the signatures, SPKI in PEM form"),
});

export const AuditProofBody = z.object({
  entry: AuditEntryBody,
  text: z.string().describe("the leaf: hash it with a zero byte before it"),
  tree: SealedDayBody,
  index: z.int().describe("place of the leaf in the tree, from 0"),
  size: z.int(),
  hashes: z.array(Hex).describe("hashes beside the way up, from the leaf to the root"),
});

export const AuditVerdictBody = z.object({
  ok: z.boolean(),
  entries: z.int(),
  firstSeq: z.int().nullable(),
  lastSeq: z.int(),
  lastHash: Hex,
  headsChecked: z.int(),
  faults: z.array(
    z.object({
      kind: z.enum(["changed", "missing", "rewritten", "cut", "start", "root", "signature"]),
      seq: z.int(),
    }),
  ),
});
export type AuditVerdictBody = z.infer<typeof AuditVerdictBody>;

/** A line of a file of published heads. */
export const PublishedHead = z.object({
  parkId: z.string(),
  seq: Seq,
  hash: Hex,
  digest: Digest,
  at: z.iso.datetime(),
  tree: SealedDayBody.nullable(),
  keyId: z.string(),
  signature: z.string(),
  publicKey: z.string(),
});
