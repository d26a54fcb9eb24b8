import { sql } from "kysely";
import { dayMs } from "../../domain/time.ts";
import type { StateSchema } from "./schema.ts";
import type { BulkStep, StateDatabase } from "./state-database.ts";

type Table = keyof StateSchema;
type Row = Readonly<Record<string, string | number | null>>;
/** Tables with rows for each series and instant, and the column of the instant. */
const ledgerColumns = {
  ledger_slot: "start_ms",
  ledger_superseded: "start_ms",
  ledger_day: "day_ms",
} as const;
type LedgerTable = keyof typeof ledgerColumns;
const ledgerTables = Object.keys(ledgerColumns) as LedgerTable[];

/** Every table that is read whole. The cursors come last: without them nothing counts as copied. */
const smallTables: Readonly<Record<Exclude<Table, LedgerTable>, number>> = {
  enterprise: 1,
  gateway: 2,
  meter: 3,
  series: 4,
  period_closed: 4.1,
  period_change: 4.2,
  amendment: 4.3,
  restatement_due: 4.4,
  restatement: 4.5,
  tariff: 4.6,
  virtual_meter: 4.7,
  touch: 5,
  meter_event: 6,
  drop_task: 7,
  mirror_due: 8,
  quarantine_group: 9,
  quarantine_payload: 10,
  sign_in_link: 11,
  session: 12,
  job: 13,
  person: 13.1,
  sign_in_failure: 13.2,
  api_key: 13.3,
  audit_entry: 14,
  audit_chain: 15,
  audit_head: 16,
  cursor: 17,
};
/** Slots of a series in one piece: some ten thousand rows. */
const spanMs = 90 * dayMs;

/** The other database cannot take the state, or did not take all of it. */
class CopyStateError extends Error {
  override readonly name = "CopyStateError";
}

/**
 * Copies the whole state into an empty database and counts it there; answers the number of rows.
 *
 * @throws {CopyStateError} the target has rows already, or other numbers of them afterwards.
 */
export async function copyState(from: StateDatabase, to: StateDatabase): Promise<number> {
  const order = Object.entries(smallTables).sort(([, a], [, b]) => a - b);
  const names = order.map(([name]) => name as Exclude<Table, LedgerTable>);
  for (const table of [...names, ...ledgerTables]) {
    if ((await countOf(to, table)) === 0) continue;
    throw new CopyStateError(
      `the database in ZCP_DATABASE_URL holds rows already (table ${table}); name an empty one`,
    );
  }
  for (const table of names.filter((name) => name !== "cursor")) await copyWhole(from, to, table);
  for (const table of ledgerTables) await copyLedger(from, to, table);
  await copyWhole(from, to, "cursor");
  let rows = 0;
  for (const table of [...names, ...ledgerTables]) {
    const [there, here] = [await countOf(from, table), await countOf(to, table)];
    if (there !== here) {
      throw new CopyStateError(`${here} of ${there} rows of ${table} arrived; nothing was removed`);
    }
    rows += here;
  }
  return rows;
}

async function countOf({ read }: StateDatabase, table: Table): Promise<number> {
  const row = await read
    .selectFrom(table)
    .select(sql<number>`count(*)`.as("rows"))
    .executeTakeFirst();
  return Number(row?.rows ?? 0);
}

async function copyWhole(
  from: StateDatabase,
  to: StateDatabase,
  table: Exclude<Table, LedgerTable>,
): Promise<void> {
  const rows: readonly object[] = await from.read.selectFrom(table).selectAll().execute();
  await to.bulk(insertion(table, rows as readonly Row[]));
}

async function copyLedger(
  from: StateDatabase,
  to: StateDatabase,
  table: LedgerTable,
): Promise<void> {
  const column = sql.ref<number>(ledgerColumns[table]);
  const series = await from.read
    .selectFrom(table)
    .select([
      "series_id",
      sql<number>`min(${column})`.as("first"),
      sql<number>`max(${column})`.as("last"),
    ])
    .groupBy("series_id")
    .execute();
  for (const { series_id: seriesId, first, last } of series) {
    for (let startMs = Number(first); startMs <= Number(last); startMs += spanMs) {
      const rows: readonly object[] = await from.read
        .selectFrom(table)
        .selectAll()
        .where("series_id", "=", seriesId)
        .where(column, ">=", startMs)
        .where(column, "<", startMs + spanMs)
        .execute();
      await to.bulk(insertion(table, rows as readonly Row[]));
    }
  }
}

function insertion(table: Table, rows: readonly Row[]): BulkStep[] {
  const [first] = rows;
  if (first === undefined) return [];
  const columns = Object.keys(first);
  const places = columns.map(() => "?").join(", ");
  return [
    {
      sql: `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
      rows: rows.map((row) => columns.map((column) => row[column] ?? null)),
    },
  ];
}
