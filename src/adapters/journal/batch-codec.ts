import type { JournalBatch } from "../../app/ports.ts";
import type { DeviceKind } from "../../contracts/device-kinds.ts";
import type { Doubt, MetricValue, Quarantined, Reading } from "../../domain/telemetry/reading.ts";

type ReadingRow = readonly [
  deviceId: string,
  kind: DeviceKind,
  tsMs: number,
  receivedAtMs: number,
  values: Readonly<Record<string, MetricValue>>,
  doubts?: Readonly<Record<string, Doubt>>,
];

/** Text of a journal row: arrays instead of objects, so that names are not repeated per reading. */
export function encodeBatch(batch: Omit<JournalBatch, "seq">): string {
  const rows: ReadingRow[] = batch.readings.map((reading) =>
    reading.doubts === undefined
      ? [reading.deviceId, reading.kind, reading.tsMs, reading.receivedAtMs, reading.values]
      : [
          reading.deviceId,
          reading.kind,
          reading.tsMs,
          reading.receivedAtMs,
          reading.values,
          reading.doubts,
        ],
  );
  return JSON.stringify([rows, batch.quarantined]);
}

export function decodeBatch(seq: number, body: string): JournalBatch {
  const [rows, quarantined] = JSON.parse(body) as [ReadingRow[], Quarantined[]];
  return { seq, readings: rows.map(decodeReading), quarantined };
}

function decodeReading(row: ReadingRow): Reading {
  const [deviceId, kind, tsMs, receivedAtMs, values, doubts] = row;
  const reading = { deviceId, kind, tsMs, receivedAtMs, values };
  return doubts === undefined ? reading : { ...reading, doubts };
}
