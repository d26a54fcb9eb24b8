import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeSlots, type SlotRules } from "../../../src/domain/telemetry/close-slots.ts";
import type { Point } from "../../../src/domain/telemetry/resolve-conflicts.ts";
import { hourMs, minuteMs, quarterHourMs } from "../../../src/domain/time.ts";

const noonMs = Date.UTC(2026, 10, 22, 4);
const rules: SlotRules = {
  ...{ modulus: null, ratedMaxPerHour: null, intervalMs: null, changes: [], invalid: [] },
  multipliers: [{ fromMs: Number.NEGATIVE_INFINITY, multiplier: 1 }],
};
const all = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };

/** Points at minutes after noon. */
function points(...pairs: (readonly [minute: number, value: number])[]): Point[] {
  return pairs.map(([minute, value]) => ({ tsMs: noonMs + minute * minuteMs, value }));
}

describe("closeSlots", () => {
  it("takes latched readings as they are and applies the multiplier", () => {
    // 100 -> 102.5 -> 103 at the boundaries, times 40: 100 and 20 kWh.
    const slots = closeSlots(points([0, 100], [15, 102.5], [30, 103]), all, {
      ...rules,
      multipliers: [{ fromMs: Number.NEGATIVE_INFINITY, multiplier: 40 }],
    });
    expect(slots).toEqual([
      { startMs: noonMs, amount: 100, grade: "A", coverage: 1, estimatedFraction: 0 },
      {
        startMs: noonMs + quarterHourMs,
        amount: 20,
        grade: "A",
        coverage: 1,
        estimatedFraction: 0,
      },
    ]);
  });

  it("interpolates a boundary between its neighbours", () => {
    // From minute 10 (100) to 20 (110) the boundary at 15 stands at 105, from 25 (112) to 35 (122)
    // the one at 30 at 117: the slot 15-30 holds 12.
    const slots = closeSlots(points([10, 100], [20, 110], [25, 112], [35, 122]), all, rules);
    expect(slots).toHaveLength(1);
    expect(slots[0]).toMatchObject({ amount: 12, grade: "A", coverage: 1 });
  });

  it("answers nothing before the first and after the last reading", () => {
    expect(closeSlots(points([1, 5], [29, 9]), all, rules)).toEqual([]);
    expect(closeSlots([], all, rules)).toEqual([]);
  });

  it("spreads a gap evenly, keeps its sum and says how much of each slot is estimated", () => {
    // Readings at 0, 10 and 55 minutes, then 60: the gap 10-55 holds 45 kWh, 1 a minute. Slot 0-15
    // has 10 measured minutes with 10 kWh and 5 of gap with 5 kWh, slot 45-60 ten of gap.
    const slots = closeSlots(points([0, 0], [10, 10], [55, 55], [60, 60]), all, rules);
    expect(slots.map(({ amount }) => amount)).toEqual([15, 15, 15, 15]);
    expect(slots.map(({ grade }) => grade)).toEqual(["E1", "E1", "E1", "E1"]);
    expect(slots[0]?.coverage).toBeCloseTo(10 / 15, 12);
    expect(slots[0]?.estimatedFraction).toBeCloseTo(5 / 15, 12);
    expect(slots[1]).toMatchObject({ coverage: 0, estimatedFraction: 1 });
  });

  it.each([
    [60, "E1"],
    [75, "E2"],
    [7 * 24 * 60, "E2"],
    [7 * 24 * 60 + 15, "E3"],
  ] as const)("grades a gap of %i minutes as %s", (minutes, grade) => {
    const slots = closeSlots(points([0, 0], [minutes, 10]), all, rules);
    expect(new Set(slots.map((slot) => slot.grade))).toEqual(new Set([grade]));
  });

  it("grants a slow meter two of its own intervals", () => {
    const hourly = points([0, 0], [60, 60], [120, 120]);
    const slow = closeSlots(hourly, all, { ...rules, intervalMs: hourMs });
    expect(new Set(slow.map(({ grade }) => grade))).toEqual(new Set(["A"]));
  });

  it("counts across a rollover of the register", () => {
    // 999 990 -> 20 of a six-digit register is 30.
    const slots = closeSlots(points([0, 999_990], [15, 20]), all, { ...rules, modulus: 1e6 });
    expect(slots[0]).toMatchObject({ amount: 30, grade: "A" });
  });

  it("leaves out a dip that is over within the hour", () => {
    const slots = closeSlots(points([0, 100], [10, 0], [15, 115]), all, rules);
    expect(slots[0]?.amount).toBe(15);
  });

  it("leaves out a spike that the meter cannot have reached", () => {
    const rated = { ...rules, ratedMaxPerHour: 100 };
    const slots = closeSlots(points([0, 100], [10, 9000], [15, 115]), all, rated);
    expect(slots[0]?.amount).toBe(15);
  });

  it("counts up to a cleared register and on from its new value, marked E3", () => {
    // 100 -> 110 (10), cleared, 3 -> 8 (5): 15 in the slot, the step in between counts nothing.
    const slots = closeSlots(points([0, 100], [5, 110], [10, 3], [15, 8]), all, rules);
    expect(slots[0]).toMatchObject({ amount: 15, grade: "E3" });
  });

  it("lets the neighbours decide between two values of one instant, then the lower value", () => {
    const fits = points([0, 100], [5, 90], [5, 105], [15, 115]);
    expect(closeSlots(fits, all, rules)[0]?.amount).toBe(15);
    const atEnd = points([0, 100], [15, 130], [15, 120]);
    expect(closeSlots(atEnd, all, rules)[0]?.amount).toBe(20);
  });
});

