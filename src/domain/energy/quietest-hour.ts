import { hourMs, type Interval, quarterHourMs } from "../time.ts";

/** Volume of one quarter hour. */
export interface QuarterVolume {
  readonly startMs: number;
  readonly amount: number;
}

const quartersPerHour = hourMs / quarterHourMs;

/** Hours of the night in which a park draws least: from one to five in park time. */
export const nightHours = { fromHour: 1, toHour: 5 } as const;

/**
 * The four consecutive quarter hours with the smallest volume; of equals the first. Null when no hour
 * of them is complete.
 *
 * @param quarters ascending, each at most once.
 */
export function quietestHour(quarters: readonly QuarterVolume[]): Interval | null {
  let best: { readonly startMs: number; readonly amount: number } | null = null;
  for (let at = 0; at + quartersPerHour <= quarters.length; at += 1) {
    const hour = quarters.slice(at, at + quartersPerHour);
    const startMs = hour[0]?.startMs ?? 0;
    if ((hour.at(-1)?.startMs ?? 0) - startMs !== hourMs - quarterHourMs) continue;
    const amount = hour.reduce((sum, one) => sum + one.amount, 0);
    if (best === null || amount < best.amount) best = { startMs, amount };
  }
  return best === null ? null : { startMs: best.startMs, endMs: best.startMs + hourMs };
}
