import { metricOf } from "../../contracts/device-kinds.ts";
import type { Meter, Park } from "../park.ts";
import type { FreshValue, Moment } from "./moment.ts";
import { type StorageFlow, storageFlow } from "./storage-flow.ts";

export interface GroupFlow {
  readonly id: string;
  readonly powerKw: number | null;
  readonly devices: number;
  /** Devices without a fresh value; their power is not in `powerKw`. */
  readonly silent: number;
}

export interface PlantFlow {
  readonly id: string;
  readonly powerKw: number | null;
  readonly ratedMaxKw: number | null;
  readonly stale: boolean;
}

/** Momentary balance of everything that the given meters see; null where a needed meter is silent. */
export interface ParkFlow {
  readonly gridKw: number | null;
  readonly directKw: number | null;
  readonly pvKw: number | null;
  readonly storageKw: number | null;
  readonly loadKw: number | null;
  readonly supplyKw: number | null;
  readonly unallocatedKw: number | null;
  readonly unallocatedBandKw: number | null;
  readonly lossAllowanceKw: number | null;
  readonly withinBand: boolean | null;
  /** Whether `pvKw` is what the check meter above the plants says, because a plant is silent. */
  readonly pvFromCheckMeter: boolean;
  readonly groups: readonly GroupFlow[];
  readonly pvPlants: readonly PlantFlow[];
  readonly storage: StorageFlow | null;
  readonly heat: { readonly sourceKw: number | null; readonly deliveredKw: number | null };
  readonly water: { readonly intakeM3PerH: number | null; readonly effluentM3PerH: number | null };
  readonly weather: {
    readonly irradianceWPerM2: number | null;
    readonly ambientCelsius: number | null;
  };
}

/** Terms of the electrical balance, by the role of the meters that make them up. */
type Term = "grid" | "direct" | "pv" | "storage" | "load";
const terms: readonly Term[] = ["grid", "direct", "pv", "storage", "load"];

/**
 * Share of the supply that cables and transformers of a park may lose. It is an allowance of ours,
 * not a figure of a norm, and stands beside the balance in every answer.
 */
const lossAllowanceFraction = 0.02;

/** A device without a known accuracy class counts as class 2, the widest for active energy. */
const accuracyClassAssumed = 2;

/** The flow picture of the meters, all of them of one park. */
export function parkFlow(park: Park, meters: readonly Meter[], moment: Moment): ParkFlow {
  const electric = meters.filter(({ carrier }) => carrier === "electricity");
  const byTerm = Object.fromEntries(
    terms.map((term) => [term, electric.filter(({ role }) => role === term)]),
  ) as Record<Term, Meter[]>;
  const pvCheck = pvCheckMeter(byTerm.pv, electric, moment.value);
  return {
    ...balanceOf(byTerm, moment, pvCheck),
    pvFromCheckMeter: pvCheck !== null,
    groups: park.loadGroups.map(({ id }) => {
      const members = byTerm.load.filter(({ loadGroupId }) => loadGroupId === id);
      return groupOf(id, members, moment.value);
    }),
    pvPlants: byTerm.pv.map((meter) => plantOf(meter, moment)),
    storage: storageFlow(park, meters, moment.value),
    heat: {
      sourceKw: summed(heatSources(meters), moment.value, "powerKw"),
      deliveredKw: summed(mainsOf(meters, "heat"), moment.value, "powerKw"),
    },
    water: {
      intakeM3PerH: summed(mainsOf(meters, "water"), moment.value, "flowM3PerH"),
      effluentM3PerH: effluentM3PerH(meters, moment),
    },
    weather: weatherOf(meters, moment.value),
  };
}

type Balance = Pick<
  ParkFlow,
  | "gridKw"
  | "directKw"
  | "pvKw"
  | "storageKw"
  | "loadKw"
  | "supplyKw"
  | "unallocatedKw"
  | "unallocatedBandKw"
  | "lossAllowanceKw"
  | "withinBand"
>;

/**
 * The bus of the park:
 *
 *     supply      = max(grid, 0) + direct + pv + max(−storage, 0)
 *     unallocated = grid + direct + pv − storage − load
 *     band        = √ Σ ((class / 100 × power)² + step²), over all meters
 *
 * The step is how far a meter's power moved at its last reading: meters do not report at the same
 * instant, and what one of them will report next may be in another's figure already. The balance is within its band when −band ≤ unallocated ≤ loss allowance + band. A term of which
 * the park has no meters takes no part; a term with a silent meter leaves everything open that needs it.
 */
