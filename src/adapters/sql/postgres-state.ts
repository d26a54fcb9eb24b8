import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { UnavailableError } from "../../app/ports.ts";
import type { AuditDigest } from "../../domain/audit/audit-entry.ts";
import { migrateToLatest, migrationStatus } from "./migrate.ts";
import { postgresStatements } from "./postgres-statements.ts";
import type { StateSchema } from "./schema.ts";
import type { StateDatabase } from "./state-database.ts";

const connectionsMax = 10;
const connectTimeoutMs = 5000;
/** A statement of the service takes milliseconds; one that hangs must not hold a connection for ever. */
const statementTimeoutMs = 60_000;

/** Which migrations there are and when each was carried out; changes nothing. */
export async function postgresMigrations(url: string): ReturnType<typeof migrationStatus> {
  const pool = await connectedPool(url);
  try {
    return await migrationStatus(stateOf(pool), "postgres");
  } finally {
    await pool.end();
  }
}

function stateOf(pool: pg.Pool): Kysely<StateSchema> {
  return new Kysely<StateSchema>({ dialect: new PostgresDialect({ pool }) });
}

/** @throws {UnavailableError} `database_unreachable`. */
export async function connectedPool(url: string, options?: string): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    application_name: "zcp",
    ...(options === undefined ? {} : { options }),
    types: { getTypeParser: numericParser },
  });
  // A connection that the server closes while it idles is replaced at the next use.
  pool.on("error", () => undefined);
  try {
    await pool.query("SELECT 1");
  } catch (cause) {
    await pool.end();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnavailableError(
      `PostgreSQL cannot be reached: ${reason}; check ZCP_DATABASE_URL and that the server runs`,
      { cause, code: "database_unreachable" },
    );
  }
  return pool;
}

/**
 * Opens the state database in PostgreSQL and brings its schema up to date.
 *
 * @throws {UnavailableError} `database_unreachable`.
 */
export async function openPostgresState(
  url: string,
  auditDigest: AuditDigest = "sha256",
): Promise<StateDatabase> {
  const pool = await connectedPool(url);
  const database = stateOf(pool);
  await migrateToLatest(database, "postgres").catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  return {
    engine: "postgres",
    write: database,
    read: database,
    auditDigest,
    bulk: async (steps) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query("BEGIN");
        for (const statement of steps.flatMap(postgresStatements)) await client.query(statement);
        await client.query("COMMIT");
      } catch (error) {
        broken = await rolledBack(client);
        throw error;
      } finally {
        client.release(broken);
      }
    },
    copyTo: async () => {
      throw new UnavailableError(
        "the state is kept in PostgreSQL; back it up with pg_dump (docs/operating.md)",
        { code: "backup_elsewhere" },
      );
    },
    close: () => pool.end(),
  };
}

/** Answers the error that makes the connection unusable, if the transaction cannot even be ended. */
async function rolledBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const bigintOid = 20;
const numericOid = 1700;

/**
 * Counts, sequences and epoch milliseconds stay far below 2^53, so whole numbers come as numbers;
 * everything else is parsed as usual.
 */
function numericParser(oid: number, format?: "text" | "binary"): (value: never) => unknown {
  if (oid === bigintOid || oid === numericOid) return Number;
  return format === "binary" ? pg.types.getTypeParser(oid, "binary") : pg.types.getTypeParser(oid);
}
