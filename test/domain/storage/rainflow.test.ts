import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countOn,
  cycleHistogram,
  equivalentFullCycles,
  freshRainflow,
  openHalfCycles,
  type RainflowCycle,
  rainflowCycles,
} from "../../../src/domain/storage/rainflow.ts";

// The series of ASTM E1049-85, figure 6, and others whose cycles are published with the tests of the
// Python package `rainflow` (MIT).
const astm = [-2, 1, -3, 5, -1, 3, -4, 4, -2];
const long = [
  -1.5, 1, -3, 10, -1, 3, -8, 4, -2, 6, -1, -4, -8, 2, 1, -5, 0, 2.5, -4, 1, 0, 2, -0.5,
];

function countsByRange(cycles: readonly RainflowCycle[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { range, count } of cycles) counts[range] = (counts[range] ?? 0) + count;
  return counts;
}

const rows = (cycles: readonly RainflowCycle[]) =>
  cycles.map(({ range, mean, count, startIndex, endIndex }) =>
    [range, mean, count, startIndex, endIndex].join(" "),
  );

function binned(cycles: readonly RainflowCycle[], binSize: number): readonly (readonly number[])[] {
  return cycleHistogram(cycles, binSize)
    .filter(({ count }) => count > 0)
    .map(({ rangeMax, count }) => [Number(rangeMax.toFixed(9)), count]);
}

describe("rainflow", () => {
  it("counts the cycles of the standard, with their means and places", () => {
    expect(rows(rainflowCycles(astm))).toEqual([
      "3 -0.5 0.5 0 1",
      "4 -1 0.5 1 2",
      "4 1 1 4 5",
      "8 1 0.5 2 3",
      "9 0.5 0.5 3 6",
      "8 0 0.5 6 7",
      "6 1 0.5 7 8",
    ]);
  });

  it.each([
    [astm, { 3: 0.5, 4: 1.5, 6: 0.5, 8: 1, 9: 0.5 }],
    [long, { 1: 1, 2.5: 1, 4: 1.5, 6: 1.5, 6.5: 0.5, 7: 1, 10.5: 0.5, 13: 0.5, 14: 1, 18: 0.5 }],
    // SOC in percent.
    [[50, 90, 40, 60, 35, 80, 50], { 20: 1, 30: 0.5, 40: 0.5, 45: 0.5, 55: 0.5 }],
    [[10, 95, 10, 60, 10], { 85: 1, 50: 1 }],
  ])("of %j counts by range", (series, counts) => {
    expect(countsByRange(rainflowCycles(series))).toEqual(counts);
  });

  it("sorts ranges into bins that include their upper end", () => {
    const cycles = rainflowCycles(astm);
    expect(binned(cycles, 3)).toEqual([
      [3, 0.5],
      [6, 2],
      [9, 1.5],
    ]);
    expect(binned(cycles, 1.8)).toEqual([
      [3.6, 0.5],
      [5.4, 1.5],
      [7.2, 0.5],
      [9, 1.5],
    ]);
    const waves = [...new Array(1001).keys()].map(
      (i) => 0.8 * Math.sin(0.01 * Math.PI * i) + 0.2 * Math.sin(0.032 * Math.PI * i),
    );
    expect(binned(rainflowCycles(waves), 0.2)).toEqual([
      [0.2, 4],
      [0.8, 1],
      [1.8, 2],
      [2, 2.5],
    ]);
  });

  it("finds nothing in what does not move", () => {
    expect(rainflowCycles([])).toEqual([]);
    expect(rainflowCycles([1])).toEqual([]);
    expect(rainflowCycles([1, 1, 1])).toEqual([]);
  });

  it("closes a cycle that comes back to where it began", () => {
    expect(rows(rainflowCycles([0, 10, 2, 8, 2]))).toEqual([
      "6 5 1 2 3",
      "10 5 0.5 0 1",
      "8 6 0.5 1 4",
    ]);
  });

  it("takes a single swing for half a cycle", () => {
    expect(rows(rainflowCycles([1, 2, 3]))).toEqual(["2 2 0.5 0 2"]);
    expect(rows(rainflowCycles([1, 2]))).toEqual(["1 1.5 0.5 0 1"]);
  });
});

describe("any course", () => {
  const course = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 60 });

  it("has cycles that add up to half of its way", () => {
    fc.assert(
      fc.property(course, (values) => {
        const sum = rainflowCycles(values).reduce(
          (all, { range, count }) => all + range * count,
          0,
        );
        expect(sum).toBe(equivalentFullCycles(values));
      }),
    );
  });

  it("has the same cycles however it is cut, and counting what is open changes nothing", () => {
    fc.assert(
      fc.property(course, fc.array(fc.nat(60), { maxLength: 5 }), (values, cuts) => {
        let state = freshRainflow;
        const cycles: RainflowCycle[] = [];
        const ends = [...cuts, values.length].map((cut) => Math.min(cut, values.length));
        let from = 0;
        for (const to of ends.sort((a, b) => a - b)) {
          const step = countOn(state, values.slice(from, to));
          cycles.push(...step.cycles);
          openHalfCycles(step.state);
          state = step.state;
          from = to;
        }
        expect([...cycles, ...openHalfCycles(state)]).toEqual(rainflowCycles(values));
      }),
    );
  });

  it("is not changed by samples that repeat", () => {
    fc.assert(
      fc.property(course, (values) => {
        const twice = values.flatMap((value) => [value, value]);
        expect(countsByRange(rainflowCycles(twice))).toEqual(countsByRange(rainflowCycles(values)));
      }),
    );
  });
});

it("equivalent full cycles are half of the way", () => {
  expect(equivalentFullCycles([0.5, 0.9, 0.4, 0.6, 0.35, 0.8, 0.5])).toBeCloseTo(1.05, 12);
  expect(equivalentFullCycles([0.1, 0.95, 0.1, 0.6, 0.1])).toBeCloseTo(1.35, 12);
  expect(equivalentFullCycles([])).toBe(0);
});
