import { describe, expect, it } from "vitest";
import { nextChampion } from "../../../src/domain/forecast/champion.ts";
import {
  coverage,
  meanAbsoluteError,
  passRate,
  pinballLoss,
  rootMeanSquareError,
  seasonalNaiveError,
  skill,
} from "../../../src/domain/forecast/scores.ts";

const pairs = [
  { value: 10, actual: 13 },
  { value: 10, actual: 6 },
];

describe("scores", () => {
  it("measure errors", () => {
    // Errors 3 and −4.
    expect(meanAbsoluteError(pairs)).toBe(3.5);
    expect(rootMeanSquareError(pairs)).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(skill(4, 5)).toBeCloseTo(0.2, 12);
  });

  it("compare with the same slot of a season ago, where both are known", () => {
    // 1→4 and 5→7; the gap takes two pairs out.
    expect(seasonalNaiveError([1, 5, null, 4, 7, 9], 3)).toBe(2.5);
    expect(seasonalNaiveError([1, 2], 3)).toBeNaN();
  });

  it("weigh the two sides of a quantile", () => {
    // Level 0.9: 0.9 × 3 below the value, 0.1 × 4 above it.
    expect(pinballLoss(pairs, 0.9)).toBeCloseTo((2.7 + 0.4) / 2, 12);
    expect(pinballLoss(pairs, 0.5)).toBeCloseTo(meanAbsoluteError(pairs) / 2, 12);
  });

  it("count what lies in a band and what passes the grid rule", () => {
    const band = { low: 5, high: 7 };
    expect(coverage([5, 7, 8, 4].map((actual) => ({ ...band, actual })))).toBe(0.5);
    // 25 % of 14 kW are 3.5 kW: the error of 3 passes, that of 4 does not.
    expect(passRate(pairs, 14)).toBe(0.5);
  });

  it("say nothing about nothing", () => {
    expect(meanAbsoluteError([])).toBeNaN();
    expect(coverage([])).toBeNaN();
  });
});

describe("the champion", () => {
  const scored = (method: string, count: number, error: number) =>
    [...new Array(count).keys()].map((day) => ({
      ...{ method, error },
      date: `2026-09-${String(day + 1).padStart(2, "0")}`,
    }));

  it("stays while nobody is clearly better", () => {
    expect(nextChampion("a", [...scored("a", 28, 10), ...scored("b", 28, 9.81)])).toBe("a");
    expect(nextChampion("a", scored("b", 28, 1))).toBe("a");
  });

  it("is replaced by the best of those that won", () => {
    const errors = [...scored("a", 28, 10), ...scored("b", 28, 9.7), ...scored("c", 28, 9.5)];
    expect(nextChampion("a", errors)).toBe("c");
  });

  it("is compared on common days only, and on enough of them", () => {
    expect(nextChampion("a", [...scored("a", 28, 10), ...scored("b", 13, 1)])).toBe("a");
    expect(nextChampion("a", [...scored("a", 28, 10), ...scored("b", 14, 1)])).toBe("b");
  });

  it("does not live on what is past", () => {
    // 30 days: in the first two the challenger was far worse; they are out of the trial.
    const errors = [
      ...scored("a", 30, 10),
      ...scored("b", 30, 9).map((day) =>
        day.date <= "2026-09-02" ? { ...day, error: 1000 } : day,
      ),
    ];
    expect(nextChampion("a", errors)).toBe("b");
  });
});
