import { keyOf, normal, uniform } from "../random.ts";
import { dayMs, minutesPerDay } from "../units.ts";

/** What a day's sky is like as a whole. */
export type SkyRegime = "clear" | "fair" | "broken" | "overcast";

const regimes: readonly SkyRegime[] = ["clear", "fair", "broken", "overcast"];

/** Chances of tomorrow's regime after today's, in the dry season and in the summer monsoon. */
const transitions: Readonly<Record<"dry" | "wet", readonly (readonly number[])[]>> = {
  dry: [
    [0.72, 0.2, 0.06, 0.02],
    [0.45, 0.37, 0.14, 0.04],
    [0.25, 0.38, 0.27, 0.1],
    [0.2, 0.3, 0.3, 0.2],
  ],
  wet: [
    [0.3, 0.4, 0.22, 0.08],
    [0.18, 0.4, 0.3, 0.12],
    [0.1, 0.3, 0.38, 0.22],
    [0.06, 0.24, 0.38, 0.32],
  ],
};

interface Regime {
  /** Chance a minute that a gap closes and that a cloud has passed. */
  readonly closing: number;
  readonly opening: number;
  /** Transmittance of the haze between the clouds and of a cloud. */
  readonly openMean: number;
  readonly cloudMean: number;
}

const shapes: Readonly<Record<SkyRegime, Regime>> = {
  clear: { closing: 0.0005, opening: 0.2, openMean: 0.985, cloudMean: 0.75 },
  fair: { closing: 0.012, opening: 0.08, openMean: 0.97, cloudMean: 0.55 },
  broken: { closing: 0.035, opening: 0.05, openMean: 0.95, cloudMean: 0.45 },
  overcast: { closing: 0.06, opening: 0.012, openMean: 0.8, cloudMean: 0.3 },
};

const firstDayIndex = 18_262; // 2020-01-01
const monsoonMonths = [6, 7, 8, 9];

/** The regime of each day: a Markov chain over days, always walked from the same first day. */
export class SkyRegimes {
  readonly #key: number;
  readonly #chain: number[] = [0];

  constructor(seed: number) {
    this.#key = keyOf(seed, "sky regime");
  }

  of(dayIndex: number): SkyRegime {
    const wanted = Math.max(0, dayIndex - firstDayIndex);
    for (let step = this.#chain.length; step <= wanted; step += 1) {
      const month = new Date((firstDayIndex + step) * dayMs).getUTCMonth() + 1;
      const season = monsoonMonths.includes(month) ? "wet" : "dry";
      const row = transitions[season][this.#chain[step - 1] ?? 0] ?? [];
      this.#chain.push(drawn(row, uniform(this.#key, step)));
    }
    return regimes[this.#chain[wanted] ?? 0] ?? "clear";
  }
}

function drawn(chances: readonly number[], draw: number): number {
  let sum = 0;
  for (const [index, chance] of chances.entries()) {
    sum += chance;
    if (draw < sum) return index;
  }
  return chances.length - 1;
}

/**
 * Share of the clear-sky irradiance that reaches the ground, for each minute of a day. Clouds come and
 * go as a two-state Markov chain; within each state the transmittance is an Ornstein-Uhlenbeck process
 * around the mean of the state. At the edge of a cloud the sum of beam and reflection may exceed 1.
 */
export function transmittanceOfDay(key: number, dayIndex: number, regime: SkyRegime): Float32Array {
  const { closing, opening, openMean, cloudMean } = shapes[regime];
  const dayKey = keyOf(key, `day ${dayIndex}`);
  const day = new Float32Array(minutesPerDay);
  let isCloudy = uniform(dayKey, -1) < closing / (closing + opening);
  let level = isCloudy ? cloudMean : openMean;
  for (let minute = 0; minute < minutesPerDay; minute += 1) {
    if (uniform(dayKey, minute) < (isCloudy ? opening : closing)) isCloudy = !isCloudy;
    const pull = isCloudy ? 0.35 : 0.45;
    const jitter = (isCloudy ? 0.03 : 0.006) * normal(dayKey, minute + minutesPerDay);
    level += pull * ((isCloudy ? cloudMean : openMean) - level) + jitter;
    day[minute] = Math.max(0.08, Math.min(1.06, level));
  }
  return day;
}
