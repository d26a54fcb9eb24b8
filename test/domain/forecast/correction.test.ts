import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calibrated, calibrationOf } from "../../../src/domain/forecast/calibration.ts";
import { carriedOn, carriedShares } from "../../../src/domain/forecast/carry-on.ts";
import type { DayForecast } from "../../../src/domain/forecast/day-forecast.ts";
import { weightedQuantiles } from "../../../src/domain/forecast/weighted-quantile.ts";

const equal = (values: readonly number[]) => values.map((value) => ({ value, weight: 1 }));

describe("weighted quantiles", () => {
  it("stand at the middle of their weight, with lines between", () => {
    expect(weightedQuantiles(equal([3, 1, 2]), [0.5])).toEqual([2]);
    expect(weightedQuantiles(equal([1, 2]), [0.5])).toEqual([1.5]);
    // Four values stand at 0.125, 0.375, 0.625 and 0.875.
    expect(weightedQuantiles(equal([10, 20, 30, 40]), [0, 0.25, 0.875, 1])).toEqual([
      10, 15, 40, 40,
    ]);
    // Weight 3 on 1 and weight 1 on 5: places 0.375 and 0.875, the median a quarter of the way.
    const heavy = [
      { value: 5, weight: 1 },
      { value: 1, weight: 3 },
    ];
    expect(weightedQuantiles(heavy, [0.5])).toEqual([2]);
  });

  it("are ordered and inside of the sample", () => {
    const sample = fc.array(
      fc.record({
        value: fc.integer({ min: -99, max: 99 }),
        weight: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(sample, (entries) => {
        const found = weightedQuantiles(entries, [0.1, 0.5, 0.9]);
        const values = entries.map(({ value }) => value);
        expect([...found].sort((a, b) => a - b)).toEqual(found);
        expect(found[0]).toBeGreaterThanOrEqual(Math.min(...values));
        expect(found[2]).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });
});

describe("calibration", () => {
  /** 100 slots that all promise 10 … 20 around 15, and a night slot without any spread. */
  const promised: DayForecast = {
    date: "2026-09-10",
    method: "similar-days",
    slots: [
      ...new Array(100).fill({ value: 15, quantiles: [10, 12, 15, 18, 20] }),
      { value: 0, quantiles: [0, 0, 0, 0, 0] },
      null,
    ],
  };

  it("moves each quantile to where its share of the past lay", () => {
    // The values were 1 … 100, evenly: the 10 % level should have stood at 10.5, the 90 % one at 90.5.
    const actual = { date: "2026-09-10", values: [...new Array(100).keys()].map((i) => i + 1) };
    const calibration = calibrationOf([{ forecast: promised, actual }]);
    const { slots } = calibrated(promised, calibration, 0);
    expect(slots[0]?.quantiles).toEqual(
      [10.5, 25.5, 50.5, 75.5, 90.5].map((value) => expect.closeTo(value, 9)),
    );
    expect(slots[0]?.value).toBe(15);
    expect(slots[100]?.quantiles).toEqual([0, 0, 0, 0, 0]);
    expect(slots[101]).toBeNull();
  });

  it("moves nothing without a day's worth of experience", () => {
    const actual = { date: "2026-09-10", values: [1, 2, 3] };
    expect(calibrationOf([{ forecast: promised, actual }])).toEqual([0, 0, 0, 0, 0]);
    expect(calibrationOf([])).toEqual([0, 0, 0, 0, 0]);
  });

  it("keeps quantiles in order and above the least possible value", () => {
    const { slots } = calibrated(promised, [-2, 0.9, 0, 0, 0], 0);
    // 10 − 20 is below 0; 12 + 9 is above the others.
    expect(slots[0]?.quantiles).toEqual([0, 15, 18, 20, 21]);
  });
});

describe("carrying an error on", () => {
  it("learns how much of an error is left later", () => {
    // Errors 8, 4, 2, 1: half of it after one slot, a quarter after two.
    const pairs = [8, 4, 2, 1].map((error) => ({ value: 100, actual: 100 + error, scale: 1 }));
    const [one, two, ...rest] = carriedShares(pairs, 5);
    expect(one).toBeCloseTo(0.5, 9);
    expect(two).toBeCloseTo(0.25, 9);
    expect(rest).toEqual([expect.closeTo(0.125, 9), 0, 0]);
  });

  it("takes errors that change sign for noise, and gaps for nothing", () => {
    const swinging = [5, -5, 5, -5].map((error) => ({ value: 10, actual: 10 + error, scale: 1 }));
    expect(carriedShares(swinging, 1)).toEqual([0]);
    const gap = [8, null, 2].map((error) => ({
      value: 0,
      actual: error,
      scale: 1,
    }));
    expect(carriedShares(gap, 2)).toEqual([0, 0.25]);
  });

  it("corrects what is ahead in the scale of each slot and never below zero", () => {
    // 20 below a clear sky of 100: a fifth of the scale of each coming slot, halved and quartered.
    const ahead = [
      { value: 70, scale: 80 },
      { value: 1, scale: 40 },
      { value: 5, scale: 0 },
      { value: 6, scale: 100 },
    ];
    const newest = { value: 90, actual: 70, scale: 100 };
    expect(carriedOn(newest, ahead, [0.5, 0.25, 0.25])).toEqual([62, 0, 5, 6]);
    expect(carriedOn({ ...newest, actual: null }, ahead, [0.5])).toEqual([70, 1, 5, 6]);
  });
});
