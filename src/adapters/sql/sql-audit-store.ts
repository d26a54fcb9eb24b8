import type { AuditStore } from "../../app/audit-ports.ts";
import type { AuditDigest, AuditNote } from "../../domain/audit/audit-entry.ts";
import type { SignedHead } from "../../domain/audit/signed-head.ts";
import type { AuditHeadRow } from "./access-schema.ts";
import { appendAudit } from "./audit-chain.ts";
import { sqlAuditReader } from "./sql-audit-reader.ts";
import type { StateDatabase } from "./state-database.ts";

/** The audit in the state database: what is read, and the few ways in which it grows. */
export function sqlAuditStore(state: StateDatabase): AuditStore {
  return Object.assign(new AuditWriter(state), sqlAuditReader(state.read));
}

class AuditWriter {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  get digest(): AuditDigest {
    return this.#state.auditDigest;
  }

  async append(notes: readonly AuditNote[]): Promise<void> {
    if (notes.length === 0) return;
    await this.#state.write
      .transaction()
      .execute((transaction) => appendAudit(transaction, this.#state, notes));
  }

  async addHead(head: SignedHead): Promise<void> {
    await this.#state.write.transaction().execute(async (transaction) => {
      const newest = await transaction
        .selectFrom("audit_head")
        .select("id")
        .orderBy("id", "desc")
        .limit(1)
        .executeTakeFirst();
      await transaction
        .insertInto("audit_head")
        .values({ id: Number(newest?.id ?? 0) + 1, ...headRow(head), sent_at_ms: null })
        .execute();
    });
  }

  async headSent(id: number, atMs: number): Promise<void> {
    await this.#state.write
      .updateTable("audit_head")
      .set({ sent_at_ms: atMs })
      .where("id", "=", id)
      .execute();
  }

  async prune(throughSeq: number, note: AuditNote): Promise<void> {
    await this.#state.write.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("audit_entry").where("seq", "<=", throughSeq).execute();
      await appendAudit(transaction, this.#state, [note]);
    });
  }
}

function headRow(head: SignedHead): Omit<AuditHeadRow, "id" | "sent_at_ms"> {
  return {
    park_id: head.parkId,
    seq: head.seq,
    hash: head.hash,
    digest: head.digest,
    at_ms: head.atMs,
    tree_day: head.tree?.day ?? null,
    tree_first_seq: head.tree?.firstSeq ?? null,
    tree_last_seq: head.tree?.lastSeq ?? null,
    tree_root: head.tree?.root ?? null,
    key_id: head.keyId,
    signature: head.signature,
  };
}
