import { DomainError, NotFoundError } from "../domain/errors.ts";
import { type Principal, requireParkWide } from "../domain/principal.ts";
import { dayMs, type Interval, quarterHourMs } from "../domain/time.ts";
import type { TelemetryStore } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** State of charge of a station at the end of one quarter hour. */
export interface SocSlot {
  readonly startMs: number;
  /** Mean of the units that are known, weighted by capacity; null when none is. */
  readonly socFraction: number | null;
  /** Share of the station's capacity whose state is known. */
  readonly coverage: number;
}

const spanMsMax = 31 * dayMs;

/**
 * State of charge over time: for each quarter hour of the interval the newest report of each power
 * converter within it. A unit that did not report is left out and lowers the coverage.
 *
 * @throws {NotFoundError} for a station that the park does not have; {DomainError}
 *   `invalid_interval` off the quarter hour, backwards, or longer than 31 days.
 */
export async function querySoc(
  dependencies: {
    readonly registry: Registry;
    readonly telemetry: Pick<TelemetryStore, "gauge">;
  },
  principal: Principal,
  { stationId, interval }: { readonly stationId: string; readonly interval: Interval },
): Promise<readonly SocSlot[]> {
  requireParkWide(principal);
  const { registry, telemetry } = dependencies;
  // The converters of a park belong to its first station, as in the live picture.
  const [station] = registry.park.storage;
  if (station === undefined || station.id !== stationId) {
    throw new NotFoundError("not_found", `there is no storage station ${stationId}`, {
      remedy: "GET /api/v1/park lists what there is",
    });
  }
  requireSlots(interval);
  const units = registry.meters().filter(({ kind }) => kind === "storage-pcs");
  const equalKwh = station.capacityKwh / Math.max(1, units.length);
  const capacities = new Map(units.map(({ id, capacityKwh }) => [id, capacityKwh ?? equalKwh]));
  const known = await telemetry.gauge({
    ...{ kind: "storage-pcs", metric: "socFraction", interval, stepMs: quarterHourMs },
    deviceIds: [...capacities.keys()],
  });
  const sums = new Map<number, { storedKwh: number; capacityKwh: number }>();
  for (const [deviceId, steps] of known) {
    const capacityKwh = capacities.get(deviceId) ?? 0;
    for (const { startMs, value } of steps) {
      const sum = sums.get(startMs) ?? { storedKwh: 0, capacityKwh: 0 };
      sum.storedKwh += value * capacityKwh;
      sum.capacityKwh += capacityKwh;
      sums.set(startMs, sum);
    }
  }
  const totalKwh = [...capacities.values()].reduce((sum, capacityKwh) => sum + capacityKwh, 0);
  const slots: SocSlot[] = [];
  for (let startMs = interval.startMs; startMs < interval.endMs; startMs += quarterHourMs) {
    const { storedKwh, capacityKwh } = sums.get(startMs) ?? { storedKwh: 0, capacityKwh: 0 };
    slots.push({
      startMs,
      socFraction: capacityKwh === 0 ? null : storedKwh / capacityKwh,
      coverage: totalKwh === 0 ? 0 : capacityKwh / totalKwh,
    });
  }
  return slots;
}

function requireSlots({ startMs, endMs }: Interval): void {
  const isOnSlots = startMs % quarterHourMs === 0 && endMs % quarterHourMs === 0;
  if (isOnSlots && endMs > startMs && endMs - startMs <= spanMsMax) return;
  throw new DomainError(
    "invalid_interval",
    "`from` and `to` lie on quarter hours, `to` 1 slot to 31 days after `from`",
    { remedy: "move them onto quarter hours, or ask for a shorter span" },
  );
}
