/** The only place where the simulators turn one unit into another. */

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Length of the slot in which energy is settled; meters freeze their registers at its ends. */
export const quarterMs = 15 * minuteMs;
const quartersPerHour = hourMs / quarterMs;
export const minutesPerQuarter = quarterMs / minuteMs;
export const minutesPerDay = dayMs / minuteMs;
export const hoursPerDay = dayMs / hourMs;

/** Step of the storage and of the balance at the grid connection. */
export const tickMs = 10 * secondMs;
export const ticksPerQuarter = quarterMs / tickMs;
export const ticksPerMinute = minuteMs / tickMs;
export const tickH = tickMs / hourMs;

const whPerKwh = 1000;
const gjPerKwh = 0.0036;

export function kwhFromWh(energyWh: number): number {
  return energyWh / whPerKwh;
}

export function whFromKwh(energyKwh: number): number {
  return energyKwh * whPerKwh;
}

export function gjFromKwh(energyKwh: number): number {
  return energyKwh * gjPerKwh;
}

/** Mean power of an energy that flowed during one quarter hour. */
export function kwFromQuarterKwh(energyKwh: number): number {
  return energyKwh * quartersPerHour;
}

/** Power of heat that flows as GJ an hour. */
export function kwFromGjPerH(heatGjPerH: number): number {
  return heatGjPerH / gjPerKwh;
}

export function radians(angleDegrees: number): number {
  return (angleDegrees * Math.PI) / 180;
}

export function degrees(angleRadians: number): number {
  return (angleRadians * 180) / Math.PI;
}

/** Instant of an RFC 3339 text with an offset; NaN when it is none. */
export function instantOf(text: string): number {
  return /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
}

export function quarterStartMs(tsMs: number): number {
  return Math.floor(tsMs / quarterMs) * quarterMs;
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** Counts that flow in a quarter hour at a rate of real units an hour. */
export function quarterCounts(perH: number, countsPerReal: number): number {
  return Math.round((perH / quartersPerHour) * countsPerReal);
}

/** Power in kW at which an energy in Wh flows in so many milliseconds. */
export function kwFromWh(energyWh: number, durationMs: number): number {
  return kwhFromWh(energyWh) * (hourMs / durationMs);
}
