import type { Kysely, Migration } from "kysely";

/** Tariffs by their first day, a correction is a new revision; and meters by formula. */
export const tariffs: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable("tariff")
      .addColumn("id", "text", (column) => column.notNull())
      .addColumn("valid_from", "text", (column) => column.notNull())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addColumn("recorded_at_ms", "bigint", (column) => column.notNull())
      .addColumn("recorded_by", "text", (column) => column.notNull())
      .addColumn("correction", "text")
      .addPrimaryKeyConstraint("tariff_key", ["id", "valid_from", "revision"])
      .execute();
    await database.schema
      .createTable("virtual_meter")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("name_zh", "text", (column) => column.notNull())
      .addColumn("name_en", "text", (column) => column.notNull())
      .addColumn("enterprise_id", "text")
      .addColumn("formula", "text", (column) => column.notNull())
      .execute();
  },
};
