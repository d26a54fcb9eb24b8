import { type CreateTableBuilder, type Kysely, type Migration, sql } from "kysely";
import type { StateEngine } from "../state-database.ts";

type Database = Kysely<unknown>;

/** Instants are epoch milliseconds, ids are text, quantities are doubles, booleans 0 or 1. */
export function firstLight(engine: StateEngine): Migration {
  return {
    up: async (database: Database) => {
      await registryTables(database);
      await ledgerTables(database, engine);
      await quarantineTables(database);
      await accessTables(database);
    },
  };
}

async function registryTables(database: Database): Promise<void> {
  await database.schema
    .createTable("enterprise")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name_zh", "text", (column) => column.notNull())
    .addColumn("name_en", "text", (column) => column.notNull())
    .addColumn("industry", "text")
    .addColumn("credit_code", "text")
    .addColumn("origin", "text", (column) => column.notNull())
    .execute();
  await database.schema
    .createTable("gateway")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name_zh", "text", (column) => column.notNull())
    .addColumn("name_en", "text", (column) => column.notNull())
    .addColumn("simulated", "integer", (column) => column.notNull())
    .addColumn("password_sha256", "text")
    .addColumn("origin", "text", (column) => column.notNull())
    .execute();
  await database.schema
    .createTable("meter")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("gateway_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("carrier", "text", (column) => column.notNull())
    .addColumn("name_zh", "text", (column) => column.notNull())
    .addColumn("name_en", "text", (column) => column.notNull())
    .addColumn("enterprise_id", "text")
    .addColumn("parent_id", "text")
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("load_group_id", "text")
    .addColumn("multiplier", "double precision", (column) => column.notNull())
    .addColumn("register_digits", "integer")
    .addColumn("rated_max_kw", "double precision")
    .addColumn("capacity_kwh", "double precision")
    .addColumn("accuracy_class", "double precision")
    .addColumn("interval_s", "integer")
    .addColumn("valid_from_ms", "bigint")
    .addColumn("origin", "text", (column) => column.notNull())
    .execute();
}

async function ledgerTables(database: Database, engine: StateEngine): Promise<void> {
  await database.schema
    .createTable("series")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("meter_id", "text", (column) => column.notNull())
    .addColumn("register", "text", (column) => column.notNull())
    .addUniqueConstraint("series_of_meter", ["meter_id", "register"])
    .execute();
  // In SQLite the rows lie in their key's own tree; PostgreSQL knows no such tables.
  const clustered = <Table extends CreateTableBuilder<string, string>>(table: Table) =>
    engine === "sqlite" ? table.modifyEnd(sql`without rowid`) : table;
  await clustered(
    slotColumns(database.schema.createTable("ledger_slot")).addPrimaryKeyConstraint(
      "ledger_slot_key",
      ["series_id", "start_ms"],
    ),
  ).execute();
  await clustered(
    slotColumns(database.schema.createTable("ledger_superseded")).addPrimaryKeyConstraint(
      "ledger_superseded_key",
      ["series_id", "start_ms", "revision"],
    ),
  ).execute();
  await database.schema
    .createTable("touch")
    .addColumn("meter_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("from_ms", "bigint", (column) => column.notNull())
    .addColumn("to_ms", "bigint", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("stamp", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("touch_key", ["meter_id", "kind", "from_ms", "to_ms"])
    .execute();
  await database.schema
    .createTable("cursor")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .execute();
}

function slotColumns<Table extends string>(
  table: CreateTableBuilder<Table, never>,
): CreateTableBuilder<Table, string> {
  return table
    .addColumn("series_id", "integer", (column) => column.notNull())
    .addColumn("start_ms", "bigint", (column) => column.notNull())
    .addColumn("amount", "double precision")
    .addColumn("grade", "integer", (column) => column.notNull())
    .addColumn("coverage", "double precision", (column) => column.notNull())
    .addColumn("estimated_fraction", "double precision", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("known_at_ms", "bigint", (column) => column.notNull());
}

async function quarantineTables(database: Database): Promise<void> {
  await database.schema
    .createTable("quarantine_group")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("gateway_id", "text")
    .addColumn("device_id", "text")
    .addColumn("code", "text", (column) => column.notNull())
    .addColumn("metric", "text")
    .addColumn("detail", "text", (column) => column.notNull())
    .addColumn("count", "bigint", (column) => column.notNull())
    .addColumn("first_at_ms", "bigint", (column) => column.notNull())
    .addColumn("last_at_ms", "bigint", (column) => column.notNull())
    .addColumn("topic", "text", (column) => column.notNull())
    .addColumn("payload_excerpt", "text", (column) => column.notNull())
    .addColumn("payload_bytes", "bigint", (column) => column.notNull())
    .execute();
  await database.schema
    .createTable("quarantine_payload")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("group_id", "text", (column) => column.notNull())
    .addColumn("topic", "text", (column) => column.notNull())
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("received_at_ms", "bigint", (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex("quarantine_payload_group")
    .on("quarantine_payload")
    .columns(["group_id", "received_at_ms"])
    .execute();
}

async function accessTables(database: Database): Promise<void> {
  for (const name of ["sign_in_link", "session"]) {
    await database.schema
      .createTable(name)
      .addColumn("token_sha256", "text", (column) => column.primaryKey())
      .addColumn("user_id", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("roles", "text", (column) => column.notNull())
      .addColumn("enterprise_id", "text")
      .addColumn("expires_at_ms", "bigint", (column) => column.notNull())
      .execute();
  }
  await database.schema
    .createTable("job")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("watermark_ms", "bigint")
    .addColumn("last_run_ms", "bigint")
    .addColumn("last_error", "text")
    .execute();
}
