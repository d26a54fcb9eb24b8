import { parentPort, workerData } from "node:worker_threads";
import Database from "libsql";
import type { SqliteAnswer, SqliteRequest, SqliteValue } from "./sqlite-protocol.ts";

/**
 * Runs inside a worker thread, because libsql is synchronous: whatever takes time takes it here and
 * never on the event loop that serves meters and people.
 */
const port = parentPort;
if (port === null) throw new Error("this file runs inside a worker thread only");

const { path, pragmas } = workerData as {
  readonly path: string;
  readonly pragmas: readonly string[];
};

type Statement = ReturnType<Database.Database["prepare"]>;

/** null when opening it again has failed; the next request tries once more. */
let database: Database.Database | null = open();
let statements = new Map<string, Statement>();
const statementsMax = 200;

function open(): Database.Database {
  const opened = new Database(path);
  try {
    for (const pragma of pragmas) opened.exec(`PRAGMA ${pragma}`);
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function current(): Database.Database {
  database ??= open();
  return database;
}

function prepared(sql: string): Statement {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  if (statements.size >= statementsMax) statements = new Map();
  const statement = current().prepare(sql);
  statements.set(sql, statement);
  return statement;
}

function run(sql: string, params: readonly SqliteValue[]): { changes: number } {
  return { changes: prepared(sql).run([...params]).changes };
}

function many(sql: string, rows: readonly (readonly SqliteValue[])[]): { changes: number } {
  const statement = prepared(sql);
  let changes = 0;
  for (const row of rows) changes += statement.run(row as SqliteValue[]).changes;
  return { changes };
}

function transaction(steps: Extract<SqliteRequest, { op: "transaction" }>["steps"]): unknown {
  current().exec("BEGIN IMMEDIATE");
  try {
    const results = steps.map((step) =>
      "rows" in step ? many(step.sql, step.rows) : run(step.sql, step.params),
    );
    current().exec("COMMIT");
    return results;
  } catch (error) {
    if (database?.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** After a failed write the file handle is not trusted again: it is closed and opened anew. */
function reopen(): void {
  const old = database;
  statements = new Map();
  database = null;
  old?.close();
  database = open();
}

function answer(request: SqliteRequest): unknown {
  switch (request.op) {
    case "run":
      return run(request.sql, request.params);
    case "all":
      return prepared(request.sql).all([...request.params]);
    case "many":
      return many(request.sql, request.rows);
    case "exec":
      current().exec(request.sql);
      return null;
    case "transaction":
      return transaction(request.steps);
    case "reopen":
      reopen();
      return null;
    case "close":
      statements = new Map();
      database?.close();
      return null;
  }
}

port.on("message", (request: SqliteRequest) => {
  let reply: SqliteAnswer;
  try {
    reply = { id: request.id, ok: true, result: answer(request) };
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: string };
    reply = { id: request.id, ok: false, message, code: code ?? "SQLITE_ERROR" };
  }
  port.postMessage(reply);
  if (request.op === "close") port.close();
});
