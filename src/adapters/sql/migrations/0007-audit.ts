import type { Kysely, Migration } from "kysely";

/** The chain of audit entries, where it ends, and the signed heads of it. */
export const audit: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable("audit_entry")
      .addColumn("seq", "bigint", (column) => column.primaryKey())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("park_id", "text", (column) => column.notNull())
      .addColumn("enterprise_id", "text")
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("object", "text")
      .addColumn("before_digest", "text")
      .addColumn("after_digest", "text")
      .addColumn("result", "text", (column) => column.notNull())
      .addColumn("request_id", "text")
      .addColumn("detail", "text")
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .execute();
    for (const column of ["actor", "action", "object", "at_ms"]) {
      await database.schema
        .createIndex(`audit_entry_${column}`)
        .on("audit_entry")
        .columns([column, "seq"])
        .execute();
    }
    await database.schema
      .createTable("audit_chain")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("seq", "bigint", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .execute();
    await headTable(database);
  },
};

async function headTable(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("audit_head")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("park_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("at_ms", "bigint", (column) => column.notNull())
    .addColumn("tree_day", "text")
    .addColumn("tree_first_seq", "bigint")
    .addColumn("tree_last_seq", "bigint")
    .addColumn("tree_root", "text")
    .addColumn("key_id", "text", (column) => column.notNull())
    .addColumn("signature", "text", (column) => column.notNull())
    .addColumn("sent_at_ms", "bigint")
    .execute();
}
