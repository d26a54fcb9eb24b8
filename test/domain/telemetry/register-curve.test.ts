import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerCurve } from "../../../src/domain/telemetry/register-curve.ts";
import type { RegisterRules } from "../../../src/domain/telemetry/register-rules.ts";
import type { Point } from "../../../src/domain/telemetry/resolve-conflicts.ts";
import { dayMs, hourMs, minuteMs } from "../../../src/domain/time.ts";

const noonMs = Date.UTC(2026, 10, 22, 4);
const rules: RegisterRules = { multiplier: 1, modulus: null, ratedMaxPerHour: null };
const rated: RegisterRules = { ...rules, ratedMaxPerHour: 100 };
const fiveDigits: RegisterRules = { ...rules, modulus: 100_000 };

/** Values a quarter of an hour apart, or at the stated distance. */
function quarters(values: readonly number[], apartMs = 15 * minuteMs): Point[] {
  return values.map((value, index) => ({ tsMs: noonMs + index * apartMs, value }));
}

/** What the curve rises from its first point to its last. */
function risen(reported: readonly Point[], known: RegisterRules = rules): number {
  const { points } = registerCurve(reported, known);
  return (points.at(-1)?.unwrapped ?? 0) - (points[0]?.unwrapped ?? 0);
}

function leftOut(reported: readonly Point[], known: RegisterRules = rules): number[] {
  return registerCurve(reported, known).glitches.map(({ value }) => value);
}

function breaks(reported: readonly Point[], known: RegisterRules = rules): number {
  return registerCurve(reported, known).points.filter(({ isBreak }) => isBreak).length;
}

describe("a misreading", () => {
  it.each<[name: string, values: number[], misread: number[], rise: number]>([
    ["a single zero", [100, 110, 0, 130, 140], [0], 40],
    ["a zero as the register stands still", [100, 100, 0, 100, 100], [0], 0],
    ["zeros for half an hour", [100, 110, 0, 0, 140, 150], [0, 0], 50],
    ["zeros for an hour", [100, 110, 0, 0, 0, 0, 160], [0, 0, 0, 0], 60],
    ["zeros every other time", [100, 0, 110, 0, 120, 0, 130], [0, 0, 0], 30],
    ["a small step back", [215.7, 215.6, 215.8], [215.6], 0.1],
    ["a single high value", [100, 110, 65_535, 130, 140], [65_535], 40],
    ["a high value as the register stands still", [100, 100, 999, 100, 100], [999], 0],
    ["high values for half an hour", [100, 110, 900, 901, 140, 150], [900, 901], 50],
    ["the same high value again", [100, 9999, 101, 102, 103, 9999, 104], [9999, 9999], 4],
    ["high values every other time", [100, 9999, 101, 9999, 102, 9999, 103], [9999, 9999, 9999], 3],
    ["a zero and a high value after it", [100, 110, 0, 65_535, 140, 150], [0, 65_535], 50],
    ["a high value that came last but one", [100, 110, 9999, 130], [9999], 30],
  ])("is left out: %s", (_name, values, misread, rise) => {
    expect(leftOut(quarters(values)).sort((a, b) => a - b)).toEqual(misread);
    expect(risen(quarters(values))).toBeCloseTo(rise, 9);
    expect(breaks(quarters(values))).toBe(0);
  });

  it("is recognised by a meter that reports once a day, when it is a single one", () => {
    expect(risen(quarters([100, 0, 120, 130], dayMs))).toBe(30);
    expect(risen(quarters([100, 110, 65_535, 120, 130], dayMs))).toBe(30);
  });

  it("is recognised after an outage, when the device starts with a zero", () => {
    // Silent from 00:30 to 06:30, then a zero, then where it stands: 100 -> 148 counts 48.
    const reported = [
      ...quarters([100, 102, 104]),
      { tsMs: noonMs + 6.5 * hourMs, value: 0 },
      { tsMs: noonMs + 6.75 * hourMs, value: 146 },
      { tsMs: noonMs + 7 * hourMs, value: 148 },
    ];
    expect(risen(reported)).toBe(48);
    expect(leftOut(reported)).toEqual([0]);
  });

  it("is what the meter cannot have reached, even without a pace to compare with", () => {
    // Rated 100 kWh an hour with 20 % headroom: at most 30 in a quarter hour.
    expect(leftOut(quarters([100, 131, 125]), rated)).toEqual([131]);
    expect(leftOut(quarters([100, 129, 125]), rated)).toEqual([]);
  });
});

