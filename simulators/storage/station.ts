import type { SimPark } from "../park/sim-park.ts";
import { clamp, kwhFromWh, minuteMs, secondMs, tickH, tickMs, whFromKwh } from "../units.ts";
import { type Cluster, socOf, type Unit, type UnitMode, unitOf } from "./battery.ts";
import { temperatureShare } from "./battery-cell.ts";

/** What a unit is asked to do; null: its part of what the station is asked for. */
export type UnitOrder = { readonly powerKw: number; readonly mode: UnitMode } | null;

export interface StationTick {
  readonly tsMs: number;
  readonly ambientCelsius: number;
  /** What flows in the tick is written here. */
  readonly counts: Float64Array;
  /** Mode of the units that have no order of their own. */
  readonly mode: UnitMode;
}

/** From standstill to the rated power. */
const rampS = 60;
const taperFraction = 0.05;
const cellEfficiency = 0.966;
const socMinDefault = 0.1;
const socMaxDefault = 0.95;
/** The cooling takes away half of the heat in about half an hour. */
const coolingPerS = 1 / 2400;
const heatingCelsiusPerKwS = 1 / 12_000;

/**
 * The storage station: every ten seconds each PCS moves towards what it is asked for within its ramp,
 * tapers towards the ends of the state of charge, gives way to heat and cold, and loses energy in the
 * PCS and in the cells.
 */
export class Station {
  readonly units: readonly Unit[];
  readonly powerMaxKw: number;
  readonly socMinFraction: number;
  readonly #socMaxFraction: number;
  readonly #all: { readonly clusters: readonly Cluster[] };
  #socFraction: number;

  constructor(park: SimPark) {
    const [station] = park.file.storage;
    this.socMinFraction = station?.socMinFraction ?? socMinDefault;
    this.#socMaxFraction = station?.socMaxFraction ?? socMaxDefault;
    this.units = park.devices.filter(({ kind }) => kind === "storage-pcs").flatMap(unitOf);
    this.powerMaxKw = this.units.reduce((sum, { device }) => sum + device.ratedPerH, 0);
    this.#all = { clusters: this.units.flatMap(({ clusters }) => clusters) };
    this.#socFraction = socOf(this.#all);
  }

  /** State of charge of the whole, as of the last full minute. */
  get socFraction(): number {
    return this.#socFraction;
  }

  get powerKw(): number {
    return this.units.reduce((sum, unit) => sum + unit.powerKw, 0);
  }

  /**
   * Runs all units for one tick and counts what flowed. `stationKw` is what the units without an order
   * of their own share, in proportion to what each of them can do.
   */
  tick(orders: readonly UnitOrder[], stationKw: number, tick: StationTick): void {
    if (tick.tsMs % minuteMs === 0) this.#refresh(tick.ambientCelsius);
    const portion = this.#portion(orders, stationKw);
    for (let place = 0; place < this.units.length; place += 1) {
      const unit = this.units[place] as Unit;
      const order = orders[place] ?? null;
      const own = portion >= 0 ? portion * unit.chargeMaxKw : portion * unit.dischargeMaxKw;
      unit.mode = order?.mode ?? tick.mode;
      move(unit, order?.powerKw ?? own);
      if (unit.powerKw !== 0) flow(unit, tick.counts);
    }
  }

  /** Share of its limit that each unit without an order gives: positive charges, negative discharges. */
  #portion(orders: readonly UnitOrder[], stationKw: number): number {
    if (stationKw === 0) return 0;
    let freeKw = 0;
    for (let place = 0; place < this.units.length; place += 1) {
      if (orders[place] != null) continue;
      const unit = this.units[place] as Unit;
      freeKw += stationKw > 0 ? unit.chargeMaxKw : unit.dischargeMaxKw;
    }
    return freeKw > 0 ? clamp(stationKw / freeKw, -1, 1) : 0;
  }

  /** Looks at the batteries once a minute: how warm they have become and what they allow. */
  #refresh(ambientCelsius: number): void {
    this.#socFraction = socOf(this.#all);
    for (const unit of this.units) {
      const soc = socOf(unit);
      let charge = clamp((this.#socMaxFraction - soc) / taperFraction, 0, 1);
      let discharge = clamp((soc - this.socMinFraction) / taperFraction, 0, 1);
      for (const cluster of unit.clusters) {
        warm(cluster, unit.powerKw, ambientCelsius);
        charge = Math.min(charge, temperatureShare("charge", cluster.celsius));
        discharge = Math.min(discharge, temperatureShare("discharge", cluster.celsius));
      }
      unit.chargeMaxKw = unit.device.ratedPerH * charge;
      unit.dischargeMaxKw = unit.device.ratedPerH * discharge;
    }
  }
}

function move(unit: Unit, wantedKw: number): void {
  const stepKw = (unit.device.ratedPerH / rampS) * (tickMs / secondMs);
  const ramped = clamp(wantedKw, unit.powerKw - stepKw, unit.powerKw + stepKw);
  // Limits of the battery are not ramped: they protect it.
  unit.powerKw = clamp(ramped, -unit.dischargeMaxKw, unit.chargeMaxKw);
}

/** Efficiency of a PCS one way: poor at low power, 98 % from a third of its rating on. */
function pcsEfficiency(powerFraction: number): number {
  const missing = (1 - powerFraction) ** 2;
  return 0.98 - 0.04 * missing * missing * missing;
}

function flow(unit: Unit, counts: Float64Array): void {
  const isCharging = unit.powerKw > 0;
  const exactWh = whFromKwh(Math.abs(unit.powerKw)) * tickH + unit.carryWh;
  const acWh = Math.floor(exactWh);
  unit.carryWh = exactWh - acWh;
  counts[(isCharging ? unit.charge : unit.discharge).index] = acWh;
  const efficiency = pcsEfficiency(Math.abs(unit.powerKw) / unit.device.ratedPerH);
  const dcWh = Math.round(isCharging ? acWh * efficiency : acWh / efficiency);
  let restWh = dcWh;
  for (let place = 0; place < unit.clusters.length; place += 1) {
    const cluster = unit.clusters[place] as Cluster;
    const isLast = place === unit.clusters.length - 1;
    const ownWh = isLast ? restWh : Math.round(dcWh * cluster.partFraction);
    restWh -= ownWh;
    const register = isCharging ? cluster.charge : cluster.discharge;
    if (register !== null) counts[register.index] = ownWh;
    const ownKwh = kwhFromWh(ownWh);
    cluster.energyKwh += isCharging ? ownKwh * cellEfficiency : -ownKwh / cellEfficiency;
  }
}

function warm(cluster: Cluster, powerKw: number, ambientCelsius: number): void {
  const lossKw = Math.abs(powerKw) * cluster.partFraction * (1 - cellEfficiency);
  const restCelsius = cluster.restCelsius + 0.04 * (ambientCelsius - 10);
  const gain = heatingCelsiusPerKwS * lossKw - coolingPerS * (cluster.celsius - restCelsius);
  cluster.celsius += (minuteMs / secondMs) * gain;
}
