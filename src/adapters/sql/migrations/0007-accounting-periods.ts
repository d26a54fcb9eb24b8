import type { Kysely, Migration } from "kysely";

/** Months that are closed, how they came to be, and what arrived for them afterwards. */
export const accountingPeriods: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable("period_closed")
      .addColumn("month", "text", (column) => column.primaryKey())
      .addColumn("start_ms", "bigint", (column) => column.notNull())
      .addColumn("end_ms", "bigint", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("period_change")
      .addColumn("month", "text", (column) => column.notNull())
      .addColumn("number", "integer", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("start_ms", "bigint", (column) => column.notNull())
      .addColumn("end_ms", "bigint", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("period_change_key", ["month", "number"])
      .execute();
    await database.schema
      .createTable("amendment")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("meter_id", "text", (column) => column.notNull())
      .addColumn("month", "text", (column) => column.notNull())
      .addColumn("from_ms", "bigint", (column) => column.notNull())
      .addColumn("to_ms", "bigint", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("first_at_ms", "bigint", (column) => column.notNull())
      .addColumn("last_at_ms", "bigint", (column) => column.notNull())
      .addColumn("arrivals", "integer", (column) => column.notNull())
      .addColumn("decided_by", "text")
      .addColumn("decided_at_ms", "bigint")
      .addColumn("decision_reason", "text")
      .execute();
    await database.schema
      .createIndex("amendment_waiting")
      .on("amendment")
      .columns(["meter_id", "month"])
      .unique()
      .where("state" as never, "=", "waiting")
      .execute();
  },
};
