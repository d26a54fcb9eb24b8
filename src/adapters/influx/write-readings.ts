import type { Reading } from "../../domain/telemetry/reading.ts";
import type { InfluxConnection } from "./influx-connection.ts";
import { type DeviceTags, lineOf } from "./line-protocol.ts";
import { writeLines } from "./write-lines.ts";

export interface RefusedReading {
  readonly reading: Reading;
  readonly reason: string;
}

/** Lines of one request; larger ones gain nothing and hold the server longer. */
const linesPerRequest = 5000;

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
  for (let from = 0; from < readings.length; from += linesPerRequest) {
    const part = readings.slice(from, from + linesPerRequest);
    const lines = part.map((reading) => lineOf(reading, tagsOf(reading.deviceId)));
    for (const { index, reason } of await writeLines(connection, lines)) {
      const reading = part[index];
      if (reading !== undefined) await onRefused({ reading, reason });
    }
  }
}
