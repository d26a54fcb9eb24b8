import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { openDuckDbTelemetryStore } from "../adapters/duckdb/duckdb-telemetry-store.ts";
import { dataFiles } from "../adapters/files/data-dir.ts";
import { lockDataDir } from "../adapters/files/data-dir-lock.ts";
import { FileCursor } from "../adapters/files/file-cursor.ts";
import { InfluxConnection } from "../adapters/influx/influx-connection.ts";
import { copyState } from "../adapters/sql/copy-state.ts";
import { openPostgresState } from "../adapters/sql/postgres-state.ts";
import { SqlRegistryStore } from "../adapters/sql/sql-registry-store.ts";
import { openSqliteState } from "../adapters/sql/state-database.ts";
import type { Config } from "../config.ts";
import type { Meter } from "../domain/park.ts";
import { moveReadings } from "./move-readings.ts";

export interface MovedHistory {
  /** Rows of state that are in PostgreSQL now; null when there was nothing to move there. */
  readonly rows: number | null;
  /** Readings that are in InfluxDB now; null when there was nothing to move there. */
  readonly readings: number | null;
}

/** What the command was asked for cannot be done. */
class MoveError extends Error {
  override readonly name = "MoveError";
}

/**
 * Moves what the embedded stores of a stopped service hold to the servers that its settings name:
 * state from SQLite to PostgreSQL, readings from DuckDB to InfluxDB. A file that was copied whole is
 * put aside under another name; the journal stays, and with it what was not worked through yet.
 *
 * @throws {DataDirLockedError} while a service runs on the data folder.
 * @throws {MoveError} nothing says where to, there is nothing to move, or readings were refused.
 */
export async function moveHistory(
  config: Config,
  report: (text: string) => void,
): Promise<MovedHistory> {
  const { dataDir, databaseUrl, influx } = config;
  const files = dataFiles(dataDir);
  const isStateHere = databaseUrl !== null && existsSync(files.state);
  const areReadingsHere = influx !== null && existsSync(files.readings);
  if (databaseUrl === null && influx === null) {
    throw new MoveError("set ZCP_DATABASE_URL, ZCP_INFLUX_URL or both: they say where to");
  }
  if (!isStateHere && !areReadingsHere) {
    throw new MoveError(`${dataDir} holds nothing that would have to be moved there`);
  }
  const lock = lockDataDir(dataDir);
  try {
    const rows = isStateHere ? await moveState(databaseUrl, files.state) : null;
    if (rows !== null) {
      putAside(files.state);
      report(`${rows} rows of state moved`);
    }
    const readings = areReadingsHere ? await moveAllReadings(config, influx, report) : null;
    if (readings !== null) putAside(files.readings);
    return { rows, readings };
  } finally {
    lock.release();
  }
}

async function moveState(databaseUrl: string, path: string): Promise<number> {
  const from = await openSqliteState(path);
  try {
    const to = await openPostgresState(databaseUrl);
    try {
      return await copyState(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function moveAllReadings(
  config: Config,
  influx: NonNullable<Config["influx"]>,
  report: (text: string) => void,
): Promise<number> {
  const files = dataFiles(config.dataDir);
  const meters = await registeredMeters(config, files.state);
  const tempDirectory = join(config.dataDir, "tmp");
  mkdirSync(tempDirectory, { recursive: true });
  const from = await openDuckDbTelemetryStore({
    ...{ path: files.readings, memoryLimit: config.duckdbMemory, tempDirectory },
  });
  try {
    const { moved, refused } = await moveReadings(
      { from, to: new InfluxConnection(influx), parkId: config.parkContent.park.id },
      meters,
      report,
    );
    const [first] = refused;
    if (first !== undefined) {
      throw new MoveError(
        `InfluxDB refused ${refused.length} of ${moved} readings, so ${files.readings} stays; the first: ${first}`,
      );
    }
    // A service that has run on InfluxDB since then is further on than the file that it left.
    const cursor = new FileCursor(files.influxCursor);
    await cursor.write(Math.max(await cursor.read(), await from.cursor()));
    return moved;
  } finally {
    await from.close();
  }
}

async function registeredMeters({ databaseUrl }: Config, path: string): Promise<readonly Meter[]> {
  const state = await (databaseUrl === null
    ? openSqliteState(path)
    : openPostgresState(databaseUrl));
  try {
    return await new SqlRegistryStore(state).meters();
  } finally {
    await state.close();
  }
}

/** With what belongs to it, so that a later file of this name does not inherit a log of another. */
function putAside(path: string): void {
  for (const ending of ["", "-wal", "-shm", ".wal"]) {
    if (existsSync(path + ending)) renameSync(path + ending, `${path}.moved${ending}`);
  }
}
