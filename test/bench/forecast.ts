import {
  calibrated,
  calibrationOf,
  type PastForecast,
} from "../../src/domain/forecast/calibration.ts";
import type { DayForecast, DayValues } from "../../src/domain/forecast/day-forecast.ts";
import { dayType } from "../../src/domain/forecast/day-type.ts";
import { forecastLoadDay } from "../../src/domain/forecast/load-day.ts";
import { forecastPvDay } from "../../src/domain/forecast/pv-day.ts";
import {
  coverage,
  meanAbsoluteError,
  passRate,
  rootMeanSquareError,
  type ScoredPair,
  seasonalNaiveError,
  skill,
} from "../../src/domain/forecast/scores.ts";
import type { Bench, Figure } from "./bench.ts";
import {
  dateOf,
  pvFile,
  pvNameplateKw,
  pvPowerKw,
  slotsOfDay,
  steelFile,
  steelLoadKw,
} from "./series.ts";

/** First day that is forecast; everything before it is what is known then. */
const loadFirstDay = 120;
const pvFirstDay = 181;
/** Days that a calibration remembers, and days that pass before bands are judged. */
const memoryDays = 56;
const settlingDays = 28;
const week = 7 * slotsOfDay;

export const forecastBench: Bench = {
  name: "forecast",
  describe:
    "a day ahead, issued at midnight: a steel plant's load and a PV station without weather",
  needs: [],
  needsFiles: [steelFile, pvFile],
  run: async ({ dataDir }) => [...loadFigures(dataDir), ...pvFigures(dataDir)],
};

function loadFigures(dataDir: string): readonly Figure[] {
  const days = named(2018, steelLoadKw(dataDir));
  const calendar = { holidays: new Set<string>(), workdays: new Set<string>() };
  const typeOf = (date: string) => dayType(date, calendar);
  const forecasts = rolling(days, loadFirstDay, (history, date) =>
    forecastLoadDay(history, date, typeOf),
  );
  const every = () => true;
  const error = meanAbsoluteError(pairsOf(forecasts, every));
  const naive = seasonalNaiveError(valuesOf(days.slice(0, loadFirstDay)), week);
  const weekly = meanAbsoluteError(
    forecasts.flatMap(({ actual }, index) => {
      const before = days[loadFirstDay + index - 7];
      return actual.values.map((value, slot) => ({
        value: before?.values[slot] ?? Number.NaN,
        actual: value ?? Number.NaN,
      }));
    }),
  );
  return [
    { name: "load, MASE against the weekly naive", value: error / naive, unit: "", atMost: 0.49 },
    {
      name: "load, below the weekly naive",
      value: 100 * skill(error, weekly),
      unit: "%",
      atLeast: 15,
    },
    ...coverageFigures("load", forecasts, every),
  ];
}

function pvFigures(dataDir: string): readonly Figure[] {
  const days = named(2019, pvPowerKw(dataDir));
  const forecasts = rolling(days, pvFirstDay, (history, date) =>
    forecastPvDay(history, date, pvNameplateKw),
  );
  // Daylight: the 30 days before have seen more than 1 % of nameplate in this slot.
  const isDaylight = (index: number, slot: number): boolean =>
    days
      .slice(pvFirstDay + index - 30, pvFirstDay + index)
      .some(({ values }) => (values[slot] ?? 0) > 0.01 * pvNameplateKw);
  const pairs = pairsOf(forecasts, isDaylight);
  const lastDay = forecasts.flatMap(({ actual }, index) =>
    actual.values.flatMap((value, slot) =>
      isDaylight(index, slot)
        ? [{ value: days[pvFirstDay + index - 1]?.values[slot] ?? 0, actual: value ?? 0 }]
        : [],
    ),
  );
  const error = rootMeanSquareError(pairs);
  return [
    {
      name: "PV, root mean square error",
      value: (100 * error) / pvNameplateKw,
      unit: "% of nameplate",
      atMost: 15.8,
    },
    {
      name: "PV, below the last day",
      value: 100 * skill(error, rootMeanSquareError(lastDay)),
      unit: "%",
      atLeast: 20,
    },
    { name: "PV, pass rate", value: 100 * passRate(pairs, pvNameplateKw), unit: "%" },
    ...coverageFigures("PV", forecasts, isDaylight),
  ];
}

type IsCounted = (index: number, slot: number) => boolean;

/** How often values lie in the 10–90 % band, as it comes and calibrated on the days before. */
function coverageFigures(
  name: string,
  forecasts: readonly PastForecast[],
  isCounted: IsCounted,
): readonly Figure[] {
  const later = forecasts.slice(settlingDays);
  const shifted: IsCounted = (index, slot) => isCounted(index + settlingDays, slot);
  const moved = later.map(({ forecast, actual }, index) => {
    const today = index + settlingDays;
    const past = forecasts.slice(Math.max(0, today - memoryDays), today);
    return { forecast: calibrated(forecast, calibrationOf(past), 0), actual };
  });
  const share = (of: readonly PastForecast[]): number => 100 * coverage(bandsOf(of, shifted));
  return [
    { name: `${name}, inside of 10–90 %, raw`, value: share(later), unit: "%" },
    { name: `${name}, inside of 10–90 %, calibrated`, value: share(moved), unit: "%" },
  ];
}

function bandsOf(forecasts: readonly PastForecast[], isCounted: IsCounted) {
  return forecasts.flatMap(({ forecast, actual }, index) =>
    forecast.slots.flatMap((slot, at) =>
      slot === null || !isCounted(index, at)
        ? []
        : [
            {
              low: slot.quantiles[0] ?? Number.NaN,
              high: slot.quantiles.at(-1) ?? Number.NaN,
              actual: actual.values[at] ?? Number.NaN,
            },
          ],
    ),
  );
}

function pairsOf(forecasts: readonly PastForecast[], isCounted: IsCounted): ScoredPair[] {
  return forecasts.flatMap(({ forecast, actual }, index) =>
    forecast.slots.flatMap((slot, at) =>
      slot === null || !isCounted(index, at)
        ? []
        : [{ value: slot.value, actual: actual.values[at] ?? Number.NaN }],
    ),
  );
}

/** Each day from `firstDay` on, forecast from the days before it. */
function rolling(
  days: readonly DayValues[],
  firstDay: number,
  forecast: (history: readonly DayValues[], date: string) => DayForecast,
): readonly PastForecast[] {
  return days.slice(firstDay).map((actual, index) => ({
    forecast: forecast(days.slice(0, firstDay + index), actual.date),
    actual,
  }));
}

function named(year: number, days: readonly (readonly number[])[]): DayValues[] {
  return days.map((values, day) => ({ date: dateOf(year, day), values }));
}

function valuesOf(days: readonly DayValues[]): (number | null)[] {
  return days.flatMap(({ values }) => [...values]);
}
