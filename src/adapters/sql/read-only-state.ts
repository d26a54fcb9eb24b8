import { Kysely, PostgresDialect } from "kysely";
import { openSqliteThread } from "../sqlite/sqlite-thread.ts";
import { connectedPool } from "./postgres-state.ts";
import type { StateSchema } from "./schema.ts";
import { Turnstile, threadDialect } from "./thread-dialect.ts";

/** The state as it is, for those who look without changing anything: not even the schema. */
export interface ReadOnlyState {
  readonly read: Kysely<StateSchema>;
  close(): Promise<void>;
}

export function readSqliteState(path: string): ReadOnlyState {
  const thread = openSqliteThread(path, ["busy_timeout=5000", "query_only=1"]);
  const read = new Kysely<StateSchema>({ dialect: threadDialect(thread, new Turnstile()) });
  return { read, close: () => thread.close() };
}

/** @throws {UnavailableError} `database_unreachable`. */
export async function readPostgresState(url: string): Promise<ReadOnlyState> {
  const pool = await connectedPool(url, "-c default_transaction_read_only=on");
  return {
    read: new Kysely<StateSchema>({ dialect: new PostgresDialect({ pool }) }),
    close: () => pool.end(),
  };
}
