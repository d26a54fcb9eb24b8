import { secondMs } from "../time.ts";

/** Voltage and current of a cluster at one instant; charging current is positive. */
export interface ElectricalPoint {
  readonly tsMs: number;
  readonly voltageV: number;
  readonly currentA: number;
}

/** Fastest steps only: later the voltage follows the SOC and not the resistance. */
const stepMsMax = 2 * secondMs;
/** Smallest step of current, as a share of the current that empties the battery in an hour. */
const stepFractionMin = 0.2;

/**
 * Resistance from a step of the current: (V_b − V_a) / (I_b − I_a); null when the step is slower than 2 s
 * or smaller than 0.2 C, where noise and relaxation would speak instead.
 *
 * @param hourRateA current that empties the battery in an hour: 280 A for 280 Ah.
 */
export function stepResistanceOhm(
  a: ElectricalPoint,
  b: ElectricalPoint,
  hourRateA: number,
): number | null {
  const stepA = b.currentA - a.currentA;
  const isFast = b.tsMs > a.tsMs && b.tsMs - a.tsMs <= stepMsMax;
  if (!isFast || Math.abs(stepA) < stepFractionMin * hourRateA) return null;
  return (b.voltageV - a.voltageV) / stepA;
}

const zeroCelsiusKelvin = 273.15;
const referenceKelvin = 25 + zeroCelsiusKelvin;
const gasConstant = 8.314462618;

/**
 * Resistance as it would be at 25 °C: R × exp(−E_a / R_g × (1/T − 1/298.15 K)).
 *
 * @param activationJPerMol 20,000 to 30,000 for LFP; customary, the supplier's sheet wins.
 */
export function resistanceAt25Ohm(
  resistanceOhm: number,
  temperatureCelsius: number,
  activationJPerMol = 25_000,
): number {
  const inverse = 1 / (temperatureCelsius + zeroCelsiusKelvin) - 1 / referenceKelvin;
  return resistanceOhm * Math.exp((-activationJPerMol / gasConstant) * inverse);
}
