import { dayMs, hourMs, minuteMs, quarterMs } from "../units.ts";
import { isHoliday } from "./holidays.ts";

export type DayType = "workday" | "weekend" | "holiday";

/** An instant on the park's own clock and calendar. */
export interface LocalTime {
  /** Days of the park's calendar since 1970-01-01. */
  readonly dayIndex: number;
  readonly minuteOfDay: number;
  readonly hourOfDay: number;
  readonly month: number;
  readonly dayOfYear: number;
  readonly dayType: DayType;
}

/** Turns instants into park time. */
export class Calendar {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsetsMs = new Map<number, number>();
  readonly #days = new Map<number, Omit<LocalTime, "minuteOfDay" | "hourOfDay">>();

  constructor(timezone: string) {
    this.#format = new Intl.DateTimeFormat("en", {
      timeZone: timezone,
      timeZoneName: "longOffset",
    });
  }

  at(tsMs: number): LocalTime {
    const localMs = tsMs + this.#offsetMs(tsMs);
    const dayIndex = Math.floor(localMs / dayMs);
    const minuteOfDay = Math.floor((localMs - dayIndex * dayMs) / minuteMs);
    const hourOfDay = (localMs - dayIndex * dayMs) / hourMs;
    return { ...this.#day(dayIndex), minuteOfDay, hourOfDay };
  }

  /** First instant of the park's day that contains the instant. */
  dayStartMs(tsMs: number): number {
    const guessMs = this.at(tsMs).dayIndex * dayMs - this.#offsetMs(tsMs);
    // Across a change of the clocks the offset at midnight is another one.
    return this.at(tsMs).dayIndex * dayMs - this.#offsetMs(guessMs);
  }

  /** Asked twice a day; only on a day with a change of the clocks once for each quarter hour. */
  #offsetMs(tsMs: number): number {
    const day = Math.floor(tsMs / dayMs);
    const atStart = this.#asked(day * dayMs);
    if (atStart === this.#asked((day + 1) * dayMs)) return atStart;
    return this.#asked(Math.floor(tsMs / quarterMs) * quarterMs);
  }

  #asked(tsMs: number): number {
    const known = this.#offsetsMs.get(tsMs);
    if (known !== undefined) return known;
    const text = this.#format.formatToParts(tsMs).find(({ type }) => type === "timeZoneName");
    const [, sign = "+", hours = "0", minutes = "0"] =
      /GMT([+-])(\d\d):(\d\d)/.exec(text?.value ?? "") ?? [];
    const offsetMs =
      (sign === "-" ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * minuteMs);
    this.#offsetsMs.set(tsMs, offsetMs);
    return offsetMs;
  }

  #day(dayIndex: number): Omit<LocalTime, "minuteOfDay" | "hourOfDay"> {
    const known = this.#days.get(dayIndex);
    if (known !== undefined) return known;
    const date = new Date(dayIndex * dayMs);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    const dayOfYear = (dayIndex * dayMs - Date.UTC(year, 0, 1)) / dayMs + 1;
    const isWeekend = [0, 6].includes(date.getUTCDay());
    const dayType = isHoliday(year, month, day) ? "holiday" : isWeekend ? "weekend" : "workday";
    const fresh = { dayIndex, month, dayOfYear, dayType } as const;
    this.#days.set(dayIndex, fresh);
    return fresh;
  }
}
