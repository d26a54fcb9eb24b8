import { dayMs, type Interval, localNextMs, localStartMs } from "../time.ts";

/** Days that are remembered; a calendar is asked for the same few again and again. */
const daysMax = 5000;

/** The days of a park's calendar; remembered, because a time zone is slow to ask. */
export class ParkDays {
  readonly timezone: string;
  /** By the UTC day of an instant; up to two park days begin in one. */
  readonly #known = new Map<number, Interval[]>();

  constructor(timezone: string) {
    this.timezone = timezone;
  }

  /** The park day that contains the instant. */
  of(tsMs: number): Interval {
    const key = Math.floor(tsMs / dayMs);
    const near = this.#known.get(key) ?? [];
    const found = near.find(({ startMs, endMs }) => tsMs >= startMs && tsMs < endMs);
    if (found !== undefined) return found;
    const day = {
      startMs: localStartMs(tsMs, "day", this.timezone),
      endMs: localNextMs(tsMs, "day", this.timezone),
    };
    if (this.#known.size >= daysMax) this.#known.clear();
    this.#known.set(key, [...near, day]);
    return day;
  }

  /** The park days that have an instant in the interval, ascending. */
  within({ startMs, endMs }: Interval): Interval[] {
    const days: Interval[] = [];
    for (let atMs = startMs; atMs < endMs; atMs = (days.at(-1) as Interval).endMs) {
      days.push(this.of(atMs));
    }
    return days;
  }
}
