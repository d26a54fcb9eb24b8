import { setImmediate } from "node:timers/promises";
import type { Reading } from "../../domain/telemetry/reading.ts";
import type { InfluxConnection } from "./influx-connection.ts";
import { type DeviceTags, lineOf } from "./line-protocol.ts";
import { type RefusedLine, writeLines } from "./write-lines.ts";

export interface RefusedReading {
  readonly reading: Reading;
  readonly reason: string;
}

/** Lines of one request; larger ones gain nothing and hold the server longer. */
const linesPerRequest = 2500;

/**
 * Writes readings, and tells of each that the server refuses for good before it goes on.
 *
 * @throws {UnavailableError} some may be stored; sending all of them again doubles nothing.
 */
export async function writeReadings(
  connection: Pick<InfluxConnection, "write">,
  readings: readonly Reading[],
  {
    tagsOf,
    onRefused,
  }: {
    readonly tagsOf: (deviceId: string) => DeviceTags;
    readonly onRefused: (refused: RefusedReading) => Promise<void> | void;
  },
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  for (let from = 0; from < readings.length; from += linesPerRequest) {
    const part = readings.slice(from, from + linesPerRequest);
    // Made while the server works on the lines before.
    const lines = part.map((reading) => lineOf(reading, tagsOf(reading.deviceId)));
    await writing;
    writing = writePart(connection, lines, async ({ index, reason }) => {
      const reading = part[index];
      if (reading !== undefined) await onRefused({ reading, reason });
    });
    // It is awaited above and below; a failure meanwhile must not count as one that nobody saw.
    writing.catch(() => undefined);
    await setImmediate();
  }
  await writing;
}

async function writePart(
  connection: Pick<InfluxConnection, "write">,
  lines: readonly string[],
  onRefused: (line: RefusedLine) => Promise<void>,
): Promise<void> {
  for (const refused of await writeLines(connection, lines)) await onRefused(refused);
}