describe("a cleared register", () => {
  it.each<[name: string, values: number[], rise: number]>([
    // Up to the fall 10, nothing in between, 20 after it.
    ["to zero", [100, 110, 0, 10, 20], 30],
    ["to a small value", [100, 110, 5, 15, 25], 30],
    ["with the fall as its last value so far", [100, 110, 5], 10],
    // 20 before and 40 after: that it passes its old value does not make it a misreading.
    ["that passes its old value within the hour", [10, 20, 30, 0, 10, 20, 30, 40], 60],
    ["that began at zero", [0, 10, 20, 0, 10, 20], 40],
    ["twice", [100, 110, 0, 10, 0, 10], 30],
  ])("counts up to the fall and on from the new value: %s", (_name, values, rise) => {
    expect(risen(quarters(values))).toBeCloseTo(rise, 9);
    expect(leftOut(quarters(values))).toEqual([]);
    expect(breaks(quarters(values))).toBeGreaterThan(0);
  });

  it("is not taken for a misreading when it stays low for longer than an hour", () => {
    const values = [100, 110, 0, 0, 0, 0, 0, 0, 120];
    expect(breaks(quarters(values))).toBe(1);
  });

  it("is not taken for a rollover when one turn would be out of proportion", () => {
    // 95 000 -> 0 would be 5 000 in a quarter hour, after 10 in the one before.
    const reported = quarters([94_990, 95_000, 0, 10]);
    expect(risen(reported, fiveDigits)).toBe(20);
    expect(breaks(reported, fiveDigits)).toBe(1);
  });

  it("is not taken for a rollover when the meter cannot have turned that far", () => {
    // 99 000 -> 10 is 1 010, and 100 kWh an hour allow 30.
    const reported = quarters([98_990, 99_000, 10, 20]);
    expect(risen(reported, { ...rated, modulus: 100_000 })).toBe(20);
  });
});

describe("a rollover", () => {
  it("counts on at the modulus", () => {
    // 99 999.9 -> 0.3 of a five-digit register is 0.4.
    const reported = quarters([99_999.5, 99_999.9, 0.3, 0.7]);
    expect(risen(reported, fiveDigits)).toBeCloseTo(1.2, 6);
    expect(breaks(reported, fiveDigits)).toBe(0);
  });

  it("is recognised without a reading before it", () => {
    expect(risen(quarters([99_000, 200]), fiveDigits)).toBe(1200);
  });

  it("is recognised across an outage at the pace before it", () => {
    // 10 a quarter hour; 3 days of silence are 288 quarter hours: 2 880 expected, 2 990 found.
    const reported = [...quarters([98_990, 99_000]), { tsMs: noonMs + 3 * dayMs, value: 1990 }];
    expect(risen(reported, fiveDigits)).toBe(3000);
  });

  it("is told from a dip to zero near the end of the register", () => {
    const reported = quarters([94_990, 95_000, 0, 95_020, 95_030]);
    expect(risen(reported, fiveDigits)).toBe(40);
    expect(leftOut(reported, fiveDigits)).toEqual([0]);
  });

  it("is told from a spike near the end of the register", () => {
    const reported = quarters([3, 5, 99_995, 9, 11]);
    expect(risen(reported, fiveDigits)).toBe(8);
  });

  it("counts with the multiplier against the rating", () => {
    // 0.4 units times 100 are 40 kWh; the rating allows 30 in a quarter hour.
    const reported = quarters([99_999.9, 0.3]);
    const wired = { ...rated, modulus: 100_000, multiplier: 100 };
    expect(breaks(reported, wired)).toBe(1);
    expect(breaks(reported, { ...wired, multiplier: 10 })).toBe(0);
  });
});

