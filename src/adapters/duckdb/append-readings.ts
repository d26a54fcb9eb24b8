import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from "@duckdb/node-api";
import type { DeviceKind } from "../../contracts/device-kinds.ts";
import type { Reading } from "../../domain/telemetry/reading.ts";
import { type ReadingTable, tableOf } from "./reading-tables.ts";

/** Rows of one data chunk: DuckDB's own vector size. */
const chunkRowsMax = 2048;
/** So many readings are worth a staging table of their own; it takes memory until the commit. */
const stageRowsMin = 500;

/** Readings that have the same metrics, so that no column of theirs has a hole. */
interface Shape {
  readonly table: ReadingTable;
  readonly metrics: readonly string[];
  readonly hasDoubts: boolean;
  /** Names of the values as they came. */
  readonly names: readonly string[];
  readonly readings: Reading[];
}

/**
 * Appends readings inside the transaction that the caller has begun on this connection.
 *
 * A hole costs ten times as much as a value on the way into DuckDB, and instants as doubles a fraction
 * of what big integers cost. So readings are staged with exactly the metrics that they have, and
 * DuckDB brings them into the wide table itself.
 */
export async function appendReadings(
  connection: DuckDBConnection,
  readings: readonly Reading[],
): Promise<void> {
  for (const [index, shape] of shapesOf(readings).entries()) {
    const stage = `stage_${index}`;
    const columns = [
      ...["device", "ts_ms", "received_ms"],
      ...(shape.hasDoubts ? ["doubts"] : []),
      ...shape.metrics,
    ].map((column) => `"${column}"`);
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${stage} AS SELECT ${columns.join(", ")}
       FROM (SELECT * REPLACE (ts_ms::DOUBLE AS ts_ms, received_ms::DOUBLE AS received_ms)
         FROM ${shape.table.name}) LIMIT 0`,
    );
    await fillStage(connection, stage, shape);
    await connection.run(
      `INSERT INTO ${shape.table.name} (${columns.join(", ")})
       SELECT * REPLACE (ts_ms::BIGINT AS ts_ms, received_ms::BIGINT AS received_ms)
       FROM ${stage}`,
    );
    await connection.run(`DROP TABLE ${stage}`);
  }
}

async function fillStage(connection: DuckDBConnection, stage: string, shape: Shape): Promise<void> {
  const appender = await connection.createAppender(stage);
  try {
    for (let start = 0; start < shape.readings.length; start += chunkRowsMax) {
      const rows = shape.readings.slice(start, start + chunkRowsMax);
      appender.appendDataChunk(chunkOf(shape, rows));
      // Filling a chunk takes milliseconds of the event loop, which others need in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    appender.closeSync();
  }
}

/** Readings by what they have; where only few have the same, by their kind. */
function shapesOf(readings: readonly Reading[]): Shape[] {
  const shapes = new Map<string, Shape>();
  let last: Shape | undefined;
  for (const reading of readings) {
    if (last === undefined || !fits(reading, last)) {
      const { kind, values, doubts } = reading;
      const names = Object.keys(values);
      const key = `${kind}/${doubts === undefined}/${names.join()}`;
      last = shapes.get(key) ?? newShape(kind, names, doubts !== undefined);
      shapes.set(key, last);
    }
    last.readings.push(reading);
  }
  return joined([...shapes.values()]);
}

function newShape(kind: DeviceKind, names: readonly string[], hasDoubts: boolean): Shape {
  const table = tableOf(kind);
  const metrics = names.filter((name) => table.metrics.includes(name));
  return { table, metrics, hasDoubts, names, readings: [] };
}

function joined(shapes: readonly Shape[]): Shape[] {
  const frequent = shapes.filter(({ readings }) => readings.length >= stageRowsMin);
  const shared = new Map<DeviceKind, Shape>();
  for (const { table, readings } of shapes) {
    if (readings.length >= stageRowsMin) continue;
    const ofKind = shared.get(table.kind) ?? newShape(table.kind, table.metrics, true);
    shared.set(table.kind, ofKind);
    ofKind.readings.push(...readings);
  }
  return [...frequent, ...shared.values()];
}

/** Whether the reading looks like those before it, which in a batch it mostly does. */
function fits({ kind, values, doubts }: Reading, shape: Shape): boolean {
  if (kind !== shape.table.kind || doubts !== undefined || shape.hasDoubts) return false;
  let at = 0;
  for (const name in values) {
    if (name !== shape.names[at]) return false;
    at += 1;
  }
  return at === shape.names.length;
}

function chunkOf({ table, metrics, hasDoubts }: Shape, rows: readonly Reading[]): DuckDBDataChunk {
  const types: DuckDBType[] = [VARCHAR, DOUBLE, DOUBLE];
  const columns: DuckDBValue[][] = [
    rows.map((row) => row.deviceId),
    rows.map((row) => row.tsMs),
    rows.map((row) => row.receivedAtMs),
  ];
  if (hasDoubts) {
    types.push(VARCHAR);
    columns.push(rows.map((row) => (row.doubts ? JSON.stringify(row.doubts) : null)));
  }
  for (const metric of metrics) {
    const isText = table.texts.has(metric);
    const type = isText ? "string" : "number";
    types.push(isText ? VARCHAR : DOUBLE);
    columns.push(
      rows.map((row) => {
        const value = row.values[metric];
        return typeof value === type ? (value as DuckDBValue) : null;
      }),
    );
  }
  const chunk = DuckDBDataChunk.create(types, rows.length);
  chunk.setColumns(columns);
  return chunk;
}
