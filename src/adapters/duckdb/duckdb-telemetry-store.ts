import type {
  JournalBatch,
  NearestAsk,
  PointsByDevice,
  PointsQuery,
  TelemetryStore,
} from "../../app/ports.ts";
import type { DeviceKind } from "../../contracts/device-kinds.ts";
import type { Meter } from "../../domain/park.ts";
import type { GaugeQuery, GaugesByDevice } from "../../domain/telemetry/gauge-steps.ts";
import type { MetricValue, Reading } from "../../domain/telemetry/reading.ts";
import { dayMs, type Interval } from "../../domain/time.ts";
import { appendReadings } from "./append-readings.ts";
import { DuckDbHandle, type DuckDbOptions, type Row } from "./duckdb-handle.ts";
import { gaugeStatement, gaugesOf } from "./gauge-columns.ts";
import { type Extent, nearestPoints } from "./nearest-points.ts";
import { doubtsOf, pointsOf, pointsStatement } from "./point-columns.ts";
import { type ReadingTable, readingTables, schemaStatements, tableOf } from "./reading-tables.ts";

type Device = Pick<Meter, "id" | "kind">;

/** How far back the newest values of a device are looked for at start. */
const latestWindowMs = 7 * dayMs;

/** Raw readings in one DuckDB file; its own threads do the work, not the event loop. */
export async function openDuckDbTelemetryStore(options: DuckDbOptions): Promise<TelemetryStore> {
  const handle = await DuckDbHandle.open(options);
  await handle.write(async (writer) => {
    for (const statement of schemaStatements()) await writer.run(statement);
  });
  const extents = new Map<DeviceKind, Extent>();
  for (const { kind, name } of readingTables.values()) {
    const [row] = await handle.rows(`SELECT min(ts_ms) AS low, max(ts_ms) AS high FROM ${name}`);
    if (row === undefined || row.low === null) continue;
    extents.set(kind, { minMs: Number(row.low), maxMs: Number(row.high) });
  }
  return new DuckDbTelemetryStore(handle, extents);
}

class DuckDbTelemetryStore implements TelemetryStore {
  readonly #handle: DuckDbHandle;
  /** At least as wide as what each table holds, so that most questions beyond it need no query. */
  readonly #extents: Map<DeviceKind, Extent>;

  constructor(handle: DuckDbHandle, extents: Map<DeviceKind, Extent>) {
    this.#handle = handle;
    this.#extents = extents;
  }

  async cursor(): Promise<number> {
    const [row] = await this.#handle.rows("SELECT seq FROM cursor WHERE id = 1");
    return Number(row?.seq ?? 0);
  }

  append(batches: readonly JournalBatch[]): Promise<void> {
    return this.#handle.transaction(async (writer) => {
      const result = await writer.runAndReadAll("SELECT seq FROM cursor WHERE id = 1");
      const stored = Number(result.getRowsJS()[0]?.[0] ?? 0);
      const fresh = batches.filter((batch) => batch.seq > stored);
      const last = fresh.at(-1);
      if (last === undefined) return;
      const readings = fresh.flatMap((batch) => batch.readings);
      this.#widenExtents(readings);
      await appendReadings(writer, readings);
      await writer.run("UPDATE cursor SET seq = $seq WHERE id = 1", { seq: BigInt(last.seq) });
    });
  }

  async readings(device: Device, range: Interval, limit: number): Promise<Reading[]> {
    const table = tableOf(device.kind);
    const columns = table.columns.filter((column) => column !== "received_ms");
    const rows = await this.#handle.rows(
      `SELECT ${columns.map((column) => `"${column}"`).join(", ")}, min(received_ms) AS received_ms
       FROM ${table.name} WHERE device = $device AND ts_ms >= $from AND ts_ms < $to
       GROUP BY ALL ORDER BY ts_ms, received_ms LIMIT ${Math.trunc(limit)}`,
      { device: device.id, from: BigInt(range.startMs), to: BigInt(range.endMs) },
    );
    return rows.map((row) => readingOf(table, row));
  }

  async points(query: PointsQuery): Promise<PointsByDevice> {
    const table = tableOf(query.kind);
    if (query.deviceIds.length === 0 || table.registers.length === 0) return new Map();
    const { sql, params } = pointsStatement(table, query);
    return pointsOf(table, await this.#handle.columns(sql, params));
  }

  async gauge(query: GaugeQuery): Promise<GaugesByDevice> {
    if (query.deviceIds.length === 0) return new Map();
    const { sql, params } = gaugeStatement(tableOf(query.kind), query);
    return gaugesOf(query, await this.#handle.columns(sql, params));
  }

  nearest(
    kind: DeviceKind,
    side: "before" | "after",
    asks: readonly NearestAsk[],
  ): Promise<readonly (number | null)[]> {
    const extent = this.#extents.get(kind) ?? null;
    const question = { table: tableOf(kind), side, asks, extent };
    return nearestPoints(question, (sql, params) => this.#handle.rows(sql, params));
  }

  async latest(): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const table of readingTables.values()) {
      const newest = table.metrics
        .map((metric) => `arg_max("${metric}", ts_ms) AS "${metric}"`)
        .join(", ");
      const rows = await this.#handle.rows(
        `SELECT device, max(ts_ms) AS ts_ms, arg_max(received_ms, ts_ms) AS received_ms,
           arg_max_null(doubts, ts_ms) AS doubts, ${newest}
         FROM ${table.name}
         WHERE ts_ms > (SELECT coalesce(max(ts_ms), 0) FROM ${table.name}) - ${latestWindowMs}
         GROUP BY device`,
      );
      for (const row of rows) readings.push(readingOf(table, row));
    }
    return readings;
  }

  retain(beforeMs: number): Promise<number> {
    return this.#handle.write(async (writer) => {
      let deleted = 0;
      for (const { name } of readingTables.values()) {
        const result = await writer.run(`DELETE FROM ${name} WHERE ts_ms < $before`, {
          before: BigInt(beforeMs),
        });
        deleted += result.rowsChanged;
      }
      if (deleted > 0) await writer.run("CHECKPOINT");
      return deleted;
    });
  }

  async state(): Promise<Readonly<Record<string, string | number | null>>> {
    const [size] = await this.#handle.rows("PRAGMA database_size");
    return {
      engine: "duckdb",
      databaseSize: String(size?.database_size ?? ""),
      memoryUsage: String(size?.memory_usage ?? ""),
    };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #widenExtents(readings: readonly Reading[]): void {
    for (const { kind, tsMs } of readings) {
      const known = this.#extents.get(kind);
      if (known !== undefined && tsMs >= known.minMs && tsMs <= known.maxMs) continue;
      const { minMs = tsMs, maxMs = tsMs } = known ?? {};
      this.#extents.set(kind, { minMs: Math.min(minMs, tsMs), maxMs: Math.max(maxMs, tsMs) });
    }
  }
}

function readingOf(table: ReadingTable, row: Row): Reading {
  const values: Record<string, MetricValue> = {};
  for (const metric of table.metrics) {
    const value = row[metric];
    if (typeof value === "number" || typeof value === "string") values[metric] = value;
  }
  const doubts = doubtsOf(row.doubts);
  const reading = {
    deviceId: String(row.device),
    kind: table.kind,
    tsMs: Number(row.ts_ms),
    receivedAtMs: Number(row.received_ms),
    values,
  };
  return doubts === undefined ? reading : { ...reading, doubts };
}
