import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from "@duckdb/node-api";
import type { DeviceKind } from "../../contracts/device-kinds.ts";
import type { Reading } from "../../domain/telemetry/reading.ts";
import { type ReadingTable, tableOf } from "./reading-tables.ts";

/** Rows of one data chunk: DuckDB's own vector size. */
const chunkRowsMax = 2048;

/** Appends readings inside the transaction that the caller has begun on this connection. */
export async function appendReadings(
  connection: DuckDBConnection,
  readings: readonly Reading[],
): Promise<void> {
  for (const [kind, group] of byKind(readings)) {
    const table = tableOf(kind);
    const appender = await connection.createAppender(table.name);
    for (let start = 0; start < group.length; start += chunkRowsMax) {
      appender.appendDataChunk(chunkOf(table, group.slice(start, start + chunkRowsMax)));
    }
    appender.closeSync();
  }
}

function byKind(readings: readonly Reading[]): Map<DeviceKind, Reading[]> {
  const groups = new Map<DeviceKind, Reading[]>();
  for (const reading of readings) {
    const group = groups.get(reading.kind);
    if (group === undefined) groups.set(reading.kind, [reading]);
    else group.push(reading);
  }
  return groups;
}

function chunkOf(table: ReadingTable, rows: readonly Reading[]): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(table.types, rows.length);
  const columns: DuckDBValue[][] = [
    rows.map((row) => row.deviceId),
    rows.map((row) => BigInt(row.tsMs)),
    rows.map((row) => BigInt(row.receivedAtMs)),
    rows.map((row) => (row.doubts === undefined ? null : JSON.stringify(row.doubts))),
    ...table.metrics.map((metric) => rows.map((row) => row.values[metric] ?? null)),
  ];
  chunk.setColumns(columns);
  return chunk;
}
