import type { CreateTableBuilder, Kysely, Migration } from "kysely";

/** What revisions did to what is derived from the slots: what has still to be followed, and the feed. */
export const restatements: Migration = {
  up: async (database: Kysely<unknown>) => {
    await figure(
      database.schema
        .createTable("restatement_due")
        .addColumn("series_id", "integer", (column) => column.notNull())
        .addColumn("day_ms", "bigint", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("slot_count", "integer", (column) => column.notNull())
        .addColumn("known_at_ms", "bigint", (column) => column.notNull())
        .addColumn("stamp", "integer", (column) => column.notNull()),
      "before",
    )
      .addPrimaryKeyConstraint("restatement_due_key", ["series_id", "day_ms", "reason"])
      .execute();
    const feed = database.schema
      .createTable("restatement")
      .addColumn("seq", "bigint", (column) => column.primaryKey())
      .addColumn("meter_id", "text", (column) => column.notNull())
      .addColumn("register", "text", (column) => column.notNull())
      .addColumn("day_ms", "bigint", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("slot_count", "integer", (column) => column.notNull())
      .addColumn("known_at_ms", "bigint", (column) => column.notNull())
      .addColumn("dependants", "text", (column) => column.notNull());
    await figure(figure(feed, "before"), "after").execute();
    await database.schema
      .createIndex("restatement_of_meter")
      .on("restatement")
      .columns(["meter_id", "seq"])
      .execute();
  },
};

function figure<Table extends string>(
  table: CreateTableBuilder<Table, string>,
  side: "before" | "after",
): CreateTableBuilder<Table, string> {
  return table
    .addColumn(`${side}_amount`, "double precision")
    .addColumn(`${side}_estimated`, "double precision", (column) => column.notNull())
    .addColumn(`${side}_coverage`, "double precision", (column) => column.notNull())
    .addColumn(`${side}_slots`, "integer", (column) => column.notNull())
    .addColumn(`${side}_grade`, "integer", (column) => column.notNull());
}
