/** What one local day was like, slot by slot; null where nothing good is known. */
export interface DayValues {
  readonly date: string;
  readonly values: readonly (number | null)[];
}

/** Levels of the quantiles of every forecast, ascending; the third is the median. */
export const quantileLevels = [0.1, 0.25, 0.5, 0.75, 0.9] as const;

/** One slot: the value that the method stands for, and a quantile for each of `quantileLevels`. */
export interface SlotForecast {
  readonly value: number;
  readonly quantiles: readonly number[];
}

/**
 * What a forecast rests on, best first. A method is named after the weakest thing that was needed for
 * any of its slots, so that a reader sees when it is not what it should be.
 */
export const forecastMethods = [
  "similar-days",
  "sundays",
  "recent-days",
  "last-day",
  "all-days",
  "none",
] as const;
export type ForecastMethod = (typeof forecastMethods)[number];

export interface DayForecast {
  readonly date: string;
  readonly method: ForecastMethod;
  /** null: nothing is known that a value could rest on. */
  readonly slots: readonly (SlotForecast | null)[];
}

/** The weaker of two methods. */
export function weaker(a: ForecastMethod, b: ForecastMethod): ForecastMethod {
  return forecastMethods.indexOf(a) > forecastMethods.indexOf(b) ? a : b;
}
