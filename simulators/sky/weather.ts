import type { Calendar } from "../loads/calendar.ts";
import { keyOf, smoothNoise } from "../random.ts";
import { dayMs, hourMs, hoursPerDay, minuteMs, minutesPerDay, radians } from "../units.ts";
import {
  absoluteAirMass,
  type ClearSky,
  extraterrestrialWPerM2,
  ineichen,
  standardPressurePa,
} from "./clear-sky.ts";
import { typicalCelsius } from "./climate.ts";
import { SkyRegimes, transmittanceOfDay } from "./clouds.ts";
import { type Place, type SolarPosition, solarPosition } from "./solar-position.ts";

export interface Site extends Place {
  readonly altitudeM: number;
}

/** A day of the park, minute by minute from its midnight. */
export interface SkyDay {
  readonly startMs: number;
  readonly endMs: number;
  /** Clear sky, before clouds: horizontal, on a roof that tilts south, on a single-axis tracker. */
  readonly clearWPerM2: Float32Array;
  readonly clearRoofWPerM2: Float32Array;
  readonly clearTrackerWPerM2: Float32Array;
  /** Share that the clouds let through, over the park and over the plant of the direct line. */
  readonly parkShare: Float32Array;
  readonly remoteShare: Float32Array;
}

const roofTiltDegrees = 10;
const linkeTurbidity = 2.5;
const daysKept = 4;

/** Sun, clouds, air and wind of a place: a function of the seed and of time, computed day by day. */
export class Weather {
  readonly #site: Site;
  readonly #calendar: Calendar;
  readonly #seed: number;
  readonly #regimes: SkyRegimes;
  readonly #airKey: number;
  readonly #windKey: number;
  readonly #days = new Map<number, SkyDay>();
  /** The answers that were given last; most questions come several times in a row. */
  #newestDay: SkyDay | null = null;
  #air = { tsMs: Number.NaN, celsius: 0 };
  #wind = { tsMs: Number.NaN, windMPerS: 0 };

  constructor(seed: number, site: Site, calendar: Calendar) {
    this.#site = site;
    this.#calendar = calendar;
    this.#seed = seed;
    this.#regimes = new SkyRegimes(seed);
    this.#airKey = keyOf(seed, "air");
    this.#windKey = keyOf(seed, "wind");
  }

  day(tsMs: number): SkyDay {
    const newest = this.#newestDay;
    if (newest !== null && tsMs >= newest.startMs && tsMs < newest.endMs) return newest;
    this.#newestDay = this.#dayOf(tsMs);
    return this.#newestDay;
  }

