import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readHeads } from "./adapters/audit/read-heads.ts";
import { publicKeyName, signatureCheck } from "./adapters/audit/signing-key.ts";
import { backupDataDir, restoreDataDir } from "./adapters/files/backup.ts";
import { dataFiles } from "./adapters/files/data-dir.ts";
import { dataDirHolder } from "./adapters/files/data-dir-lock.ts";
import type { migrationStatus } from "./adapters/sql/migrate.ts";
import { openPostgresState, postgresMigrations } from "./adapters/sql/postgres-state.ts";
import { readPostgresState, readSqliteState } from "./adapters/sql/read-only-state.ts";
import { SqlSessionStore } from "./adapters/sql/sql-access-stores.ts";
import { sqlAuditReader } from "./adapters/sql/sql-audit-reader.ts";
import { sqlAttempts, sqlKeys, sqlPeople } from "./adapters/sql/sql-people.ts";
import {
  openSqliteState,
  type StateDatabase,
  sqliteMigrations,
} from "./adapters/sql/state-database.ts";
import { openVault } from "./adapters/vault/vault.ts";
import type { Clock } from "./app/ports.ts";
import { createSignIn, type SignIn } from "./app/sign-in.ts";
import { type AuditVerdict, verifyAudit } from "./app/verify-audit.ts";
import { moveHistory } from "./compose/move-history.ts";
import { type OfflinePeople, offlinePeople } from "./compose/offline-people.ts";
import type { Config } from "./config.ts";
import { servicePrincipal } from "./domain/principal.ts";

/** File in which a running service notes where it listens. */
export const addressesFileName = "addresses.json";
const AddressesFile = z.object({ httpUrl: z.string() });

export interface Maintenance {
  /** Copies the data folder of a stopped service; `elsewhere` says what is not in it. */
  backup(
    config: Config,
    target: string,
  ): Promise<{ files: number; bytes: number; elsewhere: readonly string[] }>;
  restore: typeof restoreDataDir;
  /** Moves what the data folder of a stopped service holds to the servers that are set. */
  move: typeof moveHistory;
  /** The schema's migrations with the time of each; `up` carries out first what is due. */
  migrate(config: Config, action: "up" | "status"): ReturnType<typeof migrationStatus>;
  /** A one-time sign-in link for a running service, or for the one that starts next. */
  signInLink(config: Config): Promise<string>;
  /** The address of a link with this token. */
  linkOf(config: Config, token: string): string;
  /** Works on the accounts, also while a service runs. */
  people<Result>(config: Config, work: (people: OfflinePeople) => Promise<Result>): Promise<Result>;
}

/** The second composition root: what the command line does on the stores without the service. */
export const maintenance: Maintenance = {
  backup: async (config, target) => ({
    ...(await backupDataDir(config.dataDir, target)),
    elsewhere: [
      ...(config.databaseUrl === null ? [] : ["the state is in PostgreSQL: run pg_dump too"]),
      ...(config.influx === null ? [] : ["readings are in InfluxDB: run influx backup too"]),
    ],
  }),
  restore: restoreDataDir,
  move: moveHistory,
  migrate: async (config, action) => {
    // Opening the state brings its schema up to date.
    if (action === "up") await (await openState(config)).close();
    return config.databaseUrl === null
      ? sqliteMigrations(existingState(config.dataDir))
      : postgresMigrations(config.databaseUrl);
  },
  signInLink: async (config) => {
    const state = await openState(config);
    try {
      const parkId = config.parkContent.park.id;
      const signIn = offlineSignIn(config, state);
      const token = await signIn.createLink(servicePrincipal(parkId, "command-line"));
      return maintenance.linkOf(config, token);
    } finally {
      await state.close();
    }
  },
  linkOf: (config, token) => `${baseUrl(config)}/sign-in?token=${token}`,
  people: async (config, work) => {
    const state = await openState(config);
    try {
      return await work(await offlinePeople(config, state, offlineSignIn(config, state)));
    } finally {
      await state.close();
    }
  },
};

/** Sign-in without the service: links only. */
function offlineSignIn(config: Config, state: StateDatabase): SignIn {
  return createSignIn({
    sessions: new SqlSessionStore(state),
    ...{ people: sqlPeople(state), attempts: sqlAttempts(state), keys: sqlKeys(state) },
    ...{ vault: openVault(config.dataDir, config.secretKey), clock },
    ...{ parkId: config.parkContent.park.id, bootstrapToken: null },
  });
}

/**
 * Walks the audit chain of the data folder or of PostgreSQL, whether or not a service runs on it, and
 * holds it against the heads in the database and in the file, by the key in the data folder unless
 * another is named.
 *
 * @throws {MaintenanceError} when there is no key to check signatures with.
 */
export async function verifyAuditOf(
  config: Config,
  { headsPath, publicKeyPath }: { headsPath: string | null; publicKeyPath: string | null },
): Promise<AuditVerdict> {
  const published = headsPath === null ? [] : readHeads(headsPath);
  const isSigned = signatureCheck(publicKeyOf(config.dataDir, publicKeyPath));
  const { databaseUrl, dataDir } = config;
  const state =
    databaseUrl === null
      ? readSqliteState(existingState(dataDir))
      : await readPostgresState(databaseUrl);
  try {
    return await verifyAudit({ audit: sqlAuditReader(state.read), published, isSigned });
  } finally {
    await state.close();
  }
}

function publicKeyOf(dataDir: string, path: string | null): string {
  const file = path ?? join(dataDir, publicKeyName);
  if (existsSync(file)) return readFileSync(file, "utf8");
  throw new MaintenanceError(
    `${file} is not there; name the public key of the service with --public-key`,
  );
}

const clock: Clock = { nowMs: () => Date.now() };

function openState({ databaseUrl, dataDir, audit }: Config): Promise<StateDatabase> {
  return databaseUrl === null
    ? openSqliteState(existingState(dataDir), audit.digest)
    : openPostgresState(databaseUrl, audit.digest);
}

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
