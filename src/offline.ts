import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Kysely } from "kysely";
import { z } from "zod";
import { backupDataDir, restoreDataDir } from "./adapters/files/backup.ts";
import { dataFiles } from "./adapters/files/data-dir.ts";
import { dataDirHolder } from "./adapters/files/data-dir-lock.ts";
import { migrationStatus } from "./adapters/sql/migrate.ts";
import type { StateSchema } from "./adapters/sql/schema.ts";
import { SqlSessionStore } from "./adapters/sql/sql-access-stores.ts";
import { openSqliteState } from "./adapters/sql/state-database.ts";
import { Turnstile, threadDialect } from "./adapters/sql/thread-dialect.ts";
import { openSqliteThread } from "./adapters/sqlite/sqlite-thread.ts";
import { secretDigest } from "./app/registry.ts";
import type { Config } from "./config.ts";
import { hourMs } from "./domain/time.ts";

/** How long a link from the command line waits for its click. */
const linkValidMs = hourMs;

/** File in which a running service notes where it listens. */
export const addressesFileName = "addresses.json";
const AddressesFile = z.object({ httpUrl: z.string() });

export interface Maintenance {
  backup: typeof backupDataDir;
  restore: typeof restoreDataDir;
  /** The schema's migrations with the time of each; `up` carries out first what is due. */
  migrate(dataDir: string, action: "up" | "status"): ReturnType<typeof migrationStatus>;
  /** A one-time sign-in link for a running service, or for the one that starts next. */
  signInLink(config: Config): Promise<string>;
}

/** The second composition root: what the command line does on the data folder without the service. */
export const maintenance: Maintenance = {
  backup: backupDataDir,
  restore: restoreDataDir,
  migrate: async (dataDir, action) => {
    const path = existingState(dataDir);
    // Opening the state brings its schema up to date.
    if (action === "up") await (await openSqliteState(path)).close();
    const thread = openSqliteThread(path, ["busy_timeout=5000", "query_only=1"]);
    try {
      return await migrationStatus(
        new Kysely<StateSchema>({ dialect: threadDialect(thread, new Turnstile()) }),
        "sqlite",
      );
    } finally {
      await thread.close();
    }
  },
  signInLink: async (config) => {
    const state = await openSqliteState(existingState(config.dataDir));
    try {
      const token = randomBytes(32).toString("base64url");
      const grant = {
        userId: "user:admin",
        name: "admin",
        roles: ["sysadmin", "manager"],
        enterpriseId: null,
      };
      const expiresAtMs = Date.now() + linkValidMs;
      await new SqlSessionStore(state).addLink(secretDigest(token), grant, expiresAtMs);
      return `${baseUrl(config)}/sign-in?token=${token}`;
    } finally {
      await state.close();
    }
  },
};

/** The data folder does not have what the command needs. */
export class MaintenanceError extends Error {
  override readonly name = "MaintenanceError";
}

/** @throws {MaintenanceError} when no service has ever run on the data folder. */
function existingState(dataDir: string): string {
  const path = dataFiles(dataDir).state;
  if (existsSync(path)) return path;
  throw new MaintenanceError(
    `${dataDir} holds no data yet; start the service once, or set ZCP_DATA_DIR`,
  );
}

/** The port may be another than the configured one, so a running service is asked first. */
function baseUrl({ dataDir, http }: Config): string {
  const path = join(dataDir, addressesFileName);
  if (dataDirHolder(dataDir) !== null && existsSync(path)) {
    return AddressesFile.parse(JSON.parse(readFileSync(path, "utf8"))).httpUrl;
  }
  return `http://${http.host}:${http.port}`;
}