function balanceOf(
  byTerm: Record<Term, readonly Meter[]>,
  moment: Moment,
  pvCheck: Meter | null,
): Balance {
  const { value } = moment;
  const pvCheckedKw = pvCheck === null ? null : Math.abs(devicePowerKw(pvCheck, value) ?? 0);
  const powerKw = (term: Term): number | null =>
    term === "pv" && pvCheckedKw !== null ? pvCheckedKw : powerSumKw(byTerm[term], value);
  const [gridKw, directKw, pvKw] = [powerKw("grid"), powerKw("direct"), powerKw("pv")];
  const [storageKw, loadKw] = [powerKw("storage"), powerKw("load")];
  const named = { gridKw, directKw, pvKw, storageKw, loadKw };
  const open = {
    ...named,
    supplyKw: null,
    unallocatedKw: null,
    unallocatedBandKw: null,
    lossAllowanceKw: null,
    withinBand: null,
  };
  const isSilent = (term: Term): boolean => byTerm[term].length > 0 && powerKw(term) === null;
  const hasSupply = ["grid", "direct", "pv"].some((term) => byTerm[term as Term].length > 0);
  if (!hasSupply || ["grid", "direct", "pv", "storage"].some((term) => isSilent(term as Term))) {
    return open;
  }
  const [grid, direct, pv, storage] = [gridKw ?? 0, directKw ?? 0, pvKw ?? 0, storageKw ?? 0];
  const supplyKw = Math.max(grid, 0) + direct + pv + Math.max(-storage, 0);
  if (loadKw === null) return { ...open, supplyKw };
  const unallocatedKw = grid + direct + pv - storage - loadKw;
  const meters = terms.flatMap((term) =>
    term === "pv" && pvCheck !== null ? [pvCheck] : byTerm[term],
  );
  const unallocatedBandKw = bandKw(meters, moment);
  const lossAllowanceKw = supplyKw * lossAllowanceFraction;
  const withinBand =
    unallocatedKw >= -unallocatedBandKw && unallocatedKw <= lossAllowanceKw + unallocatedBandKw;
  return { ...named, supplyKw, unallocatedKw, unallocatedBandKw, lossAllowanceKw, withinBand };
}

/**
 * The check meter above all plants, when one of them is silent and the meter is not. Which
 * way such a meter is wired differs, but plants only generate, so its magnitude counts.
 */
function pvCheckMeter(
  plants: readonly Meter[],
  electric: readonly Meter[],
  value: FreshValue,
): Meter | null {
  if (powerSumKw(plants, value) !== null) return null;
  const [parentId, ...others] = new Set(plants.map((plant) => plant.parentId));
  const above = electric.find(({ id, role }) => id === parentId && role === "check");
  if (above === undefined || others.length > 0) return null;
  return devicePowerKw(above, value) === null ? null : above;
}

/**
 * Power of one electrical device in kW, with the sign of its role: a plant that is metered by an
 * ordinary meter generates where that meter exports. Null when it is not known. The multiplier is
 * for registers, which are read off a display; a momentary value comes in the unit of its name.
 */
function devicePowerKw(meter: Meter, value: FreshValue): number | null {
  if (metricOf(meter.kind, "powerKw") === undefined) return null;
  const reported = value(meter.id, "powerKw");
  if (reported === null) return null;
  const sign = meter.role === "pv" && meter.kind === "electricity-meter" ? -1 : 1;
  return sign * reported;
}

function powerSumKw(meters: readonly Meter[], value: FreshValue): number | null {
  return sumOrNull(meters.map((meter) => devicePowerKw(meter, value)));
}

function bandKw(meters: readonly Meter[], { value, stepKw }: Moment): number {
  const squares = meters.map((meter) => {
    const fraction = (meter.accuracyClass ?? accuracyClassAssumed) / 100;
    const byClassKw = fraction * (devicePowerKw(meter, value) ?? 0);
    const byTimeKw = stepKw(meter.id, "powerKw") ?? 0;
    return byClassKw ** 2 + byTimeKw ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

function groupOf(id: string, members: readonly Meter[], value: FreshValue): GroupFlow {
  const known = members.flatMap((meter) => devicePowerKw(meter, value) ?? []);
  return {
    id,
    powerKw: sumOrNull(known),
    devices: members.length,
    silent: members.length - known.length,
  };
}

function plantOf(meter: Meter, { value, isStale }: Moment): PlantFlow {
  const { id, ratedMaxKw } = meter;
  return { id, powerKw: devicePowerKw(meter, value), ratedMaxKw, stale: isStale(id) };
}

/** Heat from the wells is metered beside the network, by check meters of the park itself. */
function heatSources(meters: readonly Meter[]): readonly Meter[] {
  return ofCarrier(meters, "heat", "check").filter(({ enterpriseId }) => enterpriseId === null);
}

/** The supply mains of a carrier, or where none are metered the meters of its consumers. */
function mainsOf(meters: readonly Meter[], carrier: Meter["carrier"]): readonly Meter[] {
  const mains = ofCarrier(meters, carrier, "grid");
  return mains.length > 0 ? mains : ofCarrier(meters, carrier, "load");
}

function ofCarrier(
  meters: readonly Meter[],
  carrier: Meter["carrier"],
  role: Meter["role"],
): readonly Meter[] {
  return meters.filter((meter) => meter.carrier === carrier && meter.role === role);
}

function summed(meters: readonly Meter[], value: FreshValue, metric: string): number | null {
  return sumOrNull(meters.map(({ id }) => value(id, metric)));
}

/** Outfalls report a volume and no flow, so the flow is how fast the volume rises. */
function effluentM3PerH(meters: readonly Meter[], { value, ratePerH }: Moment): number | null {
  return sumOrNull(
    mainsOf(meters, "effluent").map(({ id, kind, multiplier }) => {
      const hasFlow = metricOf(kind, "flowM3PerH") !== undefined;
      if (hasFlow) return value(id, "flowM3PerH");
      const rate = ratePerH(id, "volumeM3");
      return rate === null ? null : rate * multiplier;
    }),
  );
}

/** The first weather station that speaks; their means would be weather of no place. */
function weatherOf(meters: readonly Meter[], value: FreshValue): ParkFlow["weather"] {
  const stations = meters.filter(({ kind }) => kind === "weather-station");
  const first = (metric: string): number | null =>
    stations.map(({ id }) => value(id, metric)).find((known) => known !== null) ?? null;
  return { irradianceWPerM2: first("irradianceWPerM2"), ambientCelsius: first("ambientCelsius") };
}

/** The sum of all, or null when there are none or one of them is not known. */
function sumOrNull(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum;
}
