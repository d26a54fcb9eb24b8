import { z } from "zod";
import { listAudit, listHeads, proveEntry } from "../../../app/read-audit.ts";
import {
  type AuditEntryBody,
  AuditHeadsPage,
  AuditPage,
  AuditProofBody,
  AuditQuery,
  AuditVerdictBody,
} from "../../../contracts/audit.ts";
import type { AuditEntry } from "../../../domain/audit/audit-entry.ts";
import { instantText } from "../../../domain/time.ts";
import { auditReaders, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { instantOrNull, msOf } from "../instants.ts";

const tags = ["audit"];
const config = { access: auditReaders, isSensitive: true };

/** The audit can be read and checked over HTTP. There is no route that changes it. */
export const auditRoutes: Routes = async (server, { readAudit }) => {
  server.get(
    "/audit",
    {
      config,
      schema: {
        tags,
        summary: "What was done, by whom and for whom, newest first",
        querystring: AuditQuery,
        response: { 200: AuditPage },
      },
    },
    async (request) => {
      const { from, to, cursor, limit, ...filter } = request.query;
      const wanted = {
        ...filter,
        fromMs: from === undefined ? undefined : msOf(from),
        toMs: to === undefined ? undefined : msOf(to),
        beforeSeq: cursor,
      };
      const { items, next } = await listAudit(readAudit, principalOf(request), wanted, limit);
      return { items: items.map(entryBody), next: cursorText(next) };
    },
  );
  server.get(
    "/audit/heads",
    {
      config,
      schema: {
        tags,
        summary: "Signed ends of the chain, newest first; each day one with the root of its tree",
        querystring: z.strictObject({
          cursor: z.coerce.number().int().min(1).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        response: { 200: AuditHeadsPage },
      },
    },
    async (request) => {
      const page = { beforeId: request.query.cursor ?? null, limit: request.query.limit };
      const { items, next } = await listHeads(readAudit, principalOf(request), page);
      const heads = items.map(({ atMs, sentAtMs, ...head }) => ({
        ...head,
        at: instantText(atMs),
        sentAt: instantOrNull(sentAtMs),
      }));
      return { items: heads, next: cursorText(next), publicKey: readAudit.signer.publicKey };
    },
  );
};

/** For those who do not take the audit's word. */
export const auditCheckRoutes: Routes = async (server, { readAudit, checkAudit }) => {
  server.get(
    "/audit/verification",
    {
      config,
      schema: {
        tags,
        summary: "Walk the whole chain now and hold it against the signed heads",
        response: { 200: AuditVerdictBody },
      },
    },
    async (request) => {
      const verdict = await checkAudit(principalOf(request));
      return { ...verdict, faults: [...verdict.faults] };
    },
  );
  server.get(
    "/audit/proofs/:seq",
    {
      config,
      schema: {
        tags,
        summary: "Proof that one entry is in the tree of its day, without showing the others",
        params: z.object({ seq: z.coerce.number().int().min(1) }),
        response: { 200: AuditProofBody },
      },
    },
    async (request) => {
      const proof = await proveEntry(readAudit, principalOf(request), request.params.seq);
      const { entry, day, hashes, ...rest } = proof;
      return { ...rest, entry: entryBody(entry), tree: day, hashes: [...hashes] };
    },
  );
};

function entryBody(entry: AuditEntry): AuditEntryBody {
  const { atMs, beforeDigest, afterDigest, ...rest } = entry;
  return { ...rest, at: instantText(atMs), before: beforeDigest, after: afterDigest };
}

function cursorText(next: number | null): string | null {
  return next === null ? null : String(next);
}
