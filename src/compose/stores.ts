import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openDuckDbTelemetryStore } from "../adapters/duckdb/duckdb-telemetry-store.ts";
import { dataFiles } from "../adapters/files/data-dir.ts";
import { lockDataDir } from "../adapters/files/data-dir-lock.ts";
import { InfluxConnection } from "../adapters/influx/influx-connection.ts";
import { openJournal } from "../adapters/journal/sqlite-journal.ts";
import { SchemaError } from "../adapters/sql/migrate.ts";
import { openPostgresState } from "../adapters/sql/postgres-state.ts";
import { SqlJobStore, SqlSessionStore } from "../adapters/sql/sql-access-stores.ts";
import { sqlAuditStore } from "../adapters/sql/sql-audit-store.ts";
import { SqlDropTasks } from "../adapters/sql/sql-drop-tasks.ts";
import { SqlLedger } from "../adapters/sql/sql-ledger.ts";
import { sqlAttempts, sqlKeys, sqlPeople } from "../adapters/sql/sql-people.ts";
import { SqlPeriodStore } from "../adapters/sql/sql-period-store.ts";
import { SqlQuarantineStore } from "../adapters/sql/sql-quarantine-store.ts";
import { SqlRegistryStore } from "../adapters/sql/sql-registry-store.ts";
import { SqlRestatementStore } from "../adapters/sql/sql-restatement-store.ts";
import { SqlTariffStore } from "../adapters/sql/sql-tariff-store.ts";
import { SqlVirtualMeterStore } from "../adapters/sql/sql-virtual-meter-store.ts";
import { openSqliteState, type StateDatabase } from "../adapters/sql/state-database.ts";
import type { AttemptStore, KeyStore, PeopleStore, SessionStore } from "../app/access-ports.ts";
import type { AuditStore } from "../app/audit-ports.ts";
import type { DropTasks } from "../app/meter-ports.ts";
import type { PeriodStore } from "../app/period-ports.ts";
import {
  type JobStore,
  type Journal,
  type Ledger,
  type Log,
  type QuarantineStore,
  type RegistryStore,
  type TelemetryStore,
  UnavailableError,
} from "../app/ports.ts";
import { createRegistry, type Registry } from "../app/registry.ts";
import type { RestatementStore } from "../app/restatement-ports.ts";
import type { TariffStore } from "../app/tariff-ports.ts";
import type { VirtualMeterStore } from "../app/virtual-meter-ports.ts";
import type { Config } from "../config.ts";
import { ParkDays } from "../domain/energy/park-days.ts";
import { type Charts, influxCharts, influxTelemetry } from "./influx-stores.ts";

/** Everything that keeps something, opened together and closed in the reverse order. */
export interface Stores {
  readonly journal: Journal;
  readonly telemetry: TelemetryStore;
  readonly ledger: Ledger;
  readonly dropTasks: DropTasks;
  readonly registryStore: RegistryStore;
  readonly quarantine: QuarantineStore;
  readonly sessions: SessionStore;
  readonly people: PeopleStore;
  readonly attempts: AttemptStore;
  readonly keys: KeyStore;
  readonly periods: PeriodStore;
  readonly restatements: RestatementStore;
  readonly tariffs: TariffStore;
  readonly virtualMeters: VirtualMeterStore;
  readonly jobs: JobStore;
  readonly audit: AuditStore;
  /** In memory; empty until it is reloaded. */
  readonly registry: Registry;
  /** Where charts read; null without InfluxDB. */
  readonly charts: Charts | null;
  close(): Promise<void>;
}

function openState({ databaseUrl, audit }: Config, path: string): Promise<StateDatabase> {
  return databaseUrl === null
    ? openSqliteState(path, audit.digest)
    : openPostgresState(databaseUrl, audit.digest);
}

/** A file of the data folder is damaged or from elsewhere; nothing in it was changed. */
class StoreUnusableError extends Error {
  override readonly name = "StoreUnusableError";
}

async function opened<Store>(path: string, open: () => Promise<Store>): Promise<Store> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof UnavailableError || cause instanceof SchemaError) throw cause;
    const reason = cause instanceof Error ? cause.message.replace(`${path}: `, "") : String(cause);
    throw new StoreUnusableError(
      `${path} cannot be opened: ${reason.trim()}; look at the disk, and restore a backup if the file is damaged`,
      { cause },
    );
  }
}

/**
 * Takes the data folder and opens the stores in it.
 *
 * @throws {DataDirLockedError} when another service runs on the folder.
 */
export async function openStores(config: Config, log: Log): Promise<Stores> {
  const lock = lockDataDir(config.dataDir);
  const closers: (() => void | Promise<void>)[] = [() => lock.release()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const files = dataFiles(config.dataDir);
    const tempDirectory = join(config.dataDir, "tmp");
    mkdirSync(tempDirectory, { recursive: true });
    const state = await opened(config.databaseUrl === null ? files.state : "PostgreSQL", () =>
      openState(config, files.state),
    );
    closers.push(() => state.close());
    const journal = await opened(files.journal, () =>
      openJournal({ path: files.journal, bytesMax: config.journalBytesMax }),
    );
    closers.push(() => journal.close());
    const registryStore = new SqlRegistryStore(state);
    const registry = createRegistry(config.parkContent.park, registryStore);
    const influx = config.influx === null ? null : new InfluxConnection(config.influx);
    const telemetry =
      influx === null
        ? await opened(files.readings, () =>
            openDuckDbTelemetryStore({
              path: files.readings,
              memoryLimit: config.duckdbMemory,
              tempDirectory,
            }),
          )
        : influxTelemetry(influx, { cursorPath: files.influxCursor, registry, journal, log });
    closers.push(() => telemetry.close());
    const ledger = new SqlLedger(state, {
      timezone: registry.park.timezone,
      mirrors: influx !== null,
    });
    await journal.continueAfter(Math.max(await telemetry.cursor(), await ledger.cursor()));
    return {
      journal,
      telemetry,
      ledger,
      dropTasks: new SqlDropTasks(state),
      registryStore,
      registry,
      quarantine: new SqlQuarantineStore(state),
      sessions: new SqlSessionStore(state),
      people: sqlPeople(state),
      attempts: sqlAttempts(state),
      keys: sqlKeys(state),
      jobs: new SqlJobStore(state),
      periods: new SqlPeriodStore(state),
      audit: sqlAuditStore(state),
      restatements: new SqlRestatementStore(state, new ParkDays(registry.park.timezone)),
      tariffs: new SqlTariffStore(state),
      virtualMeters: new SqlVirtualMeterStore(state),
      charts: influx === null ? null : influxCharts(influx, { state, registry, log }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
