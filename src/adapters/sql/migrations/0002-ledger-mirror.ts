import type { Kysely, Migration } from "kysely";

/** Days of meters whose slots changed and are not yet in the copy for charts. */
export const ledgerMirror: Migration = {
  up: async (database: Kysely<unknown>) => {
    await database.schema
      .createTable("mirror_due")
      .addColumn("meter_id", "text", (column) => column.notNull())
      .addColumn("day_ms", "bigint", (column) => column.notNull())
      .addColumn("turn", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("mirror_due_key", ["meter_id", "day_ms"])
      .execute();
  },
};
