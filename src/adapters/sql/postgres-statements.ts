import type { BulkStep } from "./state-database.ts";

type Value = string | number | bigint | null | Uint8Array;

export interface PostgresStatement {
  readonly text: string;
  readonly values: Value[];
}

/** PostgreSQL counts the parameters of a statement in 16 bits. */
const parametersMax = 60_000;
const rowsMax = 1000;

const insertPattern =
  /^INSERT INTO (\w+) \(([^)]+)\)\s+VALUES (\([^)]*\))\s*(?:ON CONFLICT \(([^)]+)\))?/;

/** An insertion of what is selected for rows of parameters, which the statement keeps apart by itself. */
const insertForPattern = /FROM \(VALUES (\((?:[^()]|\([^()]*\))+\))\) AS \w+/;

/**
 * A step in PostgreSQL's notation. Rows of an insertion travel many in a statement, because each
 * statement costs a way to the server and back; where they may meet in `ON CONFLICT`, rows with
 * the same key go into different statements, as one statement may touch a row only once.
 */
export function postgresStatements(step: BulkStep): PostgresStatement[] {
  if ("params" in step) return [statement(step.sql, step.params)];
  if (step.rows.length === 0) return [];
  const insert = insertPattern.exec(step.sql);
  if (insert === null) {
    const [, each] = insertForPattern.exec(step.sql) ?? [];
    if (each === undefined) return step.rows.map((row) => statement(step.sql, row));
    return chunked(step.rows, null).map((rows) => manyRows(step.sql, each, rows));
  }
  const [, , columns = "", tuple = "", keyColumns] = insert;
  const chunks = chunked(step.rows, keyPositions({ columns, tuple, keyColumns }));
  return chunks.map((rows) => manyRows(step.sql, tuple, rows));
}

/** The statement with its one tuple of placeholders repeated for each row. */
function manyRows(
  sql: string,
  tuple: string,
  rows: readonly (readonly Value[])[],
): PostgresStatement {
  const all = rows.map(() => tuple).join(", ");
  return statement(
    sql.replace(tuple, () => all),
    rows.flat(),
  );
}

function statement(sql: string, params: readonly Value[]): PostgresStatement {
  let index = 0;
  const text = sql.replaceAll("?", () => {
    index += 1;
    return `$${index}`;
  });
  return { text, values: params.map(storable) };
}

/** PostgreSQL keeps no NUL in a text; a device that sends one must not block the ledger. */
function storable(value: Value): Value {
  return typeof value === "string" && value.includes("\0")
    ? value.replaceAll("\0", "\uFFFD")
    : value;
}

/** Which parameters of a row make up the key; null when rows cannot meet. */
function keyPositions(insert: {
  readonly columns: string;
  readonly tuple: string;
  readonly keyColumns: string | undefined;
}): readonly number[] | null {
  if (insert.keyColumns === undefined) return null;
  const names = insert.columns.split(",").map((name) => name.trim());
  const places = insert.tuple
    .slice(1, -1)
    .split(",")
    .map((place) => place.trim());
  return insert.keyColumns.split(",").map((key) => {
    const column = names.indexOf(key.trim());
    return places.slice(0, column).filter((place) => place === "?").length;
  });
}

function chunked(
  rows: readonly (readonly Value[])[],
  keyAt: readonly number[] | null,
): (readonly Value[])[][] {
  const most = Math.min(rowsMax, Math.floor(parametersMax / Math.max(1, rows[0]?.length ?? 1)));
  const chunks: (readonly Value[])[][] = [];
  let chunk: (readonly Value[])[] = [];
  let keys = new Set<string>();
  for (const row of rows) {
    const key = keyAt === null ? null : JSON.stringify(keyAt.map((at) => String(row[at])));
    if (chunk.length >= most || (key !== null && keys.has(key))) {
      chunks.push(chunk);
      chunk = [];
      keys = new Set();
    }
    if (key !== null) keys.add(key);
    chunk.push(row);
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
