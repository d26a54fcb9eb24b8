/**
 * A fresh momentary value of a device in the unit of the metric, as the device reports it; null when
 * the device is silent, does not report it, or marked it as bad.
 */
export type FreshValue = (meterId: string, metric: string) => number | null;

/** What is known of this moment. */
export interface Moment {
  readonly value: FreshValue;
  /** How fast a cumulative register has risen between its last two readings, per hour. */
  readonly ratePerH: FreshValue;
  /** How far a power has moved between its last two readings, always positive. */
  readonly stepKw: FreshValue;
  readonly isStale: (meterId: string) => boolean;
}
