import type { LocalTime } from "../loads/calendar.ts";
import type { SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";

/** Chance that a charger is taken in each hour of the day. */
const taken = [
  ...[0.22, 0.2, 0.16, 0.12, 0.08, 0.06, 0.08, 0.14, 0.22, 0.3, 0.34, 0.38],
  ...[0.42, 0.4, 0.34, 0.32, 0.3, 0.3, 0.32, 0.34, 0.34, 0.32, 0.28, 0.24],
];
/** A session lasts this many quarter hours. */
const sessionQuarters = 3;

/** Share of its rating that a charger delivers in a quarter hour; 0 while nobody is plugged in. */
export function chargerShare(device: SimDevice, quarterIndex: number, local: LocalTime): number {
  const shift = Math.floor(uniform(device.key, 0) * sessionQuarters);
  const session = Math.floor((quarterIndex + shift) / sessionQuarters);
  const chance =
    (taken[Math.floor(local.hourOfDay)] ?? 0) * (local.dayType === "workday" ? 1 : 0.8);
  if (uniform(device.key, session) >= chance) return 0;
  const place = (quarterIndex + shift) % sessionQuarters;
  // The last part of a session tapers while the battery of the car fills up.
  const taper = place === sessionQuarters - 1 ? 0.55 : 1;
  return (0.55 + 0.38 * uniform(device.key ^ 3, session)) * taper;
}
