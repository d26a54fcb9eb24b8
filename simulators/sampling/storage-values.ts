import type { World } from "../field/world.ts";
import type { SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import type { Cluster, Unit } from "../storage/battery.ts";
import { cellVoltageV } from "../storage/battery-cell.ts";
import { quarterMs } from "../units.ts";
import { around, type Gauges, type Moment, netPerH, round, roundKw } from "./values.ts";

/** Cells in series of a container, so that the pack stands at some 1,370 V. */
const seriesCells = 416;
const voltsPerMv = 0.001;
/** Spread of the cells at which the BMS raises its first and second level. */
const spreadAlarmMv = [50, 100] as const;

interface BatteryState {
  readonly socFraction: number;
  readonly celsius: number;
}

/** Which battery and PCS a device is, and which battery has the weakest cells. */
export class StorageView {
  readonly #units = new Map<string, Unit>();
  readonly #clusters = new Map<string, { cluster: Cluster; place: number; unit: Unit }>();
  readonly #weakest: string | null;

  constructor({ station, clusters }: World) {
    for (const unit of station.units) {
      this.#units.set(unit.device.id, unit);
      for (const cluster of unit.clusters) {
        const place = clusters.indexOf(cluster);
        this.#clusters.set(cluster.device.id, { cluster, place, unit });
      }
    }
    const byWeakness = [...clusters].sort((a, b) => weakness(b.device) - weakness(a.device));
    this.#weakest = byWeakness[0]?.device.id ?? null;
  }

  pcsGauges(moment: Moment): Gauges {
    const { world, device } = moment;
    const unit = this.#units.get(device.id);
    if (unit === undefined) return {};
    const powerKw = netPerH(moment);
    const isNewest = moment.tsMs >= (world.history.newest?.startMs ?? Number.POSITIVE_INFINITY);
    const mode = isNewest ? unit.mode : "schedule";
    return {
      powerKw: roundKw(powerKw),
      socFraction: round(this.#socOf(world, unit, moment.tsMs), 4),
      mode: powerKw === 0 && mode === "schedule" ? "standby" : mode,
    };
  }

  bmsGauges(moment: Moment): Gauges {
    const known = this.#clusters.get(moment.device.id);
    if (known === undefined) return {};
    const { cluster, place } = known;
    const { socFraction, celsius } = stateAt(moment.world, { cluster, place }, moment.tsMs);
    const powerKw = netPerH(moment);
    const voltageV = cellVoltageV(socFraction, powerKw / moment.device.ratedPerH);
    const spreadMv = this.#spreadMv(moment, socFraction);
    const cellSpreadCelsius = 1.8 + 1.2 * uniform(moment.device.key, 6);
    const level = spreadAlarmMv.filter((limit) => spreadMv > limit).length;
    return {
      socFraction: round(socFraction, 4),
      sohFraction: round(cluster.sohFraction + 0.016, 4),
      voltageV: round(voltageV * seriesCells, 1),
      currentA: round(powerKw / (voltageV * seriesCells) / voltsPerMv, 1),
      cellVoltageMaxV: round(voltageV + 0.4 * spreadMv * voltsPerMv, 4),
      cellVoltageMinV: round(voltageV - 0.6 * spreadMv * voltsPerMv, 4),
      cellCelsiusMax: round(celsius + cellSpreadCelsius / 2, 1),
      cellCelsiusMin: round(celsius - cellSpreadCelsius / 2, 1),
      insulationOhmPerV: round(around(moment, 1250, { swing: 60, minutes: 90, salt: 51 }), 0),
      vendorAlarmCode: level === 0 ? "OK" : "CELL-SPREAD",
      vendorAlarmLevel: level,
    };
  }

  #socOf(world: World, unit: Unit, tsMs: number): number {
    let energyKwh = 0;
    let fullKwh = 0;
    for (const { device } of unit.clusters) {
      const known = this.#clusters.get(device.id);
      if (known === undefined) continue;
      energyKwh += stateAt(world, known, tsMs).socFraction * known.cluster.fullKwh;
      fullKwh += known.cluster.fullKwh;
    }
    return fullKwh > 0 ? energyKwh / fullKwh : 0;
  }

  /** Spread between the cells: wider near full and empty, and in the one battery that ages badly. */
  #spreadMv(moment: Moment, socFraction: number): number {
    const { device } = moment;
    const usualMv = 17 + 18 * uniform(device.key, 7);
    const knee = socFraction < 0.14 || socFraction > 0.92 ? 1.35 : 1;
    const weakMv = device.id === this.#weakest ? 72 : 0;
    return around(moment, (usualMv + weakMv) * knee, { swing: 3, minutes: 35, salt: 52 });
  }
}

function weakness({ key }: SimDevice): number {
  return uniform(key, 9);
}

/** State of a battery: interpolated between quarter hours, or as it is in the running one. */
function stateAt(
  world: World,
  { cluster, place }: { readonly cluster: Cluster; readonly place: number },
  tsMs: number,
): BatteryState {
  const startMs = Math.floor(tsMs / quarterMs) * quarterMs;
  const from = world.history.at(startMs);
  const now = { socFraction: cluster.energyKwh / cluster.fullKwh, celsius: cluster.celsius };
  if (from === undefined) return now;
  const next = world.history.at(startMs + quarterMs);
  const fraction = (tsMs - startMs) / quarterMs;
  if (next === undefined && fraction > 0) return now;
  const between = (begun: number, later: number | undefined): number =>
    begun + ((later ?? begun) - begun) * fraction;
  return {
    socFraction: between(from.socFraction[place] ?? 0, next?.socFraction[place]),
    celsius: between(from.celsius[place] ?? 0, next?.celsius[place]),
  };
}
