import type { Kysely, SelectQueryBuilder } from "kysely";
import type { AuditFilter, AuditStore, StoredHead } from "../../app/audit-ports.ts";
import { type AuditDigest, chainOrigin } from "../../domain/audit/audit-entry.ts";
import type { SealedDay } from "../../domain/audit/signed-head.ts";
import type { AuditHeadRow } from "./access-schema.ts";
import { auditEntryOf } from "./audit-chain.ts";
import type { StateSchema } from "./schema.ts";

/** The questions that the audit answers. */
export type AuditReader = Omit<AuditStore, "digest" | "append" | "addHead" | "headSent" | "prune">;

/** Reads the audit over any connection, also over one that may not write. */
export function sqlAuditReader(read: Kysely<StateSchema>): AuditReader {
  const heads = () => read.selectFrom("audit_head").selectAll();
  return {
    page: async (filter, limit) => {
      const rows = await filtered(read, filter).orderBy("seq", "desc").limit(limit).execute();
      return rows.map(auditEntryOf);
    },
    after: async (seq, limit) => {
      const rows = await read
        .selectFrom("audit_entry")
        .selectAll()
        .where("seq", ">", seq)
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map(auditEntryOf);
    },
    end: async () => {
      const row = await read.selectFrom("audit_chain").select(["seq", "hash"]).executeTakeFirst();
      return row === undefined ? chainOrigin : { seq: Number(row.seq), hash: row.hash };
    },
    heads: async ({ beforeId, limit }) => {
      const rows = await heads()
        .$if(beforeId !== null, (query) => query.where("id", "<", beforeId))
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(headOf);
    },
    unsentHeads: async (limit) => {
      const query = heads().where("sent_at_ms", "is", null).orderBy("id").limit(limit);
      return (await query.execute()).map(headOf);
    },
    lastDay: async () => dayOf(await newest(heads().where("tree_root", "is not", null))),
    dayOf: async (seq) =>
      dayOf(
        await newest(heads().where("tree_first_seq", "<=", seq).where("tree_last_seq", ">=", seq)),
      ),
    sealedBefore: async (atMs) =>
      dayOf(await newest(heads().where("tree_root", "is not", null).where("at_ms", "<", atMs))),
  };
}

function newest(
  query: SelectQueryBuilder<StateSchema, "audit_head", AuditHeadRow>,
): Promise<AuditHeadRow | undefined> {
  return query.orderBy("id", "desc").limit(1).executeTakeFirst();
}

function filtered(read: Kysely<StateSchema>, filter: AuditFilter) {
  const { actor, action, object, enterpriseId, result, fromMs, toMs, beforeSeq } = filter;
  let query = read.selectFrom("audit_entry").selectAll();
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (action !== undefined) query = query.where("action", "=", action);
  if (object !== undefined) query = query.where("object", "=", object);
  if (enterpriseId !== undefined) query = query.where("enterprise_id", "=", enterpriseId);
  if (result !== undefined) query = query.where("result", "=", result);
  if (fromMs !== undefined) query = query.where("at_ms", ">=", fromMs);
  if (toMs !== undefined) query = query.where("at_ms", "<", toMs);
  if (beforeSeq !== undefined) query = query.where("seq", "<", beforeSeq);
  return query;
}

function headOf(row: AuditHeadRow): StoredHead {
  return {
    id: Number(row.id),
    parkId: row.park_id,
    seq: Number(row.seq),
    hash: row.hash,
    digest: row.digest as AuditDigest,
    atMs: Number(row.at_ms),
    tree: dayOf(row),
    keyId: row.key_id,
    signature: row.signature,
    sentAtMs: row.sent_at_ms === null ? null : Number(row.sent_at_ms),
  };
}

function dayOf(row: AuditHeadRow | undefined): SealedDay | null {
  if (row === undefined) return null;
  const { tree_day: day, tree_first_seq, tree_last_seq, tree_root: root } = row;
  if (day === null || root === null) return null;
  return { day, firstSeq: Number(tree_first_seq), lastSeq: Number(tree_last_seq), root };
}
