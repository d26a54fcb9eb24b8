import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type {
  JournalBatch,
  NearestAsk,
  PointsByDevice,
  PointsQuery,
  RegisterPoint,
  TelemetryStore,
} from "../../app/ports.ts";
import type { DeviceKind } from "../../contracts/device-kinds.ts";
import type { Meter } from "../../domain/park.ts";
import type { Doubt, MetricValue, Reading } from "../../domain/telemetry/reading.ts";
import { dayMs, type Interval } from "../../domain/time.ts";
import { appendReadings } from "./append-readings.ts";
import { type ReadingTable, readingTables, schemaStatements, tableOf } from "./reading-tables.ts";

export interface DuckDbOptions {
  readonly path: string;
  /** DuckDB takes what it finds unless told otherwise, e.g. `256MB`. */
  readonly memoryLimit: string;
  readonly tempDirectory: string;
}

type Row = Record<string, unknown>;

interface NearestQuery {
  readonly kind: DeviceKind;
  readonly side: "before" | "after";
  readonly register: string;
  readonly asks: readonly NearestAsk[];
  /** Which of the asks are for this register. */
  readonly indexes: readonly number[];
}

type Device = Pick<Meter, "id" | "kind">;

/** How far back the newest values of a device are looked for at start. */
const latestWindowMs = 7 * dayMs;

/** Raw readings in one DuckDB file; its own threads do the work, not the event loop. */
export async function openDuckDbTelemetryStore(options: DuckDbOptions): Promise<TelemetryStore> {
  const instance = await DuckDBInstance.create(options.path, {
    memory_limit: options.memoryLimit,
    temp_directory: options.tempDirectory,
    preserve_insertion_order: "false",
  });
  const writer = await instance.connect();
  for (const statement of schemaStatements()) await writer.run(statement);
  const reader = await instance.connect();
  return new DuckDbTelemetryStore(instance, writer, reader);
}

