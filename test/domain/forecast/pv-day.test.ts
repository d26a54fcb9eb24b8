import { describe, expect, it } from "vitest";
import { forecastPvDay } from "../../../src/domain/forecast/pv-day.ts";

const days = (series: readonly (readonly (number | null)[])[]) =>
  series.map((values, index) => ({ date: `2026-09-${10 + index}`, values }));

describe("PV of a day", () => {
  it("is a fifth of the last day and four fifths of the mean", () => {
    // Slot 1: mean of 10, 20, 30, 40, 50 is 30, the last day 50: 0.2 × 50 + 0.8 × 30 = 34.
    const history = days([10, 20, 30, 40, 50].map((kw) => [0, kw, 0]));
    const { method, slots } = forecastPvDay(history, "2026-09-20", 1000);
    expect(method).toBe("recent-days");
    expect(slots[1]?.value).toBeCloseTo(34, 9);
    expect(slots[1]?.quantiles.at(-1)).toBeGreaterThan(34);
  });

  it("is nothing at night", () => {
    const { slots } = forecastPvDay(
      days([
        [0, 0, 0, 9],
        [0, 0, 0, 9],
      ]),
      "2026-09-20",
      1000,
    );
    expect(slots[0]).toEqual({ value: 0, quantiles: [0, 0, 0, 0, 0] });
  });

  it("exceeds neither the nameplate nor what the sun has shown", () => {
    const steady = days([[100], [100], [100], [100], [100]]);
    const { slots } = forecastPvDay(steady, "2026-09-20", 90);
    expect(slots[0]).toEqual({ value: 90, quantiles: [90, 90, 90, 90, 90] });
    // Quantiles move with the value: mean 20, last 100, value 36, the highest 100 + 16 → 105.
    const rising = days([[0], [0], [0], [0], [100]]);
    expect(forecastPvDay(rising, "2026-09-20", 1000).slots[0]?.quantiles.at(-1)).toBe(105);
  });

  it("remembers thirty days", () => {
    const history = days(new Array(40).fill(0).map((_zero, index) => [index < 10 ? 90 : 30]));
    expect(forecastPvDay(history, "2026-11-01", 100).slots[0]).toMatchObject({
      value: expect.closeTo(30, 9),
      quantiles: new Array(5).fill(expect.closeTo(30, 9)),
    });
  });

  it("says when it rests on a few days, or on none", () => {
    expect(forecastPvDay(days([[5], [null]]), "2026-09-20", 9).method).toBe("last-day");
    expect(forecastPvDay(days([[null]]), "2026-09-20", 9)).toMatchObject({
      method: "none",
      slots: [null],
    });
    expect(forecastPvDay([], "2026-09-20", 9)).toMatchObject({ method: "none", slots: [] });
  });
});
