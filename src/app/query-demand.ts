import { metricOf } from "../contracts/device-kinds.ts";
import { type BlockDemand, blockDemand } from "../domain/energy/block-demand.ts";
import { EnergySteps, stepStarts } from "../domain/energy/energy-steps.ts";
import { DomainError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { dayMs, type Interval, periodInterval, quarterHourMs } from "../domain/time.ts";
import { expectedParts, groupedParts, scopeOf, stepInput } from "./energy-parts.ts";
import type { Clock, Ledger, TelemetryStore } from "./ports.ts";
import { passedQuarters } from "./query-balance.ts";
import type { Registry } from "./registry.ts";

export interface DemandRequest {
  /** `meter:ID`, `enterprise:ID` or `park`. */
  readonly scope: string;
  /** `2026-11` in park time. */
  readonly month: string;
  readonly asOfMs?: number | undefined;
}

/** What a meter itself holds as the largest demand since its last reset. */
export interface MeterDemand {
  readonly maxDemandKw: number;
  /** Start of the day of which the value was the newest. */
  readonly dayStartMs: number;
}

export interface DemandAnswer extends BlockDemand {
  readonly scope: string;
  readonly month: string;
  /** Quarter hours that have passed. */
  readonly interval: Interval;
  readonly register: string;
  readonly meterIds: readonly string[];
  readonly meterDemand: MeterDemand | null;
}

export interface QueryDemandDependencies {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "sums" | "series">;
  readonly telemetry: Pick<TelemetryStore, "gauge">;
  readonly clock: Clock;
}

/**
 * The largest quarter-hour demand of a month, as far as it has passed, from the registers in the ledger.
 *
 * @throws {NotFoundError} `not_found`; {DomainError} `invalid_scope`, `invalid_period`,
 *   `not_applicable` for a meter that counts no electric energy.
 */
export async function queryDemand(
  dependencies: QueryDemandDependencies,
  principal: Principal,
  request: DemandRequest,
): Promise<DemandAnswer> {
  const { registry, ledger, clock } = dependencies;
  const { timezone } = registry.park;
  const scope = scopeOf(registry, principal, { scope: request.scope, carrier: "electricity" });
  const register = scope.names.find((name) => name.endsWith("Kwh"));
  if (register === undefined) {
    throw new DomainError("not_applicable", `${request.scope} counts no electric energy`, {
      remedy: "ask for a meter with a register in kWh, an enterprise or the park",
    });
  }
  const interval = passedQuarters(monthInterval(request.month, timezone), clock.nowMs());
  const parts = expectedParts(scope, await ledger.series()).filter(({ name }) => name === register);
  const starts = stepStarts(interval, "15m", timezone);
  const steps = new EnergySteps({ starts, endMs: interval.endMs, names: [register], parts });
  if (starts.length > 0) {
    for (const { register: own, meterIds } of groupedParts(parts)) {
      const asked = { meterIds, registers: [own], interval };
      const { asOfMs } = request;
      const sums = await ledger.sums(asOfMs === undefined ? asked : { ...asked, asOfMs });
      steps.add(sums.map((sum) => stepInput(register, sum)));
    }
  }
  return {
    ...blockDemand(starts.length > 0 ? steps.steps() : [], register),
    ...{ scope: request.scope, month: request.month, interval, register },
    meterIds: [...new Set(parts.map(({ meterId }) => meterId))],
    meterDemand: await ownDemand(dependencies, request.scope, interval),
  };
}

/** @throws {DomainError} `invalid_period` for anything but a month. */
function monthInterval(month: string, timezone: string): Interval {
  if (/^\d{4}-\d{2}$/.test(month)) return periodInterval(month, timezone);
  throw new DomainError("invalid_period", `${month} is not a month`, { remedy: "write 2026-11" });
}

/**
 * The largest of what the meter held at the end of each day. Within a day the value may still be that
 * of the month before, until the meter resets itself.
 */
async function ownDemand(
  { registry, telemetry }: QueryDemandDependencies,
  scope: string,
  interval: Interval,
): Promise<MeterDemand | null> {
  const meter = registry.meter(/^meter:(.+)$/.exec(scope)?.[1] ?? "");
  if (meter === undefined || metricOf(meter.kind, "maxDemandKw") === undefined) return null;
  if (interval.endMs - interval.startMs < quarterHourMs) return null;
  const asked = { kind: meter.kind, deviceIds: [meter.id], metric: "maxDemandKw" };
  const known = await telemetry.gauge({ ...asked, interval, stepMs: dayMs });
  let largest: MeterDemand | null = null;
  for (const { startMs, value } of known.get(meter.id) ?? []) {
    if (largest === null || value > largest.maxDemandKw) {
      largest = { maxDemandKw: value, dayStartMs: startMs };
    }
  }
  return largest;
}
