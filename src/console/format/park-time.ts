import { language } from "../text/language.ts";
import { dayMs, hourMs, minuteMs, quarterHourMs, secondMs, secondsOfMs } from "./units.ts";

/** Wall-clock parts of an instant in the park's time zone. */
interface ParkTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Splits an instant into the park's wall clock. */
function parkTime(tsMs: number, timezone: string): ParkTime {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(timezone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(tsMs)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

/** Instant at which a wall-clock date begins in the park. */
function instantOf(year: number, month: number, day: number, timezone: string): number {
  const wanted = Date.UTC(year, month - 1, day);
  // The offset is looked up at a first guess and once more where that guess led.
  let tsMs = wanted - offsetMs(wanted, timezone);
  tsMs = wanted - offsetMs(tsMs, timezone);
  return tsMs;
}

function offsetMs(tsMs: number, timezone: string): number {
  const { year, month, day, hour, minute, second } = parkTime(tsMs, timezone);
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(tsMs / secondMs) * secondMs;
}

/** Start of the park day that contains the instant, or of one some days away. */
export function dayStartMs(tsMs: number, timezone: string, dayOffset = 0): number {
  const { year, month, day } = parkTime(tsMs, timezone);
  return instantOf(year, month, day + dayOffset, timezone);
}

export function monthStartMs(tsMs: number, timezone: string): number {
  const { year, month } = parkTime(tsMs, timezone);
  return instantOf(year, month, 1, timezone);
}

export function quarterStartMs(tsMs: number): number {
  return Math.floor(tsMs / quarterHourMs) * quarterHourMs;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:35` */
export function clock(tsMs: number, timezone: string): string {
  const { hour, minute } = parkTime(tsMs, timezone);
  return `${two(hour)}:${two(minute)}`;
}

/** `14:35:20` */
export function clockSeconds(tsMs: number, timezone: string): string {
  return `${clock(tsMs, timezone)}:${two(parkTime(tsMs, timezone).second)}`;
}

/** End of an interval on its day: midnight reads `24:00`. */
export function clockEnd(endMs: number, timezone: string): string {
  const text = clock(endMs, timezone);
  return text === "00:00" ? "24:00" : text;
}

/** `11-06` */
export function monthDay(tsMs: number, timezone: string): string {
  const { month, day } = parkTime(tsMs, timezone);
  return `${two(month)}-${two(day)}`;
}

/** `11-06 14:30` */
export function dayClock(tsMs: number, timezone: string): string {
  return `${monthDay(tsMs, timezone)} ${clock(tsMs, timezone)}`;
}

/** A wall-clock instant as a date field of a form has it: `2026-11-06T14:30:05`, with what is below a second. */
export function fieldTime(tsMs: number, timezone: string): string {
  const { year, month, day, hour, minute, second } = parkTime(tsMs, timezone);
  const belowMs = ((tsMs % secondMs) + secondMs) % secondMs;
  const tail = belowMs === 0 ? "" : `.${String(belowMs).padStart(3, "0")}`;
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${tail}`;
}

/**
 * The instant at which the park's clocks show what a date field holds; null where it holds no date,
 * or one that a change of the clocks leaves out.
 */
export function instantOfField(text: string, timezone: string): number | null {
  const wanted = Date.parse(`${text.trim()}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text.trim()) || Number.isNaN(wanted)) return null;
  let tsMs = wanted - offsetMs(wanted, timezone);
  tsMs = wanted - offsetMs(tsMs, timezone);
  return wanted - tsMs === offsetMs(tsMs, timezone) ? tsMs : null;
}

/** `2026-11-06 14:30`, with seconds where there are any. */
export function dateClock(tsMs: number, timezone: string): string {
  const [date = "", time = ""] = fieldTime(tsMs, timezone).split("T");
  return `${date} ${time.replace(/:00$/, "")}`;
}

/** `2026-11-06 14:30:05`, for when something was recorded: nobody reads what is below a second. */
export function dateClockSeconds(tsMs: number, timezone: string): string {
  const wholeMs = Math.floor(tsMs / secondMs) * secondMs;
  return fieldTime(wholeMs, timezone).replace("T", " ");
}

const weekdays = {
  zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
} as const;

/** `2026-11-06 周五`, in English `Fri 2026-11-06`. */
export function fullDate(tsMs: number, timezone: string): string {
  const { year, month, day } = parkTime(tsMs, timezone);
  const weekday = weekdays[language.value][new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  const date = `${year}-${two(month)}-${two(day)}`;
  return language.value === "zh" ? `${date} ${weekday}` : `${weekday} ${date}`;
}

/** `00:00–14:30`, with the date in front when the interval is longer than a day. */
export function periodText(startMs: number, endMs: number, timezone: string): string {
  if (endMs - startMs <= dayMs) {
    return `${dayClock(startMs, timezone)}–${clockEnd(endMs, timezone)}`;
  }
  return `${dayClock(startMs, timezone)} – ${dayClock(endMs, timezone)}`;
}

/** An age in words: `4 s`, `12 min`, `5 h 25 min`, `4 天` / `4 d`. */
export function ageText(ageMs: number): string {
  const kept = Math.max(0, ageMs);
  if (kept < minuteMs) return `${secondsOfMs(kept)} s`;
  const minutes = Math.floor(kept / minuteMs);
  if (kept < hourMs) return `${minutes} min`;
  const hours = Math.floor(kept / hourMs);
  const rest = minutes % 60;
  if (kept < 2 * dayMs) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${Math.floor(kept / dayMs)} ${language.value === "zh" ? "天" : "d"}`;
}
