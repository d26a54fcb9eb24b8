import { metricsOf, registersOf } from "../../contracts/device-kinds.ts";
import type { Meter } from "../../domain/park.ts";
import type { GaugePoint } from "../../domain/telemetry/gauge-steps.ts";
import type { Doubt, MetricValue, Reading } from "../../domain/telemetry/reading.ts";
import type { InfluxSeries } from "./influx-connection.ts";
import { badField, doubtsField, receivedField } from "./line-protocol.ts";

type Row = InfluxSeries["values"][number];

/** A row of `SELECT <fields of the kind>` as the reading that was written. */
export function readingOf(
  device: Pick<Meter, "id" | "kind">,
  columns: readonly string[],
  row: Row,
): Reading {
  const cell = (name: string): Row[number] => row[columns.indexOf(name)] ?? null;
  const values: Record<string, MetricValue> = {};
  const registers = registersOf(device.kind);
  for (const metric of Object.keys(metricsOf(device.kind))) {
    const value = cell(metric) ?? (registers.includes(metric) ? cell(badField(metric)) : null);
    if (typeof value === "number" || typeof value === "string") values[metric] = value;
  }
  const tsMs = Number(cell("time"));
  const reading = {
    deviceId: device.id,
    kind: device.kind,
    tsMs,
    receivedAtMs: Number(cell(receivedField) ?? tsMs),
    values,
  };
  const doubts = doubtsIn(cell(doubtsField));
  return doubts === null ? reading : { ...reading, doubts };
}

/** A point whose tags changed between two deliveries stands in two series; it is one reading. */
export function withoutRepeats(readings: readonly Reading[]): Reading[] {
  const seen = new Set<string>();
  return readings.filter(({ tsMs, values, doubts }) => {
    const key = JSON.stringify([tsMs, Object.entries(values).sort(), doubts ?? null]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** For each device of a kind the newest value of each metric; `times` has its newest instant. */
export function latestOf(
  kind: Reading["kind"],
  times: readonly InfluxSeries[],
  lasts: readonly InfluxSeries[],
): Reading[] {
  const folded = new Map(lasts.map((series) => [series.tags.device, series]));
  return times.flatMap(({ tags, values }) => {
    const [tsMs, receivedAtMs] = values[0] ?? [];
    const deviceId = tags.device;
    if (deviceId === undefined || typeof tsMs !== "number") return [];
    const series = folded.get(deviceId);
    const row = series?.values[0] ?? [];
    const read = readingOf({ id: deviceId, kind }, series?.columns ?? [], row);
    return [{ ...read, tsMs, receivedAtMs: Number(receivedAtMs ?? tsMs) }];
  });
}

function doubtsIn(cell: Row[number]): Readonly<Record<string, Doubt>> | null {
  return typeof cell === "string" ? (JSON.parse(cell) as Record<string, Doubt>) : null;
}

/** Values of one metric with their instants, without those that the device marked bad. */
export function gaugePoints(
  metric: string,
  columns: readonly string[],
  rows: readonly Row[],
): readonly GaugePoint[] {
  const [time, value, doubts] = ["time", metric, doubtsField].map((name) => columns.indexOf(name));
  return rows.flatMap((row) => {
    const [tsMs, known] = [row[time ?? -1], row[value ?? -1]];
    if (typeof tsMs !== "number" || typeof known !== "number") return [];
    return doubtsIn(row[doubts ?? -1] ?? null)?.[metric] === "bad" ? [] : [{ tsMs, value: known }];
  });
}
