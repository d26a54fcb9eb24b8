import type { Calendar } from "../loads/calendar.ts";
import { isMirror, type SimDevice } from "../park/sim-device.ts";
import type { SimPark } from "../park/sim-park.ts";
import { minuteOf, type Weather } from "../sky/weather.ts";
import type { CommandDesk } from "../storage/command-desk.ts";
import { ownScheduleKw } from "../storage/own-schedule.ts";
import type { Station } from "../storage/station.ts";
import { clamp, hourMs, kwFromWh, minuteMs, tickH, tickMs, whFromKwh } from "../units.ts";
import type { QuarterShapes } from "./quarter-shape.ts";
import { isFast, isFeeder, isGate, isReactive } from "./roles.ts";
import { mirrorFactor } from "./shares.ts";
import { count, StorageFlow } from "./storage-meters.ts";
import { TickDemand } from "./tick-demand.ts";

/** Modules of the plant behind the direct line over the rating of the line, and the plant's inverters. */
const remoteModules = 1.3;
const remoteInverters = 0.92;
const remotePerformance = 0.86;
const standardWPerM2 = 1000;
/** Reactive energy of the loads that the PCS and the capacitors of the substation leave to the grid. */
const uncompensatedFraction = 0.15;

export interface BusbarParts {
  readonly park: SimPark;
  readonly calendar: Calendar;
  readonly weather: Weather;
  readonly shapes: QuarterShapes;
  readonly station: Station;
  readonly desk: CommandDesk;
}

/**
 * The 110 kV busbar, every ten seconds: what the feeders draw, what the roofs and the direct line give
 * and what the storage does; the grid makes up the difference, exactly.
 *
 *     grid = demand + storage − PV − direct line
 *
 * The direct line may not feed the public grid, so it is cut back to what the park takes.
 */
