import { clamp } from "../units.ts";

/** What the station sees when it decides by itself. */
export interface ScheduleInput {
  /** Hour of the park's day. */
  readonly hourOfDay: number;
  readonly socFraction: number;
  readonly socMinFraction: number;
  readonly powerMaxKw: number;
  /** What the park draws, and what PV and the direct line could give. */
  readonly demandKw: number;
  readonly supplyKw: number;
}

/** Part of the demand that the grid keeps supplying, so that small errors do not turn into export. */
const gridFraction = 0.12;
const noonHours = [10.5, 16.5] as const;
const eveningHours = [18, 24] as const;
const morningHours = [6.5, 9.5] as const;

/**
 * The plain rule of a station that nobody commands: take the surplus of sun and direct line, a little
 * more from the grid around noon, and carry the park through the evening and the early morning.
 * Positive is charging.
 */
export function ownScheduleKw(input: ScheduleInput): number {
  const { hourOfDay, demandKw, supplyKw, powerMaxKw } = input;
  const surplusKw = supplyKw - demandKw;
  const isNoon = isWithin(hourOfDay, noonHours);
  const chargeKw = surplusKw + (isNoon ? gridFraction * demandKw : 0);
  if (chargeKw > 0) return clamp(chargeKw, 0, powerMaxKw);
  const isEvening = isWithin(hourOfDay, eveningHours);
  const isMorning = isWithin(hourOfDay, morningHours);
  if (!isEvening && !isMorning) return 0;
  // The morning only uses what the evening left over.
  const keepFraction = input.socMinFraction + (isMorning ? 0.03 : 0.01);
  if (input.socFraction <= keepFraction) return 0;
  const missingKw = demandKw * (1 - gridFraction) - supplyKw;
  return -clamp(missingKw, 0, powerMaxKw);
}

function isWithin(hour: number, [from, to]: readonly [number, number]): boolean {
  return hour >= from && hour < to;
}
