import { sql, type Transaction } from "kysely";
import type { QuarantineGroup, QuarantineStore } from "../../app/ports.ts";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import { appendAudit } from "./audit-chain.ts";
import type { QuarantineGroupRow, StateSchema } from "./schema.ts";
import type { StateDatabase } from "./state-database.ts";

/** What was set aside, grouped by place and reason. */
export class SqlQuarantineStore implements QuarantineStore {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  async list(page: {
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly QuarantineGroup[]> {
    const rows = await this.#state.read
      .selectFrom("quarantine_group")
      .selectAll()
      .$if(page.after !== null, (query) => query.where("id", ">", page.after ?? ""))
      .orderBy("id")
      .limit(page.limit)
      .execute();
    return rows.map(groupOf);
  }

  async get(id: string): Promise<QuarantineGroup | null> {
    const row = await this.#state.read
      .selectFrom("quarantine_group")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row === undefined ? null : groupOf(row);
  }

  async total(): Promise<number> {
    const row = await this.#state.read
      .selectFrom("quarantine_group")
      .select(sql<number | null>`sum(count)`.as("total"))
      .executeTakeFirst();
    return Number(row?.total ?? 0);
  }

  async payloadsOf(
    gatewayId: string,
    deviceId: string,
  ): Promise<readonly { topic: string; payload: string }[]> {
    return this.#state.read
      .selectFrom("quarantine_payload")
      .innerJoin("quarantine_group", "quarantine_group.id", "quarantine_payload.group_id")
      .select(["quarantine_payload.topic", "quarantine_payload.payload"])
      .where("gateway_id", "=", gatewayId)
      .where("device_id", "=", deviceId)
      .where("code", "=", "unknown_device")
      .orderBy("received_at_ms")
      .execute();
  }

  async dismiss(id: string, note: AuditNote): Promise<boolean> {
    return this.#state.write.transaction().execute(async (transaction) => {
      const isGone = await deleteGroup(transaction, id);
      if (isGone) await appendAudit(transaction, this.#state, [note]);
      return isGone;
    });
  }

  async dismissDevice(gatewayId: string, deviceId: string): Promise<void> {
    const groups = await this.#state.read
      .selectFrom("quarantine_group")
      .select("id")
      .where("gateway_id", "=", gatewayId)
      .where("device_id", "=", deviceId)
      .where("code", "=", "unknown_device")
      .execute();
    await this.#forget(groups);
  }

  async trimGroups(groupsMax: number): Promise<number> {
    const surplus = await this.#state.read
      .selectFrom("quarantine_group")
      .select("id")
      .orderBy("last_at_ms", "desc")
      .limit(1000)
      .offset(groupsMax)
      .execute();
    await this.#forget(surplus);
    return surplus.length;
  }

  async #forget(groups: readonly { readonly id: string }[]): Promise<void> {
    for (const { id } of groups) {
      await this.#state.write.transaction().execute((transaction) => deleteGroup(transaction, id));
    }
  }
}

/** Answers whether there was such a group. */
async function deleteGroup(transaction: Transaction<StateSchema>, id: string): Promise<boolean> {
  await transaction.deleteFrom("quarantine_payload").where("group_id", "=", id).execute();
  const result = await transaction
    .deleteFrom("quarantine_group")
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

function groupOf(row: QuarantineGroupRow): QuarantineGroup {
  return {
    id: row.id,
    gatewayId: row.gateway_id,
    deviceId: row.device_id,
    code: row.code,
    metric: row.metric,
    detail: row.detail,
    count: Number(row.count),
    firstAtMs: Number(row.first_at_ms),
    lastAtMs: Number(row.last_at_ms),
    topic: row.topic,
    payloadExcerpt: row.payload_excerpt,
    payloadBytes: Number(row.payload_bytes),
  };
}
