import { Point } from "@influxdata/influxdb-client";
import { metricsOf, registersOf } from "../../contracts/device-kinds.ts";
import type { Reading } from "../../domain/telemetry/reading.ts";

/** The measurement that holds raw readings: one point for a device at an instant. */
export const telemetryMeasurement = "telemetry";
/** When the service received the reading, epoch ms; every point has it. */
export const receivedField = "receivedAtMs";
export const doubtsField = "doubts";

/** Bounded, slowly changing facts of a device that charts select by. */
export interface DeviceTags {
  readonly park: string;
  readonly enterprise: string;
  readonly gateway: string;
}

/**
 * A register that its device called bad is kept under another name, so that no query that sums
 * registers can see it by accident.
 */
export function badField(register: string): string {
  return `bad_${register}`;
}

const nanosecondsPerMs = 1_000_000;

/**
 * A reading as a line with a nanosecond timestamp.
 *
 * The contract keeps two different values of one device and instant; InfluxDB keeps one point for
 * a series and timestamp. The content therefore decides the part of the timestamp below the
 * millisecond: what is sent again falls onto itself, what differs stays beside it, and the instant
 * in milliseconds is the device's own.
 */
export function lineOf(reading: Reading, tags: DeviceTags): string {
  const point = new Point(telemetryMeasurement)
    .tag("device", reading.deviceId)
    .tag("enterprise", tags.enterprise)
    .tag("gateway", tags.gateway)
    .tag("kind", reading.kind)
    .tag("park", tags.park);
  const { doubts } = reading;
  const registers = registersOf(reading.kind);
  for (const [metric, value] of Object.entries(reading.values)) {
    const isBad = doubts?.[metric] === "bad" && registers.includes(metric);
    const field = isBad ? badField(metric) : metric;
    if (typeof value === "string") point.stringField(field, value);
    else point.floatField(field, value);
  }
  if (doubts !== undefined) point.stringField(doubtsField, JSON.stringify(doubts));
  const nanoseconds = String(subMillisecondNs(point.fields)).padStart(6, "0");
  point.floatField(receivedField, reading.receivedAtMs);
  const line = point.timestamp(`${reading.tsMs}${nanoseconds}`).toLineProtocol();
  if (line === undefined) throw new Error(`a reading of ${reading.deviceId} has no fields`);
  return line;
}

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/** 0 to 999,999, by what the reading says and not by when it arrived: FNV-1a over its fields. */
function subMillisecondNs(fields: Readonly<Record<string, string>>): number {
  let hash = fnvOffset;
  for (const name of Object.keys(fields).sort()) {
    const content = `${name}=${fields[name]},`;
    for (let at = 0; at < content.length; at += 1) {
      hash = Math.imul(hash ^ content.charCodeAt(at), fnvPrime);
    }
  }
  return (hash >>> 0) % nanosecondsPerMs;
}

/** All fields of a kind as they are read back: metrics, registers called bad, and what goes with them. */
export function fieldsOf(kind: Reading["kind"]): readonly string[] {
  return [
    receivedField,
    doubtsField,
    ...Object.keys(metricsOf(kind)),
    ...registersOf(kind).map(badField),
  ];
}
