import { activityAt, enterpriseKey, type Industry } from "../loads/activity.ts";
import type { Calendar, LocalTime } from "../loads/calendar.ts";
import { heatFractionAt, type LoadSurroundings } from "../loads/load-class.ts";
import type { SimDevice } from "../park/sim-device.ts";
import type { SimPark } from "../park/sim-park.ts";
import type { Weather } from "../sky/weather.ts";
import { quarterMs } from "../units.ts";

/** What the loads of one quarter hour depend on. */
export interface Quarter {
  readonly startMs: number;
  readonly index: number;
  readonly local: LocalTime;
  readonly ambientCelsius: number;
  around(device: SimDevice): LoadSurroundings;
}

const darkBelowWPerM2 = 8;

/** Looks at weather and calendar once for each quarter hour, and at each enterprise once. */
export class Surroundings {
  readonly #weather: Weather;
  readonly #calendar: Calendar;
  readonly #industries: ReadonlyMap<string, Industry>;
  readonly #keys = new Map<string | null, number>();
  readonly #seed: number;

  constructor(park: SimPark, seed: number, sky: { weather: Weather; calendar: Calendar }) {
    this.#weather = sky.weather;
    this.#calendar = sky.calendar;
    this.#seed = seed;
    this.#industries = new Map(
      park.file.enterprises.map(({ id, industry }) => [id, industry ?? "utility"]),
    );
  }

  quarter(startMs: number, storageUse: number): Quarter {
    const middleMs = startMs + quarterMs / 2;
    const local = this.#calendar.at(middleMs);
    const ambientCelsius = this.#weather.ambientCelsius(middleMs);
    const heatFraction = heatFractionAt(ambientCelsius);
    const isDark = this.#weather.irradianceWPerM2(middleMs) < darkBelowWPerM2;
    const known = new Map<string | null, LoadSurroundings>();
    const around = ({ enterpriseId }: SimDevice): LoadSurroundings => {
      const found = known.get(enterpriseId);
      if (found !== undefined) return found;
      const activity = this.#activity(enterpriseId, local, middleMs);
      const fresh = { activity, ambientCelsius, heatFraction, isDark, storageUse };
      known.set(enterpriseId, fresh);
      return fresh;
    };
    return { startMs, index: startMs / quarterMs, local, ambientCelsius, around };
  }

  #activity(enterpriseId: string | null, local: LocalTime, tsMs: number): number {
    let key = this.#keys.get(enterpriseId);
    if (key === undefined) {
      key = enterpriseKey(this.#seed, enterpriseId);
      this.#keys.set(enterpriseId, key);
    }
    const industry = this.#industries.get(enterpriseId ?? "") ?? "utility";
    return activityAt(key, industry, local, tsMs);
  }
}
