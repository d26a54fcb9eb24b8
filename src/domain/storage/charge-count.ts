import { hourMs } from "../time.ts";
import type { ElectricalPoint } from "./resistance.ts";

/** What went in and out of a battery, counted from voltage and current. */
export interface ChargeCount {
  readonly chargeAh: number;
  readonly dischargeAh: number;
  readonly chargeWh: number;
  readonly dischargeWh: number;
  /** Stretches without samples; nothing is counted in them, registers have to bridge them. */
  readonly gaps: readonly { readonly startMs: number; readonly endMs: number }[];
}

/** Missing samples in a row that are still bridged by a straight line. */
const periodsMax = 2;

/**
 * Ampere hours and watt hours by the trapezoid rule, split by direction: Σ I Δt and Σ V I Δt, with the
 * product of the mean voltage and mean current of each interval. An interval in which the current
 * changes its sign is cut where it crosses zero. Longer pauses than twice the sampling period are gaps.
 *
 * @param points ascending in time.
 */
export function chargeCount(points: readonly ElectricalPoint[], samplingMs: number): ChargeCount {
  const sums = { chargeAh: 0, dischargeAh: 0, chargeWh: 0, dischargeWh: 0 };
  const gaps: { startMs: number; endMs: number }[] = [];
  for (const [index, b] of points.entries()) {
    const a = points[index - 1];
    if (a === undefined) continue;
    if (b.tsMs - a.tsMs > periodsMax * samplingMs) {
      gaps.push({ startMs: a.tsMs, endMs: b.tsMs });
      continue;
    }
    for (const { hours, currentA } of directions(a, b)) {
      const ampereHours = hours * currentA;
      const wattHours = (ampereHours * (a.voltageV + b.voltageV)) / 2;
      if (currentA > 0) {
        sums.chargeAh += ampereHours;
        sums.chargeWh += wattHours;
      } else {
        sums.dischargeAh -= ampereHours;
        sums.dischargeWh -= wattHours;
      }
    }
  }
  return { ...sums, gaps };
}

/** An interval as parts of one direction each, with the mean current of the part. */
function directions(
  a: ElectricalPoint,
  b: ElectricalPoint,
): readonly { readonly hours: number; readonly currentA: number }[] {
  const hours = (b.tsMs - a.tsMs) / hourMs;
  if (a.currentA * b.currentA >= 0) return [{ hours, currentA: (a.currentA + b.currentA) / 2 }];
  const firstFraction = a.currentA / (a.currentA - b.currentA);
  return [
    { hours: hours * firstFraction, currentA: a.currentA / 2 },
    { hours: hours * (1 - firstFraction), currentA: b.currentA / 2 },
  ];
}
