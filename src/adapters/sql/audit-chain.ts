import type { Transaction } from "kysely";
import { auditHash } from "../../app/audit-ports.ts";
import {
  type AuditEntry,
  type AuditNote,
  type ChainEnd,
  chained,
  chainOrigin,
} from "../../domain/audit/audit-entry.ts";
import type { AuditEntryRow } from "./access-schema.ts";
import type { StateSchema } from "./schema.ts";
import type { StateDatabase } from "./state-database.ts";

/** There is one chain in a database, and one row that says where it ends. */
const chainId = 1;

/**
 * Adds entries to the chain inside the transaction of the change that they tell of. Call it last:
 * in PostgreSQL it holds the end of the chain until the transaction is over.
 */
export async function appendAudit(
  transaction: Transaction<StateSchema>,
  { engine, auditDigest }: Pick<StateDatabase, "engine" | "auditDigest">,
  notes: readonly AuditNote[],
): Promise<void> {
  if (notes.length === 0) return;
  const parts = { digest: auditDigest, hash: auditHash(auditDigest) };
  let end = await lockedEnd(transaction, engine);
  for (const note of notes) {
    const entry = chained(note, end, parts);
    await transaction.insertInto("audit_entry").values(rowOf(entry)).execute();
    end = entry;
  }
  await transaction
    .updateTable("audit_chain")
    .set({ seq: end.seq, hash: end.hash })
    .where("id", "=", chainId)
    .execute();
}

/** A change and the entry of it, both or neither. */
export function audited<Result>(
  state: StateDatabase,
  note: AuditNote,
  change: (transaction: Transaction<StateSchema>) => Promise<Result>,
): Promise<Result> {
  return state.write.transaction().execute(async (transaction) => {
    const result = await change(transaction);
    await appendAudit(transaction, state, [note]);
    return result;
  });
}

/** Who adds at the same time waits here, so that no two entries follow the same one. */
async function lockedEnd(
  transaction: Transaction<StateSchema>,
  engine: StateDatabase["engine"],
): Promise<ChainEnd> {
  await transaction
    .insertInto("audit_chain")
    .values({ id: chainId, ...chainOrigin })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const row = await transaction
    .selectFrom("audit_chain")
    .select(["seq", "hash"])
    .where("id", "=", chainId)
    // SQLite has one writer at a time and no such clause.
    .$if(engine === "postgres", (query) => query.forUpdate())
    .executeTakeFirstOrThrow();
  return { seq: Number(row.seq), hash: row.hash };
}

function rowOf(entry: AuditEntry): AuditEntryRow {
  return {
    seq: entry.seq,
    at_ms: entry.atMs,
    actor: entry.actor,
    park_id: entry.parkId,
    enterprise_id: entry.enterpriseId,
    action: entry.action,
    object: entry.object,
    before_digest: entry.beforeDigest,
    after_digest: entry.afterDigest,
    result: entry.result,
    request_id: entry.requestId,
    detail: entry.detail,
    digest: entry.digest,
    hash: entry.hash,
  };
}

export function auditEntryOf(row: AuditEntryRow): AuditEntry {
  return {
    seq: Number(row.seq),
    atMs: Number(row.at_ms),
    actor: row.actor,
    parkId: row.park_id,
    enterpriseId: row.enterprise_id,
    action: row.action,
    object: row.object,
    beforeDigest: row.before_digest,
    afterDigest: row.after_digest,
    result: row.result as AuditEntry["result"],
    requestId: row.request_id,
    detail: row.detail,
    digest: row.digest as AuditEntry["digest"],
    hash: row.hash,
  };
}
