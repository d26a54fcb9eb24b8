/** A pair of the same slot: what was forecast and what came; the scale makes slots comparable. */
export interface ForecastPair {
  readonly value: number;
  readonly actual: number | null;
  /** What is usual in this slot: 1 for loads, the clear-sky envelope for PV. 0: not comparable. */
  readonly scale: number;
}

/**
 * How much of an error is still there `lag` slots later, for each lag from 1 on: the slope of the later
 * error on the earlier one, through the origin, between 0 and 1.
 *
 *     share(lag) = Σ e(t) e(t + lag) / Σ e(t)²,   e = (actual − value) / scale
 *
 * 0 where nothing is known. Pairs are slots in order, without holes in time.
 */
export function carriedShares(pairs: readonly ForecastPair[], lagsMax: number): readonly number[] {
  const errors = pairs.map(relativeError);
  return [...new Array(lagsMax).keys()].map((index) => {
    const lag = index + 1;
    let product = 0;
    let square = 0;
    for (let slot = 0; slot + lag < errors.length; slot += 1) {
      const [now, later] = [errors[slot], errors[slot + lag]];
      if (now === null || now === undefined || later === null || later === undefined) continue;
      product += now * later;
      square += now * now;
    }
    return square === 0 ? 0 : Math.min(1, Math.max(0, product / square));
  });
}

/**
 * The rest of a day's forecast, corrected by the error of the newest slot:
 *
 *     corrected(t + lag) = value(t + lag) + share(lag) × e(t) × scale(t + lag)
 *
 * Beyond the known lags, and where the newest slot has no error to go by, the forecast stays. On a PV
 * station this was better than persistence of the clear-sky index at one and at four hours, because it
 * falls back to the day-ahead value by itself.
 */
export function carriedOn(
  newest: ForecastPair,
  ahead: readonly Pick<ForecastPair, "value" | "scale">[],
  shares: readonly number[],
): readonly number[] {
  const error = relativeError(newest);
  return ahead.map(({ value, scale }, index) =>
    error === null ? value : Math.max(0, value + (shares[index] ?? 0) * error * scale),
  );
}

function relativeError({ value, actual, scale }: ForecastPair): number | null {
  return actual === null || scale === 0 ? null : (actual - value) / scale;
}
