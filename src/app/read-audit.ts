import { type AuditEntry, entryText, hexOf } from "../domain/audit/audit-entry.ts";
import { inclusionProof } from "../domain/audit/merkle-tree.ts";
import type { SealedDay } from "../domain/audit/signed-head.ts";
import { ConflictError, NotFoundError } from "../domain/errors.ts";
import { type Principal, requireParkWide, requireRole } from "../domain/principal.ts";
import {
  type AuditFilter,
  type AuditStore,
  auditHash,
  type HeadSigner,
  type StoredHead,
} from "./audit-ports.ts";
import { leavesOf } from "./publish-heads.ts";
import { type AuditVerdict, verifyAudit } from "./verify-audit.ts";

export interface ReadAuditDependencies {
  readonly audit: AuditStore;
  readonly signer: HeadSigner;
  /** Whether a text has this signature of the service's own key. */
  readonly isSigned: (text: string, signature: string) => boolean;
  /** Writes what has been counted but is not in the audit yet. */
  readonly flush: () => Promise<void>;
}

/** @throws {ForbiddenError} unless the principal keeps the system or looks after those who do. */
function requireReader(principal: Principal): void {
  requireParkWide(principal);
  requireRole(principal, "auditor", "secadmin", "sysadmin");
}

/** Entries newest first; `next` is the number to go on before. */
export async function listAudit(
  { audit, flush }: ReadAuditDependencies,
  principal: Principal,
  filter: AuditFilter,
  limit: number,
): Promise<{ readonly items: readonly AuditEntry[]; readonly next: number | null }> {
  requireReader(principal);
  await flush();
  const found = await audit.page(filter, limit + 1);
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? (items.at(-1)?.seq ?? null) : null };
}

export async function listHeads(
  { audit }: ReadAuditDependencies,
  principal: Principal,
  page: { readonly beforeId: number | null; readonly limit: number },
): Promise<{ readonly items: readonly StoredHead[]; readonly next: number | null }> {
  requireReader(principal);
  const found = await audit.heads({ ...page, limit: page.limit + 1 });
  const items = found.slice(0, page.limit);
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** One entry and the way from it to the root of its day, for somebody who may see no other entry. */
export interface EntryProof {
  readonly entry: AuditEntry;
  /** The text whose bytes are the leaf. */
  readonly text: string;
  readonly day: SealedDay;
  readonly index: number;
  readonly size: number;
  readonly hashes: readonly string[];
}

/** @throws {NotFoundError} no such entry; {ConflictError} `not_sealed` its day is not over. */
export async function proveEntry(
  { audit }: ReadAuditDependencies,
  principal: Principal,
  seq: number,
): Promise<EntryProof> {
  requireReader(principal);
  const [entry] = await audit.after(seq - 1, 1);
  if (entry?.seq !== seq) {
    throw new NotFoundError("not_found", `there is no audit entry ${seq}`, {
      remedy: "GET /api/v1/audit lists what there is",
    });
  }
  const day = await audit.dayOf(seq);
  if (day === null) {
    throw new ConflictError("not_sealed", `the day of audit entry ${seq} is not sealed yet`, {
      remedy: "ask again after midnight in park time, when the day gets its root",
    });
  }
  const leaves = await leavesOf(audit, day);
  const index = seq - day.firstSeq;
  const hashes = inclusionProof(leaves, index, auditHash(audit.digest)).map(hexOf);
  return { entry, text: entryText(entry), day, index, size: leaves.length, hashes };
}

/** Walks the whole chain; those who ask at the same time share one walk. */
export function createAuditCheck(
  dependencies: ReadAuditDependencies,
): (principal: Principal) => Promise<AuditVerdict> {
  let underWay: Promise<AuditVerdict> | null = null;
  return async (principal) => {
    requireReader(principal);
    const { audit, isSigned } = dependencies;
    underWay ??= verifyAudit({ audit, isSigned, published: [] }).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
