/** What was forecast and what came of it. */
export interface ScoredPair {
  readonly value: number;
  readonly actual: number;
}

export function meanAbsoluteError(pairs: readonly ScoredPair[]): number {
  return mean(pairs.map(({ value, actual }) => Math.abs(actual - value)));
}

export function rootMeanSquareError(pairs: readonly ScoredPair[]): number {
  return Math.sqrt(mean(pairs.map(({ value, actual }) => (actual - value) ** 2)));
}

/**
 * Mean absolute error of taking the value of `season` slots ago, the denominator of MASE: with 672
 * quarter hours, the same slot of last week. NaN when there is no pair.
 */
export function seasonalNaiveError(series: readonly (number | null)[], season: number): number {
  const errors = series.flatMap((value, slot) => {
    const before = series[slot - season];
    return value === null || before === null || before === undefined
      ? []
      : [Math.abs(value - before)];
  });
  return mean(errors);
}

/** Improvement over a reference forecast: 1 − error / reference error; negative: worse. */
export function skill(error: number, referenceError: number): number {
  return 1 - error / referenceError;
}

/**
 * Pinball loss of one quantile: max(τ e, (τ − 1) e) with e = actual − quantile. The mean over equally
 * spaced levels, doubled, is the continuous ranked probability score.
 */
export function pinballLoss(pairs: readonly ScoredPair[], level: number): number {
  return mean(
    pairs.map(({ value, actual }) => {
      const error = actual - value;
      return Math.max(level * error, (level - 1) * error);
    }),
  );
}

/** Share of values inside of a band, ends included. */
export function coverage(
  bands: readonly { readonly low: number; readonly high: number; readonly actual: number }[],
): number {
  return mean(bands.map(({ low, high, actual }) => (actual >= low && actual <= high ? 1 : 0)));
}

/** Largest error that counts as a pass in the grid rules, as a share of nameplate. */
const passErrorFraction = 0.25;

/**
 * Share of points (合格率) whose error is at most 25 % of nameplate, as grid rules for wind and PV in
 * China count it. The rule texts were not read; the figure is reported as customary.
 */
export function passRate(pairs: readonly ScoredPair[], nameplateKw: number): number {
  return mean(
    pairs.map(({ value, actual }) =>
      Math.abs(actual - value) <= passErrorFraction * nameplateKw ? 1 : 0,
    ),
  );
}

/** NaN of nothing: an average of no errors is not zero error. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