class DuckDbTelemetryStore implements TelemetryStore {
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  /** One transaction at a time on the writing connection. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(instance: DuckDBInstance, writer: DuckDBConnection, reader: DuckDBConnection) {
    this.#instance = instance;
    this.#writer = writer;
    this.#reader = reader;
  }

  async cursor(): Promise<number> {
    const [row] = await this.#rows("SELECT seq FROM cursor WHERE id = 1");
    return Number(row?.seq ?? 0);
  }

  append(batches: readonly JournalBatch[]): Promise<void> {
    return this.#exclusively(async () => {
      const stored = await this.cursor();
      const fresh = batches.filter((batch) => batch.seq > stored);
      const last = fresh.at(-1);
      if (last === undefined) return;
      await this.#transaction(async () => {
        await appendReadings(
          this.#writer,
          fresh.flatMap((batch) => batch.readings),
        );
        await this.#writer.run("UPDATE cursor SET seq = $seq WHERE id = 1", {
          seq: BigInt(last.seq),
        });
      });
    });
  }

  async readings(device: Device, range: Interval, limit: number): Promise<Reading[]> {
    const table = tableOf(device.kind);
    const rows = await this.#rows(
      `SELECT ${quoted(table.columns.filter((column) => column !== "received_ms"))}, min(received_ms) AS received_ms
       FROM ${table.name} WHERE device = $device AND ts_ms >= $from AND ts_ms < $to
       GROUP BY ALL ORDER BY ts_ms, received_ms LIMIT ${Math.trunc(limit)}`,
      { device: device.id, from: BigInt(range.startMs), to: BigInt(range.endMs) },
    );
    return rows.map((row) => readingOf(table, row));
  }

  async points(query: PointsQuery): Promise<PointsByDevice> {
    const table = tableOf(query.kind);
    const found = new Map<string, Map<string, RegisterPoint[]>>();
    if (query.deviceIds.length === 0 || table.registers.length === 0) return found;
    const names = query.deviceIds.map((_, index) => `$d${index}`).join(", ");
    const params: Record<string, string | bigint> = {
      from: BigInt(query.fromMs),
      to: BigInt(query.toMs),
    };
    for (const [index, id] of query.deviceIds.entries()) params[`d${index}`] = id;
    const rows = await this.#rows(
      `SELECT DISTINCT device, ts_ms, doubts, ${quoted(table.registers)} FROM ${table.name}
       WHERE device IN (${names}) AND ts_ms >= $from AND ts_ms <= $to ORDER BY device, ts_ms`,
      params,
    );
    for (const row of rows) collectPoints(found, table, row);
    return found;
  }

  async nearest(
    kind: DeviceKind,
    side: "before" | "after",
    asks: readonly NearestAsk[],
  ): Promise<readonly (number | null)[]> {
    const answers: (number | null)[] = asks.map(() => null);
    for (const register of new Set(asks.map((ask) => ask.register))) {
      if (!tableOf(kind).registers.includes(register)) continue;
      const indexes = [...asks.keys()].filter((index) => asks[index]?.register === register);
      for (const row of await this.#nearestOf({ kind, side, register, asks, indexes })) {
        answers[Number(row.ask)] = Number(row.ts_ms);
      }
    }
    return answers;
  }

  async latest(): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const table of readingTables.values()) {
      const newest = table.metrics
        .map((metric) => `arg_max("${metric}", ts_ms) AS "${metric}"`)
        .join(", ");
      const rows = await this.#rows(
        `SELECT device, max(ts_ms) AS ts_ms, max(received_ms) AS received_ms, arg_max(doubts, ts_ms) AS doubts, ${newest}
         FROM ${table.name}
         WHERE ts_ms > (SELECT coalesce(max(ts_ms), 0) FROM ${table.name}) - ${latestWindowMs}
         GROUP BY device`,
      );
      for (const row of rows) readings.push(readingOf(table, row));
    }
    return readings;
  }

  retain(beforeMs: number): Promise<number> {
    return this.#exclusively(async () => {
      let deleted = 0;
      for (const table of readingTables.values()) {
        const result = await this.#writer.run(`DELETE FROM ${table.name} WHERE ts_ms < $before`, {
          before: BigInt(beforeMs),
        });
        deleted += result.rowsChanged;
      }
      if (deleted > 0) await this.#writer.run("CHECKPOINT");
      return deleted;
    });
  }

  async state(): Promise<Readonly<Record<string, string | number | null>>> {
    const [size] = await this.#rows("PRAGMA database_size");
    return {
      engine: "duckdb",
      databaseSize: String(size?.database_size ?? ""),
      memoryUsage: String(size?.memory_usage ?? ""),
    };
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.#writer.run("CHECKPOINT");
    this.#reader.closeSync();
    this.#writer.closeSync();
    this.#instance.closeSync();
  }

  #nearestOf({ kind, side, register, asks, indexes }: NearestQuery): Promise<Row[]> {
    const [pick, compare] = side === "before" ? ["max", "<"] : ["min", ">"];
    const params: Record<string, string | bigint> = {};
    const values = indexes.map((index) => {
      params[`d${index}`] = asks[index]?.deviceId ?? "";
      params[`t${index}`] = BigInt(asks[index]?.tsMs ?? 0);
      return `(${index}, $d${index}, $t${index})`;
    });
    return this.#rows(
      `SELECT asked.ask, ${pick}(stored.ts_ms) AS ts_ms
       FROM (VALUES ${values.join(", ")}) AS asked(ask, device, ts_ms)
       JOIN ${tableOf(kind).name} AS stored
         ON stored.device = asked.device AND stored.ts_ms ${compare} asked.ts_ms
       WHERE stored."${register}" IS NOT NULL AND ${notBad(register)}
       GROUP BY asked.ask`,
      params,
    );
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#writer.run("BEGIN TRANSACTION");
    try {
      await work();
      await this.#writer.run("COMMIT");
    } catch (error) {
      await this.#writer.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #rows(sql: string, params: Record<string, string | bigint> = {}): Promise<Row[]> {
    const result = await this.#reader.runAndReadAll(sql, params);
    return result.getRowObjectsJS() as Row[];
  }
}

/** A register that its device marked bad does not count; doubts are a small JSON object. */
function notBad(register: string): string {
  return `(doubts IS NULL OR NOT contains(doubts, '"${register}":"bad"'))`;
}

function quoted(columns: readonly string[]): string {
  return columns.map((column) => `"${column}"`).join(", ");
}

function doubtsOf(row: Row): Readonly<Record<string, Doubt>> | undefined {
  const text = row.doubts;
  return typeof text === "string" ? (JSON.parse(text) as Record<string, Doubt>) : undefined;
}

function readingOf(table: ReadingTable, row: Row): Reading {
  const values: Record<string, MetricValue> = {};
  for (const metric of table.metrics) {
    const value = row[metric];
    if (typeof value === "number" || typeof value === "string") values[metric] = value;
  }
  const doubts = doubtsOf(row);
  const reading = {
    deviceId: String(row.device),
    kind: table.kind,
    tsMs: Number(row.ts_ms),
    receivedAtMs: Number(row.received_ms),
    values,
  };
  return doubts === undefined ? reading : { ...reading, doubts };
}

function collectPoints(
  found: Map<string, Map<string, RegisterPoint[]>>,
  table: ReadingTable,
  row: Row,
): void {
  const deviceId = String(row.device);
  const tsMs = Number(row.ts_ms);
  const doubts = doubtsOf(row);
  const registers = found.get(deviceId) ?? new Map<string, RegisterPoint[]>();
  found.set(deviceId, registers);
  for (const register of table.registers) {
    const value = row[register];
    if (typeof value !== "number" || doubts?.[register] === "bad") continue;
    const points = registers.get(register) ?? [];
    registers.set(register, points);
    const last = points.at(-1);
    if (last !== undefined && last.tsMs === tsMs && last.value === value) continue;
    points.push({ tsMs, value });
  }
}
