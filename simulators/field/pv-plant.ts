import type { SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import { minuteOf, type SkyDay, type Weather } from "../sky/weather.ts";
import { clamp, minuteMs, minutesPerQuarter } from "../units.ts";

/** Nameplate of the modules over the rating of the inverters behind them. */
const inverterRatio = 1.1;
const inverterEfficiency = 0.985;
const powerPerCelsius = -0.0035;
const standardCelsius = 25;
const standardWPerM2 = 1000;

export interface PvMoment {
  readonly powerKw: number;
  readonly irradianceWPerM2: number;
  readonly moduleCelsius: number;
}

/** Irradiance on the modules, clouds included; each plant sees the same clouds a little earlier or later. */
export function roofIrradianceWPerM2(day: SkyDay, tsMs: number, lagMin: number): number {
  const minute = minuteOf(day, tsMs);
  const cloud = clamp(minute + lagMin, 0, day.parkShare.length - 1);
  return (day.clearRoofWPerM2[minute] ?? 0) * (day.parkShare[cloud] ?? 0);
}

/**
 * A rooftop plant of `ratedPerH` kWp: irradiance, less soiling and wiring, less 0.35 % a degree of the
 * modules over 25 °C (which the wind cools), through inverters that cut at their rating.
 */
export class PvPlant {
  readonly #device: SimDevice;
  readonly #weather: Weather;
  readonly #lagMin: number;
  readonly #performance: number;

  constructor(device: SimDevice, weather: Weather) {
    this.#device = device;
    this.#weather = weather;
    this.#lagMin = Math.round(10 * uniform(device.key, 1) - 5);
    this.#performance = 0.9 + 0.06 * uniform(device.key, 2);
  }

  at(tsMs: number): PvMoment {
    return this.#moment(this.#weather.day(tsMs), tsMs, {
      ambientCelsius: this.#weather.ambientCelsius(tsMs),
      windMPerS: this.#weather.windMPerS(tsMs),
    });
  }

  /** Mean power in each minute of a quarter hour; air and wind are those of its middle. */
  minutesKw(startMs: number): Float64Array {
    const minutesKw = new Float64Array(minutesPerQuarter);
    const middleMs = startMs + (minutesPerQuarter / 2) * minuteMs;
    const air = {
      ambientCelsius: this.#weather.ambientCelsius(middleMs),
      windMPerS: this.#weather.windMPerS(middleMs),
    };
    for (let minute = 0; minute < minutesPerQuarter; minute += 1) {
      const tsMs = startMs + minute * minuteMs;
      minutesKw[minute] = this.#moment(this.#weather.day(tsMs), tsMs, air).powerKw;
    }
    return minutesKw;
  }

  #moment(
    day: SkyDay,
    tsMs: number,
    air: { readonly ambientCelsius: number; readonly windMPerS: number },
  ): PvMoment {
    const irradianceWPerM2 = roofIrradianceWPerM2(day, tsMs, this.#lagMin);
    const heating = irradianceWPerM2 / (25 + 6.84 * air.windMPerS);
    const moduleCelsius = air.ambientCelsius + heating;
    const { ratedPerH: ratedKwp } = this.#device;
    const direct =
      ratedKwp *
      (irradianceWPerM2 / standardWPerM2) *
      this.#performance *
      (1 + powerPerCelsius * (moduleCelsius - standardCelsius));
    const powerKw = clamp(direct * inverterEfficiency, 0, ratedKwp / inverterRatio);
    return { powerKw, irradianceWPerM2, moduleCelsius };
  }
}
