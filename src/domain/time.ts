import { Temporal } from "temporal-polyfill";
import { DomainError } from "./errors.ts";

/** A half-open span of UTC time: it contains `startMs` and stops just before `endMs`. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Length of the slot in which energy is settled, planned and reported. */
export const quarterHourMs = 15 * minuteMs;

/** Start of the quarter hour that contains `tsMs`. Quarter hours are aligned in UTC. */
export function quarterStartMs(tsMs: number): number {
  return Math.floor(tsMs / quarterHourMs) * quarterHourMs;
}

/** First quarter-hour boundary at or after `tsMs`. */
export function quarterCeilMs(tsMs: number): number {
  return Math.ceil(tsMs / quarterHourMs) * quarterHourMs;
}

/** Epoch milliseconds of an RFC 3339 text or of epoch milliseconds; null when it is neither. */
export function instantMs(ts: string | number): number | null {
  const parsed = typeof ts === "number" ? ts : Date.parse(ts);
  return Number.isFinite(parsed) ? Math.round(parsed) : null;
}

/** RFC 3339 in UTC, as all answers carry instants. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The park's calendar day that contains the instant, as `2026-11-22`. */
export function localDate(ms: number, timezone: string): string {
  return zoned(ms, timezone).toPlainDate().toString();
}

/** Start of the park's calendar day or month that contains the instant. */
export function localStartMs(ms: number, unit: "day" | "month", timezone: string): number {
  const date = zoned(ms, timezone).toPlainDate();
  const first = unit === "month" ? date.with({ day: 1 }) : date;
  return first.toZonedDateTime(timezone).epochMilliseconds;
}

/** Start of the day or month after the one that contains the instant, in park time. */
export function localNextMs(ms: number, unit: "day" | "month", timezone: string): number {
  const date = zoned(ms, timezone).toPlainDate();
  const next = unit === "month" ? date.with({ day: 1 }).add({ months: 1 }) : date.add({ days: 1 });
  return next.toZonedDateTime(timezone).epochMilliseconds;
}

/** Minutes of a day of 24 hours, as clocks show them. */
export const minutesPerDay = dayMs / minuteMs;
const minutesPerHour = hourMs / minuteMs;

/** Minute of the day of a clock time such as `08:30`; 1440 for `24:00`. */
export function minuteOfClock(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return hour * minutesPerHour + minute;
}

/** Clock time of a minute of the day. */
export function clockOfMinute(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / minutesPerHour))}:${two(minute % minutesPerHour)}`;
}

/** Instant of a minute of a park day's wall clock; minute 1440 is the start of the next day. */
export function localMinuteMs(day: string, minute: number, timezone: string): number {
  const date = Temporal.PlainDate.from(day).add({ days: Math.floor(minute / minutesPerDay) });
  const plainTime = Temporal.PlainTime.from(clockOfMinute(minute % minutesPerDay));
  return date.toZonedDateTime({ timeZone: timezone, plainTime }).epochMilliseconds;
}

/** The interval of a period written as `2026`, `2026-11` or `2026-11-22` in park time. */
export function periodInterval(period: string, timezone: string): Interval {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(period);
  if (match === null) throw invalidPeriod(period);
  const [, year, month, day] = match;
  const length =
    day !== undefined ? { days: 1 } : month !== undefined ? { months: 1 } : { years: 1 };
  try {
    const start = Temporal.PlainDate.from(
      { year: Number(year), month: Number(month ?? 1), day: Number(day ?? 1) },
      { overflow: "reject" },
    );
    return {
      startMs: start.toZonedDateTime(timezone).epochMilliseconds,
      endMs: start.add(length).toZonedDateTime(timezone).epochMilliseconds,
    };
  } catch (cause) {
    throw invalidPeriod(period, cause);
  }
}

function invalidPeriod(period: string, cause?: unknown): DomainError {
  return new DomainError("invalid_period", `${period} is not a year, month or day`, {
    cause,
    remedy: "write 2026, 2026-11 or 2026-11-22",
  });
}

function zoned(ms: number, timezone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);
}
