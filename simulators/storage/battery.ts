import type { Register, SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";

/** One battery behind a PCS. The state of charge is its energy over what it can still hold. */
export interface Cluster {
  readonly device: SimDevice;
  readonly charge: Register | null;
  readonly discharge: Register | null;
  /** Energy that it holds when full: nameplate times health. */
  readonly fullKwh: number;
  readonly sohFraction: number;
  /** Part of its PCS's energy that goes through it. */
  readonly partFraction: number;
  /** Temperature that the cooling keeps at rest. */
  readonly restCelsius: number;
  energyKwh: number;
  celsius: number;
}

export type UnitMode = "schedule" | "command" | "fallback";

/** A PCS with its clusters. Power is positive while charging. */
export interface Unit {
  readonly device: SimDevice;
  readonly charge: Register;
  readonly discharge: Register;
  readonly clusters: readonly Cluster[];
  powerKw: number;
  mode: UnitMode;
  /** Part of a Wh that has flowed and is not counted yet. */
  carryWh: number;
  /** What the batteries allow; looked at once a minute. */
  chargeMaxKw: number;
  dischargeMaxKw: number;
}

const socAtStart = 0.55;
/** Capacity of a PCS whose file names none: so many hours at its rating. */
const capacityHours = 2;

/** The PCS with the batteries below it; none when it has no registers. */
export function unitOf(device: SimDevice): readonly Unit[] {
  const [charge, discharge] = device.registers;
  if (charge === undefined || discharge === undefined) return [];
  const batteries = device.children.filter(({ kind }) => kind === "storage-bms");
  const own = batteries.length > 0 ? batteries : [device];
  const capacitySum = own.reduce((sum, battery) => sum + capacityOf(battery), 0);
  const clusters = own.map((battery) => {
    const unevenness = 1 + 0.004 * (uniform(battery.key, 4) - 0.5);
    return newCluster(battery, (capacityOf(battery) / capacitySum) * unevenness);
  });
  return [
    {
      ...{ device, charge, discharge, clusters, powerKw: 0, mode: "schedule", carryWh: 0 },
      ...{ chargeMaxKw: 0, dischargeMaxKw: 0 },
    },
  ];
}

function capacityOf({ capacityKwh, ratedPerH }: SimDevice): number {
  return capacityKwh > 0 ? capacityKwh : ratedPerH * capacityHours;
}

function newCluster(device: SimDevice, partFraction: number): Cluster {
  const isOfItsOwn = device.kind === "storage-bms";
  const [charge = null, discharge = null] = isOfItsOwn ? device.registers : [];
  const sohFraction = 0.955 + 0.015 * uniform(device.key, 1);
  const fullKwh = capacityOf(device) * sohFraction;
  const soc = socAtStart + 0.01 * (uniform(device.key, 2) - 0.5);
  const restCelsius = 24 + 2.4 * uniform(device.key, 3);
  return {
    ...{ device, charge, discharge, fullKwh, sohFraction, partFraction, restCelsius },
    energyKwh: soc * fullKwh,
    celsius: restCelsius,
  };
}

export function socOf({ clusters }: Pick<Unit, "clusters">): number {
  let energyKwh = 0;
  let fullKwh = 0;
  for (const cluster of clusters) {
    energyKwh += cluster.energyKwh;
    fullKwh += cluster.fullKwh;
  }
  return fullKwh > 0 ? energyKwh / fullKwh : 0;
}
