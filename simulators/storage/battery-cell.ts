import { clamp } from "../units.ts";

/** Open-circuit voltage of a lithium iron phosphate cell over its state of charge: flat in the middle. */
const openCircuitV: readonly (readonly [socFraction: number, voltageV: number])[] = [
  [0, 2.55],
  [0.05, 3.02],
  [0.1, 3.2],
  [0.2, 3.26],
  [0.35, 3.29],
  [0.5, 3.3],
  [0.65, 3.32],
  [0.8, 3.335],
  [0.95, 3.36],
  [1, 3.48],
];
/** Voltage that a cell rises while it is charged at its rated power, and falls when discharged. */
const loadedV = 0.05;

export function cellVoltageV(socFraction: number, powerFraction: number): number {
  return interpolated(openCircuitV, socFraction) + loadedV * powerFraction;
}

/** Share of the rated power that may flow at a cell temperature, by the usual curves of suppliers. */
export function temperatureShare(direction: "charge" | "discharge", celsius: number): number {
  const curve = direction === "charge" ? chargeCurve : dischargeCurve;
  // Nearly always the battery is in its comfortable range.
  if (celsius >= curve[1][0] && celsius <= curve[2][0]) return 1;
  return interpolated(curve, celsius);
}

const chargeCurve = [
  [0, 0.01],
  [18, 1],
  [35, 1],
  [40, 0.01],
] as const;
const dischargeCurve = [
  [0, 0],
  [12, 1],
  [45, 1],
  [55, 0],
] as const;

function interpolated(curve: readonly (readonly [number, number])[], at: number): number {
  for (let index = 1; index < curve.length; index += 1) {
    const [left, from] = curve[index - 1] ?? [0, 0];
    const [right, to] = curve[index] ?? [0, 0];
    if (at > right && index < curve.length - 1) continue;
    return from + (to - from) * clamp((at - left) / (right - left), 0, 1);
  }
  return 0;
}
