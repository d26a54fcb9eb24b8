import { type CreateTableBuilder, type Kysely, type Migration, sql } from "kysely";
import type { StateEngine } from "../state-database.ts";

/** Totals of the park's days; a step after the start fills them for slots that are there already. */
export function ledgerDays(engine: StateEngine): Migration {
  const clustered = <Table extends CreateTableBuilder<string, string>>(table: Table) =>
    engine === "sqlite" ? table.modifyEnd(sql`without rowid`) : table;
  return {
    up: async (database: Kysely<unknown>) => {
      await clustered(
        database.schema
          .createTable("ledger_day")
          .addColumn("series_id", "integer", (column) => column.notNull())
          .addColumn("day_ms", "bigint", (column) => column.notNull())
          .addColumn("amount", "double precision")
          .addColumn("estimated_amount", "double precision", (column) => column.notNull())
          .addColumn("coverage_sum", "double precision", (column) => column.notNull())
          .addColumn("slot_count", "integer", (column) => column.notNull())
          .addColumn("missing_count", "integer", (column) => column.notNull())
          .addColumn("marks_0", "bigint", (column) => column.notNull())
          .addColumn("marks_1", "bigint", (column) => column.notNull())
          .addColumn("marks_2", "bigint", (column) => column.notNull())
          .addColumn("grade", "integer", (column) => column.notNull())
          .addColumn("revision_max", "integer", (column) => column.notNull())
          .addColumn("known_at_ms", "bigint", (column) => column.notNull())
          .addPrimaryKeyConstraint("ledger_day_key", ["series_id", "day_ms"]),
      ).execute();
    },
  };
}
