import { join } from "node:path";
import { afterAll, describe, onTestFinished } from "vitest";
import { openPostgresState } from "../../src/adapters/sql/postgres-state.ts";
import { openSqliteState, type StateDatabase } from "../../src/adapters/sql/state-database.ts";
import { hasPostgres, type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import { tempDir } from "./temp-dir.ts";

/** Opens an empty state database for one test and closes it when the test is over. */
export type OpenState = () => Promise<StateDatabase>;

/** Runs the same suite on both databases, so that they cannot drift apart. */
export function onBothDatabases(name: string, suite: (open: OpenState) => void): void {
  describe(`${name} in SQLite`, () => {
    suite(async () => {
      const state = await openSqliteState(join(tempDir(), "state.db"));
      onTestFinished(() => state.close());
      return state;
    });
  });
  describe.skipIf(!hasPostgres)(`${name} in PostgreSQL`, () => {
    let server: Promise<PostgresServer> | null = null;
    afterAll(async () => {
      await (await server)?.stop();
    });
    suite(async () => {
      server ??= startPostgresServer();
      const state = await openPostgresState(await (await server).createDatabase());
      onTestFinished(() => state.close());
      return state;
    });
  });
}