export class Busbar {
  readonly #parts: BusbarParts;
  readonly #demand: TickDemand;
  readonly #stores: readonly StorageFlow[];
  readonly #gates: readonly SimDevice[];
  readonly #lines: readonly SimDevice[];
  readonly #mirrors: readonly {
    readonly from: number;
    readonly to: number;
    readonly factor: number;
  }[];
  readonly #remoteKw: Float64Array;
  /** Hour of the day and air at the start of the quarter hour. */
  #startHour = 0;
  #startMs = 0;
  #ambientCelsius = 0;

  constructor(parts: BusbarParts) {
    const { devices } = parts.park;
    const { shapes } = parts;
    this.#parts = parts;
    this.#demand = new TickDemand(devices.filter(isFeeder), shapes);
    this.#stores = devices.filter(isStorageTop).map((device) => new StorageFlow(device, shapes));
    this.#gates = devices.filter(isGate);
    this.#lines = devices.filter(({ kind }) => kind === "direct-line");
    this.#mirrors = devices.filter((device) => isMirror(device) && isFast(device)).flatMap(pairs);
    this.#remoteKw = new Float64Array(this.#lines.length);
  }

  /** Prepares the quarter hour whose slow counts are settled. */
  lay(startMs: number, quarterCounts: Float64Array): void {
    const { calendar, weather } = this.#parts;
    this.#startMs = startMs;
    this.#startHour = calendar.at(startMs).hourOfDay;
    this.#ambientCelsius = weather.ambientCelsius(startMs);
    this.#demand.lay(startMs, quarterCounts);
    for (const store of this.#stores) store.lay(startMs, quarterCounts);
  }

  /** Runs a tick of the quarter hour and writes what flows in it to `counts`, which starts at zero. */
  tick(tick: number, counts: Float64Array): void {
    const tsMs = this.#startMs + tick * tickMs;
    let netWh = this.#demand.activeWh[tick] ?? 0;
    if (tsMs % minuteMs === 0) this.#lookAtSun(tsMs);
    this.#runStation(tsMs, netWh, counts);
    for (const store of this.#stores) netWh += store.netWh(tick, counts);
    for (let place = 0; place < this.#lines.length; place += 1) {
      const line = this.#lines[place] as SimDevice;
      const availableWh = Math.floor(whFromKwh(this.#remoteKw[place] ?? 0) * tickH);
      netWh -= deliver(line, { availableWh, wantedWh: Math.max(0, netWh) }, counts);
    }
    this.#settleGrid(netWh, this.#demand.reactive[tick] ?? 0, counts);
    for (const { from, to, factor } of this.#mirrors) {
      counts[to] = Math.round((counts[from] ?? 0) * factor);
    }
  }

  #runStation(tsMs: number, demandWh: number, counts: Float64Array): void {
    const { station, desk } = this.#parts;
    if (station.units.length === 0) return;
    const order = desk.stationOrder(tsMs);
    const mode = order?.mode ?? "schedule";
    const stationKw = order?.powerKw ?? this.#scheduleKw(tsMs, demandWh);
    const ambientCelsius = this.#ambientCelsius;
    station.tick(desk.unitOrders(tsMs), stationKw, { tsMs, ambientCelsius, counts, mode });
  }

  #scheduleKw(tsMs: number, demandWh: number): number {
    const { station } = this.#parts;
    let supplyKw = 0;
    for (const powerKw of this.#remoteKw) supplyKw += powerKw;
    return ownScheduleKw({
      hourOfDay: this.#startHour + (tsMs - this.#startMs) / hourMs,
      socFraction: station.socFraction,
      socMinFraction: station.socMinFraction,
      powerMaxKw: station.powerMaxKw,
      demandKw: kwFromWh(demandWh, tickMs),
      supplyKw,
    });
  }

  /** Power that the plants at the far ends of the direct lines could give in this minute. */
  #lookAtSun(tsMs: number): void {
    if (this.#lines.length === 0) return;
    const day = this.#parts.weather.day(tsMs);
    const minute = minuteOf(day, tsMs);
    const irradianceWPerM2 = (day.clearTrackerWPerM2[minute] ?? 0) * (day.remoteShare[minute] ?? 0);
    const yieldFraction = remoteModules * remotePerformance * (irradianceWPerM2 / standardWPerM2);
    for (const [place, { ratedPerH }] of this.#lines.entries()) {
      this.#remoteKw[place] = ratedPerH * clamp(yieldFraction, 0, remoteInverters);
    }
  }

  /** Several gate meters share what is left by their rating. */
  #settleGrid(netWh: number, reactive: number, counts: Float64Array): void {
    const ratedSum = this.#gates.reduce((sum, { ratedPerH }) => sum + ratedPerH, 0);
    let restWh = netWh;
    for (const [place, gate] of this.#gates.entries()) {
      const isLast = place === this.#gates.length - 1;
      const ownWh = isLast ? restWh : Math.round((netWh * gate.ratedPerH) / ratedSum);
      restWh -= ownWh;
      count(gate, ownWh, counts);
      const kvarh = gate.registers[2];
      if (place === 0 && kvarh !== undefined && isReactive(kvarh)) {
        counts[kvarh.index] = Math.floor(reactive * uncompensatedFraction);
      }
    }
  }
}

/** The highest device below the gate through which a storage station hangs on the busbar. */
function isStorageTop(device: SimDevice): boolean {
  const isTop = device.parent === null || isGate(device.parent);
  const isPath = device.kind === "storage-pcs" || device.kind === "electricity-meter";
  return isTop && isPath && isFast(device) && !isGate(device) && !isMirror(device);
}

function deliver(
  { registers }: SimDevice,
  { availableWh, wantedWh }: { readonly availableWh: number; readonly wantedWh: number },
  counts: Float64Array,
): number {
  const deliveredWh = Math.min(availableWh, wantedWh);
  const [delivered, curtailed] = registers;
  if (delivered !== undefined) counts[delivered.index] = deliveredWh;
  if (curtailed !== undefined) counts[curtailed.index] = availableWh - deliveredWh;
  return deliveredWh;
}

/** Each register of a check meter with the one that it reads again. */
function pairs(mirror: SimDevice) {
  const factor = mirrorFactor(mirror);
  return mirror.registers.flatMap(({ index }, place) => {
    const source = mirror.parent?.registers[place];
    return source === undefined ? [] : [{ from: source.index, to: index, factor }];
  });
}
