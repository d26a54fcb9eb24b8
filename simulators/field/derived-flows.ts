import type { LoadClass } from "../loads/load-class.ts";
import type { SimDevice } from "../park/sim-device.ts";
import type { SimPark } from "../park/sim-park.ts";
import { gjFromKwh, kwhFromWh, quarterCounts } from "../units.ts";
import type { Quarter } from "./quarter.ts";
import { isWell } from "./roles.ts";
import { drift, fractionMax } from "./shares.ts";

/** Works out some registers for one quarter hour. */
export type Step = (quarter: Quarter, counts: Float64Array) => void;

/** Energy of a computing centre over that of its racks, where the racks have no meters. */
const usualEffectiveness = 1.35;
/** Heat given to the cooling water of a computing centre, of the energy that it uses. */
const coolingRatio = 0.88;
/** Fresh water that leaves as effluent; the rest is in products and in the air. */
const effluentRatio = 0.72;
/** Heat from the wells over that into the network: the loss of the exchangers. */
const wellRatio = 1.08;

export interface DerivedContext {
  readonly park: SimPark;
  readonly loadClassOf: (device: SimDevice) => LoadClass;
  /** What the device does when there is nothing to derive it from. */
  readonly otherwise: (device: SimDevice) => Step;
}

/** The step of a device whose figures follow from those of others. */
export function derivedStep(context: DerivedContext, device: SimDevice): Step {
  switch (device.kind) {
    case "compute-centre":
      return computeStep(context, device);
    case "cooling-meter":
      return coolingStep(context, device);
    case "effluent-monitor":
      return effluentStep(context, device);
    default:
      return wellStep(context, device);
  }
}

function computeStep({ park, loadClassOf }: DerivedContext, device: SimDevice): Step {
  const [it, total] = device.registers;
  if (it === undefined || total === undefined) return nothing;
  const mains = electricMains(park, device);
  const racks = neighbours(park, device).filter(
    (one) => one.kind === "electricity-meter" && one.role === "sub" && loadClassOf(one) === "it",
  );
  return (_quarter, counts) => {
    const used = sumOf(mains, counts);
    const atRacks = sumOf(racks, counts);
    counts[total.index] = used;
    counts[it.index] = atRacks > 0 ? atRacks : Math.round(used / usualEffectiveness);
  };
}

function coolingStep({ park, otherwise }: DerivedContext, device: SimDevice): Step {
  const [register] = device.registers;
  const mains = electricMains(park, device);
  if (register === undefined || mains.length === 0) return otherwise(device);
  const all = neighbours(park, device).filter(({ kind }) => kind === "cooling-meter");
  const fraction = device.ratedPerH / ratedSum(all);
  const most = quarterCounts(device.ratedPerH * fractionMax, register.countsPerReal);
  return (_quarter, counts) => {
    const heatGj = gjFromKwh(kwhFromWh(sumOf(mains, counts))) * coolingRatio * fraction;
    counts[register.index] = Math.min(most, Math.round(heatGj * register.countsPerReal));
  };
}

function effluentStep({ park, otherwise }: DerivedContext, device: SimDevice): Step {
  const [register] = device.registers;
  const intakes = neighbours(park, device).filter(
    ({ kind, role }) => kind === "water-meter" && role === "load",
  );
  if (register === undefined || intakes.length === 0) return otherwise(device);
  const most = quarterCounts(device.ratedPerH * fractionMax, register.countsPerReal);
  return (quarter, counts) => {
    const amount = Math.round(sumOf(intakes, counts) * effluentRatio * drift(device, quarter));
    counts[register.index] = Math.min(most, amount);
  };
}

function wellStep({ park, otherwise }: DerivedContext, device: SimDevice): Step {
  const [register] = device.registers;
  const mains = park.devices.filter(({ role, kind }) => role === "grid" && kind === "heat-meter");
  if (register === undefined || mains.length === 0) return otherwise(device);
  const fraction = device.ratedPerH / ratedSum(park.devices.filter(isWell));
  return (_quarter, counts) => {
    counts[register.index] = Math.round(sumOf(mains, counts) * wellRatio * fraction);
  };
}

function nothing(): void {}

function neighbours(park: SimPark, { enterpriseId }: SimDevice): readonly SimDevice[] {
  return park.devices.filter((other) => other.enterpriseId === enterpriseId);
}

function electricMains(park: SimPark, device: SimDevice): readonly SimDevice[] {
  return neighbours(park, device).filter(
    ({ role, kind }) => role === "load" && kind === "electricity-meter",
  );
}

function ratedSum(devices: readonly SimDevice[]): number {
  return devices.reduce((sum, { ratedPerH }) => sum + ratedPerH, 0);
}

/** Sum of the first register of each device. */
export function sumOf(devices: readonly SimDevice[], counts: Float64Array): number {
  let sum = 0;
  for (const { registers } of devices) sum += counts[registers[0]?.index ?? -1] ?? 0;
  return sum;
}
