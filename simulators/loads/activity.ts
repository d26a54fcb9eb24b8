import type { industries } from "../../src/contracts/park-file.ts";
import { keyOf, smoothNoise } from "../random.ts";
import { hourMs } from "../units.ts";
import type { DayType, LocalTime } from "./calendar.ts";

export type Industry = (typeof industries)[number];

/** How busy an industry is at each full hour of a working day, and on other days in proportion. */
interface Schedule {
  readonly hours: readonly number[];
  readonly weekend: number;
  readonly holiday: number;
}

const schedules: Readonly<Record<Industry, Schedule>> = {
  "bottled-water": {
    hours: hours("12 10 10 10 10 12 20 40 70 90 95 95 90 85 92 95 95 92 85 75 65 50 30 18"),
    weekend: 0.85,
    holiday: 0.6,
  },
  brewery: {
    hours: hours("25 22 20 20 22 30 45 60 75 90 95 95 90 88 92 90 85 75 60 50 42 36 30 27"),
    weekend: 0.8,
    holiday: 0.55,
  },
  "tibetan-medicine": {
    hours: hours("8 8 8 8 8 8 8 12 35 78 95 98 78 82 95 96 95 85 50 26 15 10 8 8"),
    weekend: 0.4,
    holiday: 0.15,
  },
  "building-materials": {
    hours: hours("62 60 60 60 60 62 65 72 82 90 95 95 90 88 95 95 92 88 80 75 72 70 66 64"),
    weekend: 0.95,
    holiday: 0.8,
  },
  logistics: {
    hours: hours("30 20 15 15 20 35 50 60 75 85 90 90 80 80 90 95 95 95 90 80 70 60 50 40"),
    weekend: 0.85,
    holiday: 0.45,
  },
  "cold-chain": {
    hours: hours("45 42 40 40 42 48 55 62 70 78 82 85 82 82 88 90 90 86 78 70 62 56 52 48"),
    weekend: 0.95,
    holiday: 0.85,
  },
  food: {
    hours: hours("15 14 14 14 16 24 38 55 72 88 94 95 88 86 92 92 88 75 55 42 32 25 20 17"),
    weekend: 0.75,
    holiday: 0.5,
  },
  computing: {
    hours: hours("86 86 85 85 85 85 86 87 89 91 92 93 93 93 94 94 94 94 93 92 91 90 88 87"),
    weekend: 0.98,
    holiday: 0.96,
  },
  "pv-assembly": {
    hours: hours("60 58 57 57 57 58 62 70 82 92 95 95 88 90 95 95 94 90 82 76 72 68 65 62"),
    weekend: 0.9,
    holiday: 0.55,
  },
  "oxygen-hydrogen": {
    hours: hours("72 70 69 69 69 70 72 76 82 90 95 98 99 99 99 98 95 90 84 80 78 76 74 73"),
    weekend: 0.96,
    holiday: 0.88,
  },
  office: {
    hours: hours("6 6 6 6 6 6 8 12 30 75 95 96 68 62 85 95 95 88 55 28 18 12 8 7"),
    weekend: 0.28,
    holiday: 0.14,
  },
  utility: {
    hours: hours("46 42 40 40 42 48 58 66 74 82 86 88 86 84 86 88 88 86 82 78 72 66 58 50"),
    weekend: 0.92,
    holiday: 0.85,
  },
};

function hours(percents: string): readonly number[] {
  return percents.split(" ").map((percent) => Number(percent) / 100);
}

const dayFactor = ({ weekend, holiday }: Schedule, dayType: DayType): number =>
  dayType === "workday" ? 1 : dayType === "weekend" ? weekend : holiday;

/**
 * How busy an enterprise is, from 0 to about 1: the schedule of its industry for the kind of day, with
 * its own drift over hours and from day to day. Everything it uses follows this one figure, so that
 * its power, gas, water, heat and output belong together.
 */
export function activityAt(
  enterpriseKey: number,
  industry: Industry,
  local: LocalTime,
  tsMs: number,
): number {
  const schedule = schedules[industry];
  const left = Math.floor(local.hourOfDay);
  const from = schedule.hours[left] ?? 0;
  const to = schedule.hours[(left + 1) % schedule.hours.length] ?? 0;
  const planned =
    (from + (to - from) * (local.hourOfDay - left)) * dayFactor(schedule, local.dayType);
  const drift = 1 + 0.07 * smoothNoise(enterpriseKey, tsMs / (3 * hourMs));
  const order = 1 + 0.08 * smoothNoise(enterpriseKey ^ 7, local.dayIndex / 2);
  return Math.max(0, Math.min(1.05, planned * drift * order));
}

/** Key of an enterprise; devices without one belong to the park itself. */
export function enterpriseKey(seed: number, enterpriseId: string | null): number {
  return keyOf(seed, `enterprise ${enterpriseId ?? "park"}`);
}
