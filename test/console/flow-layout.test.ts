import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busOf } from "../../src/console/figures/bus.ts";
import {
  consoleMeasure,
  type Feeder,
  flowLayout,
  lineWidth,
  wallMeasure,
} from "../../src/console/figures/flow-layout.ts";
import { chevronClip, hasChevrons } from "../../src/console/figures/flow-marks.ts";
import { exampleFlow } from "./live-flow.ts";

const metered = new Set(["grid", "direct", "pv", "storage", "load"]);

function layoutOf(groupPowersKw: readonly number[], change = {}, width = 1020) {
  const groups = groupPowersKw.map((powerKw, index) => ({
    ...{ id: `g${index}`, powerKw, devices: 1, silent: 0 },
  }));
  const loadKw = groupPowersKw.reduce((sum, powerKw) => sum + powerKw, 0);
  const flow = exampleFlow({ groups, loadKw, ...change });
  const bus = busOf(flow, { groupOrder: groups.map(({ id }) => id), metered });
  return flowLayout(bus, width, wallMeasure);
}

/** Straight pieces of a feeder: down, across, down; corners count to their runs. */
function pieces({ path }: Feeder) {
  const numbers = (path.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);
  const [x1 = 0, y1 = 0] = numbers;
  const isStraight = !path.includes("Q");
  const y2 = numbers[numbers.length - 1] ?? 0;
  if (isStraight) return [{ x1, y1, x2: x1, y2 }];
  const levelY = Number(/Q-?[\d.]+ (-?[\d.]+)/.exec(path)?.[1]);
  const x2 = Number(/H(-?[\d.]+)Q(-?[\d.]+)/.exec(path)?.[2]);
  return [
    { x1, y1, x2: x1, y2: levelY },
    { x1, y1: levelY, x2, y2: levelY },
    { x1: x2, y1: levelY, x2, y2 },
  ];
}

type Piece = ReturnType<typeof pieces>[number];

/** Whether a vertical and a horizontal piece meet inside of both. */
function cross(a: Piece, b: Piece): boolean {
  const [vertical, across] = a.x1 === a.x2 ? [a, b] : [b, a];
  if (vertical.x1 !== vertical.x2 || across.y1 !== across.y2) return false;
  const [left, right] = [Math.min(across.x1, across.x2), Math.max(across.x1, across.x2)];
  const isBeside = vertical.x1 <= left + 1e-6 || vertical.x1 >= right - 1e-6;
  return !isBeside && across.y1 > vertical.y1 + 1e-6 && across.y1 < vertical.y2 - 1e-6;
}

/** Places where two of the lines cross. */
function crossings(lines: readonly (readonly Piece[])[]): readonly string[] {
  return lines.flatMap((line, index) =>
    lines
      .slice(index + 1)
      .flatMap((other) =>
        line.flatMap((a) =>
          other.filter((b) => cross(a, b)).map((b) => `${JSON.stringify(a)} ${JSON.stringify(b)}`),
        ),
      ),
  );
}

describe("a line", () => {
  it("is 0.27 px wide for a megawatt, never thinner than 2.5 px and never a flood", () => {
    expect(lineWidth(284_000_000)).toBe(32);
    expect(lineWidth(46_000)).toBeCloseTo(12.42, 9);
    expect(lineWidth(1_000)).toBe(2.5);
    expect(lineWidth(-46_000)).toBeCloseTo(12.42, 9);
  });
});

describe("the layout of the flow picture", () => {
  it("lets no feeder cross another", () => {
    const powers = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(powers, (groupPowersKw) => {
        const { feeders } = layoutOf(groupPowersKw);
        const lines = feeders.filter(({ kind }) => kind === "load").map(pieces);
        expect(crossings(lines)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("lets no source cross another, whichever of them is large", () => {
    const power = fc.integer({ min: 100, max: 60_000 });
    fc.assert(
      fc.property(power, power, power, (gridKw, directKw, pvKw) => {
        const { feeders } = layoutOf([10_000, 5_000], { gridKw, directKw, pvKw });
        const lines = feeders
          .filter(({ kind }) => ["grid", "direct", "pv"].includes(kind))
          .map(pieces);
        expect(crossings(lines)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("ends each source's line on the stretch of that source", () => {
    const { feeders, upper } = layoutOf([20_000, 10_000]);
    for (const kind of ["grid", "direct", "pv"] as const) {
      const stretch = upper.find((part) => part.kind === kind);
      const end = feeders.find((feeder) => feeder.kind === kind)?.end.x ?? -1;
      expect(end).toBeGreaterThanOrEqual(stretch?.x ?? 0);
      expect(end).toBeLessThanOrEqual((stretch?.x ?? 0) + (stretch?.width ?? 0));
    }
  });

  it("stays within its canvas at the width of a card", () => {
    const { feeders, busLength, columns } = layoutOf([10_000, 9_000, 8_000], {}, 700);
    expect(busLength).toBeLessThan(700);
    expect(columns.every(({ x }) => x > 0 && x < 700)).toBe(true);
    expect(feeders.every(({ end }) => end.x >= -20 && end.x <= 700)).toBe(true);
    expect(consoleMeasure.arrowY).toBeLessThan(wallMeasure.arrowY);
  });

  it("turns the battery's line around when it discharges", () => {
    const storage = (storageKw: number) =>
      layoutOf([20_000], { storageKw }).feeders.find(({ id }) => id === "storage");
    expect(storage(36_000)?.direction).toBe("right");
    expect(storage(-36_000)?.direction).toBe("left");
    expect(storage(20)?.state).toBe("still");
  });

  it("dashes what is silent and shows no direction on it", () => {
    const { feeders } = layoutOf([20_000], { pvKw: null, withinBand: null });
    const pv = feeders.find(({ kind }) => kind === "pv");
    expect(pv?.state).toBe("missing");
    expect(pv !== undefined && hasChevrons(pv)).toBe(false);
  });

  it("shows chevrons in the last stretch of a wide line only", () => {
    const { feeders } = layoutOf([20_000]);
    const direct = feeders.find(({ kind }) => kind === "direct");
    if (direct === undefined) throw new Error("the direct line has a feeder");
    expect(hasChevrons(direct)).toBe(true);
    const clip = chevronClip(direct);
    expect(clip.y + clip.height).toBe(direct.end.y);
    expect(clip.height).toBeLessThanOrEqual(direct.end.length);
    const grid = feeders.find(({ kind }) => kind === "grid");
    expect(grid !== undefined && hasChevrons(grid)).toBe(false);
  });
});
