import type { SimDevice } from "../park/sim-device.ts";
import { clamp } from "../units.ts";
import type { LoadSurroundings } from "./load-class.ts";

/** Share of its rating that a meter of another carrier than electricity sees flow. */
export function carrierShare(device: SimDevice, around: LoadSurroundings): number {
  const { activity, heatFraction } = around;
  switch (device.kind) {
    case "gas-meter":
      return gasShare(device, around);
    case "water-meter":
      return 0.05 + 0.6 * activity;
    case "steam-meter":
      return 0.08 + 0.62 * activity;
    case "heat-meter":
      return clamp(0.05 + heatFraction * (0.5 + 0.6 * activity), 0, 0.93);
    case "cooling-meter":
      return clamp(0.3 + 0.3 * activity, 0, 0.93);
    case "fuel-tank":
      return device.carrier === "lpg" ? 0.02 + 0.2 * activity : 0.01 + 0.1 * activity;
    case "effluent-monitor":
      return 0.05 + 0.55 * activity;
    case "production-line":
      // Below a certain business a line stands still.
      return activity < idleBelow ? 0 : 0.88 * activity;
    default:
      return 0;
  }
}

const idleBelow = 0.14;

function gasShare({ carrier, nameEn }: SimDevice, around: LoadSurroundings): number {
  const { activity, heatFraction } = around;
  if (carrier !== "natural-gas") return 0.08 + 0.62 * activity;
  if (/kiln|furnace/i.test(nameEn)) return 0.42 + 0.2 * activity;
  return clamp(0.06 + 0.42 * activity + 0.15 * heatFraction, 0, 0.9);
}
