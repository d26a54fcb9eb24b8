import { Kysely } from "kysely";
import type { AuditDigest } from "../../domain/audit/audit-entry.ts";
import type { SqliteStep } from "../sqlite/sqlite-protocol.ts";
import { durablePragmas, openSqliteThread } from "../sqlite/sqlite-thread.ts";
import { migrateToLatest, migrationStatus } from "./migrate.ts";
import type { StateSchema } from "./schema.ts";
import { Turnstile, threadDialect } from "./thread-dialect.ts";

/** The two databases that hold the state; schema and statements are the same. */
export type StateEngine = "sqlite" | "postgres";

/** A statement with `?` placeholders, once or for many rows. */
export type BulkStep = SqliteStep;

/** The state of the park: registry, ledger, quarantine, sessions, jobs. */
export interface StateDatabase {
  readonly engine: StateEngine;
  readonly write: Kysely<StateSchema>;
  readonly read: Kysely<StateSchema>;
  /** What new audit entries are chained with. */
  readonly auditDigest: AuditDigest;
  /** Many rows in one transaction, past the query builder; all steps or none. */
  bulk(steps: readonly BulkStep[]): Promise<void>;
  /** A consistent copy of the whole database, made while the service runs. */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Which migrations there are and when each was carried out; changes nothing. */
export async function sqliteMigrations(path: string): ReturnType<typeof migrationStatus> {
  const thread = openSqliteThread(path, ["busy_timeout=5000", "query_only=1"]);
  try {
    const dialect = threadDialect(thread, new Turnstile());
    return await migrationStatus(new Kysely<StateSchema>({ dialect }), "sqlite");
  } finally {
    await thread.close();
  }
}

/** Opens the embedded state database and brings its schema up to date. */
export async function openSqliteState(
  path: string,
  auditDigest: AuditDigest = "sha256",
): Promise<StateDatabase> {
  const writer = openSqliteThread(path, durablePragmas);
  const turnstile = new Turnstile();
  const write = new Kysely<StateSchema>({ dialect: threadDialect(writer, turnstile) });
  try {
    // A file that is no database is told apart from one that cannot be migrated.
    await writer.all("SELECT count(*) FROM sqlite_master");
    await migrateToLatest(write, "sqlite");
  } catch (error) {
    // An open thread would keep the process of a failed start alive.
    await writer.close();
    throw error;
  }
  // libsql ignores its `readonly` option, so the reader is kept from writing by this pragma.
  const reader = openSqliteThread(path, ["busy_timeout=5000", "query_only=1"]);
  const read = new Kysely<StateSchema>({ dialect: threadDialect(reader, new Turnstile()) });
  return {
    engine: "sqlite",
    write,
    read,
    auditDigest,
    bulk: async (steps) => {
      const leave = await turnstile.enter();
      try {
        await writer.transaction(steps);
      } finally {
        leave();
      }
    },
    copyTo: async (target) => {
      await reader.run("VACUUM INTO ?", [target]);
    },
    close: async () => {
      await reader.close();
      await writer.close();
    },
  };
}
