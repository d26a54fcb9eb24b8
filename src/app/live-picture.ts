import type { Moment } from "../domain/energy/moment.ts";
import { type ParkFlow, parkFlow } from "../domain/energy/park-flow.ts";
import type { Meter } from "../domain/park.ts";
import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import type { MetricValue, Reading } from "../domain/telemetry/reading.ts";
import { secondMs } from "../domain/time.ts";
import { type DeviceState, fold, type Metric, newState, ratePerH, stepOf } from "./device-state.ts";
import type { Clock } from "./ports.ts";
import type { Registry, SimulatedShare } from "./registry.ts";

/** Last known state of one device; `tsMs` is null when nothing has ever come from it. */
export interface LiveDevice {
  readonly id: string;
  readonly tsMs: number | null;
  readonly receivedAtMs: number | null;
  /** Older than three of its intervals. */
  readonly stale: boolean;
  readonly values: Readonly<Record<string, MetricValue>>;
  /** Metrics that the device itself marked uncertain or bad. */
  readonly doubtful: readonly string[];
}

export interface Freshness {
  readonly devicesTotal: number;
  readonly devicesFresh: number;
  readonly devicesNever: number;
  readonly completenessFraction: number | null;
  readonly delayS: number | null;
}

export interface LiveView {
  readonly atMs: number;
  readonly parkId: string;
  readonly simulated: SimulatedShare;
  readonly freshness: Freshness;
  readonly flow: ParkFlow;
}

/** What is known of this moment, in memory: the newest value of every metric of every device. */
export interface LivePicture {
  /** Takes in what the telemetry store knew at start. */
  restore(readings: readonly Reading[]): void;
  /** Takes in readings that have just been committed; older ones than the picture has change nothing. */
  observe(readings: readonly Reading[]): void;
  /** Share of today's closed slots that are measured; null when it is not known. */
  setCompleteness(fraction: number | null): void;
  /** Balance and freshness of what the principal may see. */
  view(principal: Principal): LiveView;
  /** The devices with these ids, or all, that the principal may see. */
  devices(principal: Principal, ids?: ReadonlySet<string>): readonly LiveDevice[];
  /** Devices that have changed or gone stale since this was last asked. */
  takeChanges(): ReadonlySet<string>;
}

/** A device without a stated interval is taken to report every five minutes. */
const intervalSAssumed = 300;
const intervalsUntilStale = 3;

export function createLivePicture(parts: {
  readonly registry: Registry;
  readonly clock: Clock;
}): LivePicture {
  const { registry, clock } = parts;
  const states = new Map<string, DeviceState>();
  const changed = new Set<string>();
  const freshAtLastLook = new Set<string>();
  let completenessFraction: number | null = null;

  const take = (readings: readonly Reading[]): void => {
    for (const reading of readings) {
      const state = states.get(reading.deviceId);
      if (state === undefined) states.set(reading.deviceId, newState(reading));
      else if (!fold(state, reading)) continue;
      changed.add(reading.deviceId);
    }
  };
  const noteStaleness = (nowMs: number): void => {
    for (const meter of registry.meters()) {
      const isFreshNow = isFresh(meter, states.get(meter.id)?.tsMs, nowMs);
      if (isFreshNow === freshAtLastLook.has(meter.id)) continue;
      changed.add(meter.id);
      if (isFreshNow) freshAtLastLook.add(meter.id);
      else freshAtLastLook.delete(meter.id);
    }
  };

  return {
    restore: take,
    observe: take,
    setCompleteness: (fraction) => {
      completenessFraction = fraction;
    },
    view: (principal) => {
      const nowMs = clock.nowMs();
      const meters = visibleMeters(registry, principal);
      const freshness = freshnessOf(meters, states, nowMs);
      const isWhole = principal.enterpriseId === null;
      return {
        atMs: nowMs,
        parkId: registry.park.id,
        simulated: registry.simulated(),
        freshness: { ...freshness, completenessFraction: isWhole ? completenessFraction : null },
        flow: parkFlow(registry.park, meters, momentOf(meters, states, nowMs)),
      };
    },
    devices: (principal, ids) => {
      const nowMs = clock.nowMs();
      const meters = visibleMeters(registry, principal);
      const wanted = ids === undefined ? meters : meters.filter(({ id }) => ids.has(id));
      return wanted.map((meter) => deviceOf(meter, states.get(meter.id), nowMs));
    },
    takeChanges: () => {
      noteStaleness(clock.nowMs());
      const taken = new Set(changed);
      changed.clear();
      return taken;
    },
  };
}

/** The values that still count at this moment, for the balance. */
function momentOf(
  meters: readonly Meter[],
  states: ReadonlyMap<string, DeviceState>,
  nowMs: number,
): Moment {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const fresh = (id: string, name: string): Metric | null => {
    const metric = states.get(id)?.metrics.get(name);
    const meter = byId.get(id);
    if (metric === undefined || meter === undefined || metric.doubt === "bad") return null;
    return isFresh(meter, metric.tsMs, nowMs) ? metric : null;
  };
  return {
    value: (id, metric) => {
      const value = fresh(id, metric)?.value;
      return typeof value === "number" ? value : null;
    },
    ratePerH: (id, register) => ratePerH(states.get(id)?.before.get(register), fresh(id, register)),
    stepKw: (id, metric) => stepOf(states.get(id)?.before.get(metric), fresh(id, metric)),
    isStale: (id) => {
      const meter = byId.get(id);
      return meter === undefined || !isFresh(meter, states.get(id)?.tsMs, nowMs);
    },
  };
}

function visibleMeters(registry: Registry, principal: Principal): readonly Meter[] {
  const meters = registry.meters();
  if (principal.enterpriseId === null) return meters;
  return meters.filter(({ enterpriseId }) => maySeeEnterprise(principal, enterpriseId));
}

function isFresh({ intervalS }: Meter, tsMs: number | undefined, nowMs: number): boolean {
  if (tsMs === undefined) return false;
  return nowMs - tsMs <= intervalsUntilStale * (intervalS ?? intervalSAssumed) * secondMs;
}

function deviceOf(meter: Meter, state: DeviceState | undefined, nowMs: number): LiveDevice {
  if (state === undefined) {
    return {
      id: meter.id,
      tsMs: null,
      receivedAtMs: null,
      stale: true,
      values: {},
      doubtful: [],
    };
  }
  const values: Record<string, MetricValue> = {};
  const doubtful: string[] = [];
  for (const [name, { value, doubt }] of state.metrics) {
    values[name] = value;
    if (doubt !== undefined) doubtful.push(name);
  }
  const stale = !isFresh(meter, state.tsMs, nowMs);
  const { tsMs, receivedAtMs } = state;
  return { id: meter.id, tsMs, receivedAtMs, stale, values, doubtful };
}

function freshnessOf(
  meters: readonly Meter[],
  states: ReadonlyMap<string, DeviceState>,
  nowMs: number,
): Omit<Freshness, "completenessFraction"> {
  const agesMs: number[] = [];
  let devicesFresh = 0;
  for (const meter of meters) {
    const state = states.get(meter.id);
    if (state === undefined) continue;
    // A clock that runs ahead is not younger than now.
    agesMs.push(Math.max(0, nowMs - state.tsMs));
    if (isFresh(meter, state.tsMs, nowMs)) devicesFresh += 1;
  }
  const medianMs = agesMs.sort((a, b) => a - b)[Math.floor(agesMs.length / 2)];
  return {
    devicesTotal: meters.length,
    devicesFresh,
    devicesNever: meters.length - agesMs.length,
    delayS: medianMs === undefined ? null : Math.round(medianMs / secondMs),
  };
}
