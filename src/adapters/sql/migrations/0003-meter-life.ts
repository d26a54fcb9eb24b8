import type { Kysely, Migration } from "kysely";

/** What people record about the life of meters, and the falls that wait for them. */
export const meterLife: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable("meter_event")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("meter_id", "text", (column) => column.notNull())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("recorded_at_ms", "bigint", (column) => column.notNull())
      .addColumn("recorded_by", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createIndex("meter_event_of_meter")
      .on("meter_event")
      .columns(["meter_id", "at_ms"])
      .execute();
    await database.schema
      .createTable("drop_task")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("meter_id", "text", (column) => column.notNull())
      .addColumn("register", "text", (column) => column.notNull())
      .addColumn("from_ms", "bigint", (column) => column.notNull())
      .addColumn("before_value", "double precision", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("after_value", "double precision", (column) => column.notNull())
      .addColumn("opened_at_ms", "bigint", (column) => column.notNull())
      .addColumn("closed_at_ms", "bigint")
      .execute();
    await database.schema
      .createIndex("drop_task_of_meter")
      .on("drop_task")
      .columns(["meter_id", "at_ms"])
      .execute();
  },
};