  #dayOf(tsMs: number): SkyDay {
    const { dayIndex, dayOfYear } = this.#calendar.at(tsMs);
    const known = this.#days.get(dayIndex);
    if (known !== undefined) return known;
    const startMs = this.#calendar.dayStartMs(tsMs);
    const regime = this.#regimes.of(dayIndex);
    const day = {
      startMs,
      endMs: this.#calendar.dayStartMs(startMs + 1.5 * dayMs),
      ...clearDay(startMs, dayOfYear, this.#site),
      parkShare: transmittanceOfDay(keyOf(this.#seed, "park"), dayIndex, regime),
      remoteShare: transmittanceOfDay(keyOf(this.#seed, "remote"), dayIndex, regime),
    };
    this.#days.set(dayIndex, day);
    const [oldest] = this.#days.keys();
    if (this.#days.size > daysKept && oldest !== undefined) this.#days.delete(oldest);
    return day;
  }

  /** Global horizontal irradiance as the weather station sees it. */
  irradianceWPerM2(tsMs: number): number {
    const day = this.day(tsMs);
    const minute = minuteOf(day, tsMs);
    return (day.clearWPerM2[minute] ?? 0) * (day.parkShare[minute] ?? 0);
  }

  ambientCelsius(tsMs: number): number {
    if (this.#air.tsMs !== tsMs) this.#air = { tsMs, celsius: this.#ambientAt(tsMs) };
    return this.#air.celsius;
  }

  windMPerS(tsMs: number): number {
    if (this.#wind.tsMs !== tsMs) this.#wind = { tsMs, windMPerS: this.#windAt(tsMs) };
    return this.#wind.windMPerS;
  }

  #ambientAt(tsMs: number): number {
    const { dayIndex, dayOfYear, hourOfDay } = this.#calendar.at(tsMs);
    const typical = typicalCelsius(this.#site, dayOfYear, hourOfDay);
    const spell = 3.5 * smoothNoise(this.#airKey, (dayIndex + hourOfDay / hoursPerDay) / 3);
    return typical + spell + 0.4 * smoothNoise(this.#airKey ^ 1, tsMs / (20 * minuteMs));
  }

  #windAt(tsMs: number): number {
    const { hourOfDay } = this.#calendar.at(tsMs);
    // The valley wind of Lhasa rises after noon.
    const valley = 2.6 * Math.exp(-(((hourOfDay - 17) / 3.2) ** 2));
    const gusts = 1 + 0.6 * smoothNoise(this.#windKey, tsMs / (4 * minuteMs));
    return Math.max(0.1, (1.2 + valley) * gusts);
  }

  pressureHpa(tsMs: number): number {
    const standardHpa = standardPressurePa(this.#site.altitudeM) / 100;
    return standardHpa + 3 * smoothNoise(this.#airKey ^ 2, tsMs / (10 * hourMs));
  }
}

export function minuteOf(day: SkyDay, tsMs: number): number {
  const minute = Math.floor((tsMs - day.startMs) / minuteMs);
  return Math.max(0, Math.min(minutesPerDay - 1, minute));
}

function clearDay(
  startMs: number,
  dayOfYear: number,
  site: Site,
): Pick<SkyDay, "clearWPerM2" | "clearRoofWPerM2" | "clearTrackerWPerM2"> {
  const clearWPerM2 = new Float32Array(minutesPerDay);
  const clearRoofWPerM2 = new Float32Array(minutesPerDay);
  const clearTrackerWPerM2 = new Float32Array(minutesPerDay);
  const outside = extraterrestrialWPerM2(dayOfYear);
  for (let minute = 0; minute < minutesPerDay; minute += 1) {
    const sun = solarPosition(startMs + (minute + 0.5) * minuteMs, site);
    if (sun.apparentDegrees <= 0) continue;
    const sky = ineichen({
      elevationDegrees: sun.apparentDegrees,
      airMass: absoluteAirMass(sun.apparentDegrees, site.altitudeM),
      linkeTurbidity,
      altitudeM: site.altitudeM,
      extraterrestrialWPerM2: outside,
    });
    clearWPerM2[minute] = sky.ghiWPerM2;
    clearRoofWPerM2[minute] = onPlane(sky, roofCosine(sun), roofTiltDegrees);
    clearTrackerWPerM2[minute] = onPlane(sky, trackerCosine(sun), 0);
  }
  return { clearWPerM2, clearRoofWPerM2, clearTrackerWPerM2 };
}

function onPlane(sky: ClearSky, cosine: number, tiltDegrees: number): number {
  const view = (1 + Math.cos(radians(tiltDegrees))) / 2;
  return Math.max(0, sky.dniWPerM2 * Math.max(0, cosine) + sky.dhiWPerM2 * view);
}

/** Cosine of the angle between the sun and the normal of a roof that tilts south. */
function roofCosine({ apparentDegrees, azimuthDegrees }: SolarPosition): number {
  const height = radians(apparentDegrees);
  const tilt = radians(roofTiltDegrees);
  const fromSouth = radians(azimuthDegrees - 180);
  return (
    Math.sin(height) * Math.cos(tilt) + Math.cos(height) * Math.sin(tilt) * Math.cos(fromSouth)
  );
}

/** The same for a plane that turns about a horizontal axis from north to south. */
function trackerCosine({ apparentDegrees, azimuthDegrees }: SolarPosition): number {
  const height = radians(apparentDegrees);
  const sideways = Math.cos(height) * Math.sin(radians(azimuthDegrees));
  return Math.hypot(Math.sin(height), sideways);
}