describe("two values of one instant", () => {
  const at = (minute: number, value: number): Point => ({
    tsMs: noonMs + minute * minuteMs,
    value,
  });

  it.each<[name: string, values: number[], winner: number]>([
    ["the one that lies between its neighbours", [90, 105], 105],
    ["the lower of two that both do", [112, 105], 105],
    ["the lower of two that neither do", [300, 200], 200],
  ])("leave %s", (_name, values, winner) => {
    const reported = [at(0, 100), ...values.map((value) => at(15, value)), at(30, 115)];
    const { points, conflicts } = registerCurve(reported, rules);
    expect(conflicts).toEqual([noonMs + 15 * minuteMs]);
    expect((points[1]?.unwrapped ?? 0) - (points[0]?.unwrapped ?? 0)).toBe(
      winner === 200 ? 15 : winner - 100,
    );
  });

  it("leave the lower one where there is no reading after them", () => {
    expect(risen([at(0, 100), at(15, 130), at(15, 120)])).toBe(20);
  });

  it("leave the same one whichever came first, also several times in a row", () => {
    // Two devices with one id: the lower of each pair fits everywhere.
    const pairs = [0, 15, 30, 45].flatMap((minute) => [
      at(minute, 100 + minute),
      at(minute, 5000 + minute),
    ]);
    const swapped = pairs.map((_, index) => pairs[index ^ 1] as Point);
    expect(registerCurve(pairs, rules).points).toEqual(registerCurve(swapped, rules).points);
    expect(risen(pairs)).toBe(45);
  });

  it("are no conflict when they are equal", () => {
    expect(registerCurve([at(0, 1), at(15, 2), at(15, 2)], rules).conflicts).toEqual([]);
  });
});

/** A register that rises by 1 to 3 each step, with the instants of some steps chosen to go wrong. */
const course = fc.record({
  start: fc.integer({ min: 10, max: 1_000_000 }),
  rises: fc.array(fc.integer({ min: 10, max: 30 }), { minLength: 10, maxLength: 120 }),
  apartMinutes: fc.constantFrom(1, 5, 15),
});

it("leaves out sparse misreadings of any kind and keeps every other reading", () => {
  const faults = fc.array(fc.constantFrom(0, 65_535_000, 4_294_967_295), { maxLength: 20 });
  fc.assert(
    fc.property(course, faults, ({ start, rises, apartMinutes }, wrong) => {
      let value = start;
      const truth = rises.map((rise, index) => {
        value += rise / 10;
        return { tsMs: noonMs + index * apartMinutes * minuteMs, value };
      });
      // Every fifth reading may be wrong, neither the first two nor the last two.
      const reported = truth.map((point, index) => {
        const fault =
          index % 5 === 3 && index < truth.length - 2 ? wrong[(index - 3) / 5] : undefined;
        return fault === undefined ? point : { tsMs: point.tsMs, value: fault };
      });
      const { points, glitches } = registerCurve(reported, rules);
      const good = reported.filter((point, index) => point === truth[index]);
      expect(points.map(({ tsMs, unwrapped }) => ({ tsMs, value: unwrapped }))).toEqual(good);
      expect(glitches).toHaveLength(truth.length - good.length);
    }),
  );
});

const anything = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 400 }),
    value: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 100_000 })),
  }),
  { maxLength: 60 },
);

it("never falls, keeps or names every reading, and does not depend on order within an instant", () => {
  const known = fc.constantFrom(rules, rated, fiveDigits, { ...rated, modulus: 100_000 });
  fc.assert(
    fc.property(anything, known, (parts, given) => {
      const reported = parts
        .map(({ minute, value }) => ({ tsMs: noonMs + minute * minuteMs, value }))
        .sort((a, b) => a.tsMs - b.tsMs);
      const { points, glitches, conflicts } = registerCurve(reported, given);
      const reversed = [...reported].reverse().sort((a, b) => a.tsMs - b.tsMs);
      expect(registerCurve(reversed, given).points).toEqual(points);
      const instants = new Set(reported.map(({ tsMs }) => tsMs));
      expect(points.length + glitches.length).toBe(instants.size);
      expect(conflicts.every((tsMs) => instants.has(tsMs))).toBe(true);
      for (const [index, point] of points.entries()) {
        const before = points[index - 1];
        if (before === undefined) continue;
        expect(point.tsMs).toBeGreaterThan(before.tsMs);
        expect(point.unwrapped).toBeGreaterThanOrEqual(before.unwrapped);
        if (point.isBreak) expect(point.unwrapped).toBe(before.unwrapped);
      }
    }),
  );
});
