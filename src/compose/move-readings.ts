import type { InfluxConnection } from "../adapters/influx/influx-connection.ts";
import { noEnterprise } from "../adapters/influx/influx-mirror.ts";
import { writeReadings } from "../adapters/influx/write-readings.ts";
import type { TelemetryStore } from "../app/ports.ts";
import type { Meter } from "../domain/park.ts";
import type { Reading } from "../domain/telemetry/reading.ts";

/** Readings of one device that are read at a time. */
const pageReadings = 5000;

export interface ReadingsMove {
  readonly from: Pick<TelemetryStore, "readings">;
  readonly to: Pick<InfluxConnection, "write">;
  readonly parkId: string;
}

/** Writes all readings of these devices to InfluxDB; answers how many, and which were refused and why. */
export async function moveReadings(
  { from, to, parkId }: ReadingsMove,
  meters: readonly Meter[],
  report: (text: string) => void,
): Promise<{ readonly moved: number; readonly refused: readonly string[] }> {
  const refused: string[] = [];
  let moved = 0;
  for (const [index, meter] of meters.entries()) {
    const { enterpriseId, gatewayId: gateway } = meter;
    const tags = { park: parkId, enterprise: enterpriseId ?? noEnterprise, gateway };
    for await (const page of pagesOf(from, meter)) {
      await writeReadings(to, page, {
        tagsOf: () => tags,
        onRefused: ({ reading: { deviceId, tsMs }, reason }) => {
          refused.push(`${deviceId} at ${new Date(tsMs).toISOString()}: ${reason}`);
        },
      });
      moved += page.length;
    }
    report(`${index + 1} of ${meters.length} devices, ${moved} readings`);
  }
  return { moved, refused };
}

/** Whole instants only, because the next page begins after the last of them. */
async function* pagesOf(
  from: Pick<TelemetryStore, "readings">,
  meter: Meter,
): AsyncGenerator<readonly Reading[]> {
  let startMs = 0;
  let limit = pageReadings;
  for (;;) {
    const page = await from.readings(meter, { startMs, endMs: Number.MAX_SAFE_INTEGER }, limit);
    if (page.length < limit) {
      yield page;
      return;
    }
    const lastMs = page.at(-1)?.tsMs ?? startMs;
    const whole = page.filter(({ tsMs }) => tsMs < lastMs);
    if (whole.length === 0) {
      limit *= 2;
      continue;
    }
    yield whole;
    startMs = lastMs;
    limit = pageReadings;
  }
}
