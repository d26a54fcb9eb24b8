import {
  type DayForecast,
  type DayValues,
  quantileLevels,
  type SlotForecast,
} from "./day-forecast.ts";
import { type Weighted, weightedQuantiles } from "./weighted-quantile.ts";

/** A forecast and what came of it. */
export interface PastForecast {
  readonly forecast: DayForecast;
  readonly actual: DayValues;
}

/** Where each quantile has to be moved to, in widths of the forecast's own 10–90 % band. */
export type Calibration = readonly number[];

/** Slots that a calibration needs; below it quantiles stay as they are. */
const slotsMin = 96;

/**
 * Conformal calibration of the quantiles: each level is moved so that, over the past forecasts, as many
 * values lay below it as its level says. The move is counted in widths of the forecast's own band, so
 * that a slot without spread (PV at night) keeps none.
 *
 * Holds on average as long as tomorrow errs like the past; eight weeks are a good memory.
 */
export function calibrationOf(past: readonly PastForecast[]): Calibration {
  const residuals: Weighted[][] = quantileLevels.map(() => []);
  for (const { forecast, actual } of past) {
    for (const [slot, predicted] of forecast.slots.entries()) {
      const value = actual.values[slot];
      const width = predicted === null ? 0 : widthOf(predicted);
      if (predicted === null || width === 0 || value === null || value === undefined) continue;
      for (const [level, sample] of residuals.entries()) {
        const residual = (value - (predicted.quantiles[level] ?? Number.NaN)) / width;
        sample.push({ value: residual, weight: 1 });
      }
    }
  }
  return quantileLevels.map((level, index) => {
    const sample = residuals[index] ?? [];
    return sample.length < slotsMin ? 0 : (weightedQuantiles(sample, [level])[0] ?? 0);
  });
}

/** The forecast with its quantiles moved, in ascending order and not below `min`. The value stays. */
export function calibrated(
  forecast: DayForecast,
  calibration: Calibration,
  min: number,
): DayForecast {
  const slots = forecast.slots.map((slot): SlotForecast | null => {
    if (slot === null) return null;
    const width = widthOf(slot);
    const moved = slot.quantiles.map((quantile, level) =>
      Math.max(min, quantile + width * (calibration[level] ?? 0)),
    );
    return { value: slot.value, quantiles: moved.sort((a, b) => a - b) };
  });
  return { ...forecast, slots };
}

function widthOf({ quantiles }: SlotForecast): number {
  return (quantiles.at(-1) ?? 0) - (quantiles[0] ?? 0);
}
