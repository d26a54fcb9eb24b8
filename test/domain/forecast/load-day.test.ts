import { describe, expect, it } from "vitest";
import type { DayValues } from "../../../src/domain/forecast/day-forecast.ts";
import { dayType } from "../../../src/domain/forecast/day-type.ts";
import { forecastLoadDay, similarDays } from "../../../src/domain/forecast/load-day.ts";
import { dayMs } from "../../../src/domain/time.ts";

const calendar = { holidays: new Set(["2026-10-01"]), workdays: new Set(["2026-10-10"]) };
const typeOf = (date: string) => dayType(date, calendar);

/** Days from a Monday on, each with the values that the function says. */
function daysFrom(
  start: string,
  count: number,
  valuesOf: (index: number) => readonly (number | null)[],
): DayValues[] {
  return [...new Array(count).keys()].map((index) => ({
    date: new Date(Date.parse(start) + index * dayMs).toISOString().slice(0, 10),
    values: valuesOf(index),
  }));
}

const monday = "2026-09-07";

describe("the type of a day", () => {
  it.each([
    ["2026-11-20", "workday"],
    ["2026-11-21", "saturday"],
    ["2026-11-22", "sunday"],
    ["2026-10-01", "holiday"],
    ["2026-10-10", "workday"],
  ])("of %s is %s", (date, type) => {
    expect(typeOf(date)).toBe(type);
  });
});

describe("the load of a day", () => {
  it("is the median of its similar days, and weekends do not count for workdays", () => {
    // Two weeks: workdays at 100 except one of 900, weekends at 20.
    const history = daysFrom(monday, 14, (index) =>
      index % 7 >= 5 ? [20, 20, 20] : index === 3 ? [900, 900, 900] : [100, 100, 100],
    );
    const { method, slots, date } = forecastLoadDay(history, "2026-09-21", typeOf);
    expect([date, method]).toEqual(["2026-09-21", "similar-days"]);
    expect(slots.map((slot) => slot?.value)).toEqual([100, 100, 100]);
    // One day out of ten is above: the 90 % quantile begins to feel it.
    expect(slots[1]?.quantiles[3]).toBe(100);
    expect(slots[1]?.quantiles[4]).toBeGreaterThan(100);
  });

  it("takes the neighbouring slots into account, and newer days more than older ones", () => {
    // Three workdays, each with one step from 0 to 30 between slots 1 and 2. Around slot 2 stand
    // 0, 30, 30 in each; a third of the weight is at 0, so that the median is 30 and the lowest 0.
    const flat = daysFrom(monday, 3, () => [0, 0, 30, 30]);
    const [, , third] = forecastLoadDay(flat, "2026-09-10", typeOf).slots;
    expect(third).toMatchObject({ value: 30 });
    expect(third?.quantiles[0]).toBe(0);
    // Values that grow from day to day: the middle of 1, 2, 3 in weight lies above 2.
    const growing = daysFrom(monday, 3, (index) => [index + 1]);
    const value = forecastLoadDay(growing, "2026-09-10", typeOf).slots[0]?.value ?? 0;
    expect(value).toBeGreaterThan(2);
    expect(value).toBeLessThan(2.1);
  });

  it("forgets days beyond the last twenty of its type", () => {
    const history = daysFrom(monday, 42, (index) => [index < 14 ? 500 : 100]);
    const { slots } = forecastLoadDay(history, "2026-10-19", typeOf);
    expect(slots[0]?.quantiles).toEqual([100, 100, 100, 100, 100]);
  });

  it("takes a holiday that is seldom for a Sunday, and says so", () => {
    const history = daysFrom(monday, 21, (index) => [index % 7 === 6 ? 20 : 100]);
    expect(forecastLoadDay(history, "2026-10-01", typeOf)).toMatchObject({
      method: "sundays",
      slots: [{ value: 20 }],
    });
  });

  it("falls back to the last day and then to all days, slot by slot", () => {
    const history = [
      { date: "2026-09-08", values: [10, 11, null] },
      { date: "2026-09-09", values: [30, 31, null] },
      { date: "2026-09-10", values: [50, null, null] },
    ];
    // Slot 0 has three similar days; around slot 1 stand 10, 11, 30, 31 and 50; slot 2 has the
    // neighbours 11 and 31 of two days only, none on the last. In all days they weigh 0.97² and 0.97, so
    // that they stand at 0.2462 and 0.7462: the median is 11 + 20 × 0.2538 / 0.5 = 21.15.
    const { method, slots } = forecastLoadDay(history, "2026-09-11", typeOf);
    expect(method).toBe("all-days");
    expect(slots[2]?.value).toBeCloseTo(21.152, 2);
    const one = forecastLoadDay(history.slice(2), "2026-09-11", typeOf);
    expect(one).toMatchObject({ method: "none", slots: [{ value: 50 }, { value: 50 }, null] });
  });

  it("knows nothing without a history", () => {
    expect(forecastLoadDay([], "2026-09-11", typeOf)).toEqual({
      date: "2026-09-11",
      method: "none",
      slots: [],
    });
  });

  it("offers the days as they really went", () => {
    const history = daysFrom(monday, 14, (index) => [index]);
    expect(similarDays(history, "2026-09-26", typeOf).map(({ values }) => values[0])).toEqual([
      5, 12,
    ]);
  });
});
