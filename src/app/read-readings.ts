import { DomainError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import type { Reading } from "../domain/telemetry/reading.ts";
import type { Interval } from "../domain/time.ts";
import { visibleMeter } from "./energy-parts.ts";
import type { TelemetryStore } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** A reading, and the metrics of which another reading of the same instant says something else. */
export type ListedReading = Reading & { readonly conflicts: readonly string[] };

export interface ReadingsPage {
  readonly readings: readonly ListedReading[];
  /** Instant from which the next page goes on; null at the end. */
  readonly nextMs: number | null;
}

/**
 * Readings of one device, ascending, at most `limit`. A page ends between two instants, because
 * an instant that is told twice has several readings, which belong together.
 *
 * @throws {NotFoundError} also for another tenant's meter; {DomainError} `invalid_interval`.
 */
export async function readReadings(
  dependencies: {
    readonly registry: Registry;
    readonly telemetry: Pick<TelemetryStore, "readings">;
  },
  principal: Principal,
  request: { readonly meterId: string; readonly interval: Interval; readonly limit: number },
): Promise<ReadingsPage> {
  const { interval, limit } = request;
  const meter = visibleMeter(dependencies.registry, principal, request.meterId);
  if (interval.endMs <= interval.startMs) {
    throw new DomainError("invalid_interval", "`to` must be later than `from`", {
      remedy: "intervals are half-open: [from, to)",
    });
  }
  const found = await dependencies.telemetry.readings(meter, interval, limit + 1);
  const lastMs = found.at(-1)?.tsMs;
  if (found.length <= limit || lastMs === undefined)
    return { readings: withConflicts(found), nextMs: null };
  const whole = found.filter(({ tsMs }) => tsMs < lastMs);
  // More values for one instant than a page holds: it is cut, so that the next page gets further.
  if (whole.length === 0) {
    return { readings: withConflicts(found.slice(0, limit)), nextMs: lastMs + 1 };
  }
  return { readings: withConflicts(whole), nextMs: lastMs };
}

/** Both values of an instant are kept; that there are two must show, whichever of them counts. */
function withConflicts(readings: readonly Reading[]): ListedReading[] {
  const byInstant = new Map<number, Reading[]>();
  for (const reading of readings) {
    const known = byInstant.get(reading.tsMs);
    if (known === undefined) byInstant.set(reading.tsMs, [reading]);
    else known.push(reading);
  }
  return readings.map((reading) => {
    const others = byInstant.get(reading.tsMs) ?? [];
    const conflicts = Object.keys(reading.values).filter((metric) =>
      others.some(
        ({ values }) => (values[metric] ?? reading.values[metric]) !== reading.values[metric],
      ),
    );
    return { ...reading, conflicts };
  });
}
