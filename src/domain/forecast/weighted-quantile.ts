/** A value and how much it counts. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * Quantiles of a weighted sample, by linear interpolation between the midpoints of the weights: with
 * equal weights the value of rank i out of n stands at level (i − 0.5) / n. Levels outside of the
 * sample get its ends. The median of 1, 2, 3 is 2, that of 1, 2 is 1.5.
 *
 * @param sample at least one entry, weights above 0.
 */
export function weightedQuantiles(
  sample: readonly Weighted[],
  levels: readonly number[],
): readonly number[] {
  const sorted = [...sample].sort((a, b) => a.value - b.value);
  const totalWeight = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  const places = sorted.map(({ weight }) => {
    passed += weight;
    return (passed - weight / 2) / totalWeight;
  });
  return levels.map((level) => {
    const above = places.findIndex((place) => place >= level);
    if (above < 0) return sorted.at(-1)?.value ?? Number.NaN;
    const upper = sorted[above]?.value ?? Number.NaN;
    if (above === 0) return upper;
    const lower = sorted[above - 1]?.value ?? Number.NaN;
    const [from = 0, to = 0] = [places[above - 1], places[above]];
    return lower + ((upper - lower) * (level - from)) / (to - from);
  });
}