const steps = fc.array(
  fc.record({ minutes: fc.integer({ min: 1, max: 300 }), units: fc.integer({ min: 0, max: 50 }) }),
  { minLength: 2, maxLength: 60 },
);

function walk(parts: readonly { minutes: number; units: number }[]): Point[] {
  let tsMs = noonMs;
  let value = 1000;
  return [
    { tsMs, value },
    ...parts.map(({ minutes, units }) => {
      tsMs += minutes * minuteMs;
      value += units;
      return { tsMs, value };
    }),
  ];
}

function registerAt(reported: readonly Point[], tsMs: number): number {
  const index = reported.findIndex((point) => point.tsMs >= tsMs);
  const to = reported[index];
  const from = reported[index - 1];
  if (to === undefined) throw new Error("outside the readings");
  if (to.tsMs === tsMs || from === undefined) return to.value;
  return from.value + ((to.value - from.value) * (tsMs - from.tsMs)) / (to.tsMs - from.tsMs);
}

it("adds up to the register difference however the readings lie", () => {
  fc.assert(
    fc.property(steps, (parts) => {
      const reported = walk(parts);
      const slots = closeSlots(reported, all, rules);
      const first = slots[0];
      const last = slots.at(-1);
      fc.pre(first !== undefined && last !== undefined);
      const sum = slots.reduce((total, slot) => total + slot.amount, 0);
      const difference =
        registerAt(reported, last.startMs + quarterHourMs) - registerAt(reported, first.startMs);
      expect(sum).toBeCloseTo(difference, 6);
      for (const slot of slots) {
        expect(slot.amount).toBeGreaterThanOrEqual(0);
        expect(slot.coverage).toBeGreaterThanOrEqual(0);
        expect(slot.estimatedFraction).toBeLessThanOrEqual(1);
      }
    }),
  );
});

it("gives every slot the same figure whichever window it is asked for in", () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 40 }), (parts, skip) => {
      const reported = walk(parts);
      const whole = closeSlots(reported, all, rules);
      const start = whole[skip];
      fc.pre(start !== undefined);
      const window = { startMs: start.startMs, endMs: start.startMs + 4 * quarterHourMs };
      expect(closeSlots(reported, window, rules)).toEqual(whole.slice(skip, skip + 4));
    }),
  );
});
