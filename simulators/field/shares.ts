import { type LoadClass, loadShare } from "../loads/load-class.ts";
import { carrierShare } from "../loads/other-carriers.ts";
import { isMirror, type SimDevice } from "../park/sim-device.ts";
import { smoothNoise, uniform } from "../random.ts";
import { chargerShare } from "./charging.ts";
import type { Quarter } from "./quarter.ts";

/** Nothing exceeds this share of its rating, or the platform would rightly call it impossible. */
export const fractionMax = 0.97;

/** Share of its rating that flows through a device without others below it. */
export function shareOf(device: SimDevice, loadClass: LoadClass, quarter: Quarter): number {
  if (device.kind === "charger") return chargerShare(device, quarter.index, quarter.local);
  const around = quarter.around(device);
  const planned =
    device.kind === "electricity-meter"
      ? loadShare(loadClass, around)
      : carrierShare(device, around);
  return Math.max(0, Math.min(fractionMax, planned * drift(device, quarter)));
}

/** How far a device strays from what is planned for it, over the hour and from quarter to quarter. */
export function drift({ key }: SimDevice, { index }: Quarter): number {
  return 1 + 0.045 * smoothNoise(key, index / 4) + 0.05 * (uniform(key ^ 11, index) - 0.5);
}

/** Share of what a meter above others passes on that its lines and transformers keep as heat or leak. */
export function lossFraction(device: SimDevice): number {
  switch (device.carrier) {
    case "electricity":
      return electricLossFraction(device);
    case "heat":
      return 0.04;
    case "steam":
      return 0.035;
    case "water":
      return 0.016;
    case "natural-gas":
      return 0.004;
    default:
      return 0;
  }
}

function electricLossFraction({ role, children }: SimDevice): number {
  if (role === "load" || role === "sub") return 0.003;
  // A check meter above check meters is a transformer, one above loads a feeder.
  const isAboveFeeders = children.some((child) => child.role === "check" && !isMirror(child));
  return isAboveFeeders ? 0.006 : 0.007;
}

/** A check meter reads a little more or less than the meter it checks, within a quarter of its class. */
export function mirrorFactor({ key, accuracyClass }: SimDevice): number {
  return 1 + ((accuracyClass / 4) * (2 * uniform(key, 5) - 1)) / 100;
}

/** Part of its plant's energy that a group of inverters makes, with the loss up to the plant's meter. */
export function groupShare({ parent, ratedPerH }: SimDevice): number {
  const groups = parent?.children.filter(({ kind }) => kind === "pv-inverter") ?? [];
  const sum = groups.reduce((total, group) => total + group.ratedPerH, 0);
  return (ratedPerH / sum) * 1.004;
}
