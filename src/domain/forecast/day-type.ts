/** How a day is worked. Holidays of China and of Tibet move, so they come in as dates and are not computed. */
export type DayType = "workday" | "saturday" | "sunday" | "holiday";

/** Days that are not what their place in the week says. */
export interface DayCalendar {
  /** Public holidays, such as National Day or the Tibetan New Year, as `2026-10-01`. */
  readonly holidays: ReadonlySet<string>;
  /** Days of a weekend that are worked in exchange for a holiday (调休). */
  readonly workdays: ReadonlySet<string>;
}

/** The type of a calendar date such as `2026-11-22`. A date that is in both lists is worked. */
export function dayType(date: string, { holidays, workdays }: DayCalendar): DayType {
  if (workdays.has(date)) return "workday";
  if (holidays.has(date)) return "holiday";
  // The weekday of a date is the same everywhere, so that UTC may stand for the park's time zone.
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  if (weekday === 0) return "sunday";
  return weekday === 6 ? "saturday" : "workday";
}
