import { metricOf } from "../../src/contracts/device-kinds.ts";
import { uniform } from "../random.ts";
import { holdsStorage, isMirror, type Register, type SimDevice } from "./sim-device.ts";

/** Meters of at least this rating count reactive energy as well. */
const reactiveFromKw = 1500;
/** Counts stay whole numbers far below the limit of exact ones. */
const modulusCountsMax = 2 ** 50;
/** How long a meter has been in place, at most: the display starts where it would have come to. */
const hoursInPlaceMax = 9000;

/** Gives each device the registers that it reports; answers all of them in the order of their index. */
export function withRegisters(devices: readonly SimDevice[]): readonly Register[] {
  const all: Register[] = [];
  for (const device of devices) {
    const first = all.length;
    for (const name of registerNames(device)) {
      all.push(registerOf(device, name, all.length));
    }
    device.registers = all.slice(first);
  }
  return all;
}

/** Which registers of its kind a device reports; unused ones stay silent, as in the field. */
function registerNames(device: SimDevice): readonly string[] {
  switch (device.kind) {
    case "electricity-meter":
      return electricityRegisters(device);
    case "gas-meter":
      return ["volumeNm3"];
    case "water-meter":
    case "effluent-monitor":
      return ["volumeM3"];
    case "heat-meter":
      return ["heatGj"];
    case "cooling-meter":
      return ["coolingGj"];
    case "steam-meter":
      return ["steamT"];
    case "fuel-tank":
      return [device.carrier === "lpg" ? "consumedKg" : "consumedL"];
    case "pv-inverter":
      return ["generationKwh"];
    case "direct-line":
      return ["deliveredKwh", "curtailedKwh"];
    case "storage-pcs":
      return ["chargeKwh", "dischargeKwh"];
    case "storage-bms":
      return ["chargeDcKwh", "dischargeDcKwh"];
    case "charger":
      return ["deliveredKwh"];
    case "compute-centre":
      return ["itKwh", "totalKwh"];
    case "production-line":
      return ["outputUnits"];
    case "fire-detector":
    case "weather-station":
      return [];
  }
}

function electricityRegisters(device: SimDevice): readonly string[] {
  if (isMirror(device) && device.parent !== null) {
    if (device.parent.kind === "pv-inverter") return ["exportKwh"];
    return registerNames(device.parent).includes("exportKwh")
      ? ["importKwh", "exportKwh"]
      : ["importKwh"];
  }
  if (device.role === "grid") return ["importKwh", "exportKwh", "importKvarh"];
  if (holdsStorage(device)) return ["importKwh", "exportKwh"];
  if (isPvOnly(device)) return ["exportKwh"];
  if (device.children.some(isPvOnly)) return ["importKwh", "exportKwh"];
  const isLarge = device.ratedPerH >= reactiveFromKw && device.role !== "sub";
  return isLarge ? ["importKwh", "importKvarh"] : ["importKwh"];
}

/** A meter that stands above PV plants and nothing else, or such a plant. */
export function isPvOnly(device: SimDevice): boolean {
  if (device.kind === "pv-inverter") return true;
  const counted = device.children.filter((child) => !isMirror(child));
  if (device.role === "pv") return true;
  return counted.length > 0 && counted.every(isPvOnly);
}

function registerOf(device: SimDevice, name: string, index: number): Register {
  const unit = metricOf(device.kind, name)?.unit ?? "";
  const countsPerReal = unit === "GJ" || unit === "t" ? 10_000 : 1000;
  const countsPerUnit = countsPerReal * device.multiplier;
  const turn = device.registerDigits === null ? Infinity : 10 ** device.registerDigits;
  const modulusCounts = turn * countsPerUnit > modulusCountsMax ? Infinity : turn * countsPerUnit;
  const inPlaceH = (0.05 + 0.95 * uniform(device.key, 0)) * hoursInPlaceMax;
  const sinceThen = inPlaceH * (usualFractions[name] ?? usualFraction) * device.ratedPerH;
  const wanted = Math.round(sinceThen * countsPerReal);
  const initialCounts = Math.min(wanted, Math.floor(modulusCounts * 0.6));
  return { index, name, countsPerReal, countsPerUnit, modulusCounts, initialCounts };
}

/** Roughly how much of the rating flows over the years. */
const usualFraction = 0.4;
const usualFractions: Readonly<Record<string, number>> = {
  exportKwh: 0.02,
  importKvarh: 0.11,
  generationKwh: 0.2,
  curtailedKwh: 0.02,
  chargeKwh: 0.13,
  dischargeKwh: 0.116,
  chargeDcKwh: 0.127,
  dischargeDcKwh: 0.118,
  itKwh: 0.3,
};
