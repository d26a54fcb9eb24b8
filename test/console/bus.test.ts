import { describe, expect, it } from "vitest";
import { busOf, placed } from "../../src/console/figures/bus.ts";
import { exampleFlow } from "./live-flow.ts";

const metered = new Set(["grid", "direct", "pv", "storage", "load"]);
const options = { groupOrder: ["compute", "water"], metered };
const kindsOf = (parts: readonly { readonly kind: string }[]) => parts.map(({ kind }) => kind);

describe("the bus", () => {
  it("has two bars of equal length with the difference in the shorter one", () => {
    const bus = busOf(exampleFlow(), options);
    expect(kindsOf(bus.upper)).toEqual(["grid", "direct", "pv"]);
    expect(kindsOf(bus.lower)).toEqual(["load", "load", "rest", "chg"]);
    // 5,600 + 46,000 + 30,300 above; 30,000 + 14,900 + 800 + 36,200 below.
    const sum = (parts: typeof bus.upper) =>
      parts.reduce((kw, { powerKw }) => kw + (powerKw ?? 0), 0);
    expect(sum(bus.upper)).toBe(81_900);
    expect(sum(bus.lower)).toBe(81_900);
    expect(bus.lengthKw).toBe(81_900);
    expect(bus.upper[1]?.shareFraction).toBeCloseTo(46_000 / 81_900, 12);
    expect(bus.verdict).toEqual({ kind: "inside" });
  });

  it("puts the difference above when more is used than comes in", () => {
    const bus = busOf(exampleFlow({ pvKw: 29_000, unallocatedKw: -500 }), options);
    expect(kindsOf(bus.upper)).toEqual(["grid", "direct", "pv", "rest"]);
    expect(bus.upper[3]?.powerKw).toBe(500);
    expect(kindsOf(bus.lower)).toEqual(["load", "load", "chg"]);
  });

  it("says by how much the allowance and the band are exceeded", () => {
    const over = busOf(exampleFlow({ unallocatedKw: 2_638, withinBand: false }), options);
    expect(over.verdict).toEqual({ kind: "outside", excessKw: 2_638 - 1_638 - 400 });
    const under = busOf(exampleFlow({ unallocatedKw: -1_000, withinBand: false }), options);
    expect(under.verdict).toEqual({ kind: "outside", excessKw: 600 });
  });

  it("moves the battery above when it discharges and the grid below when it takes", () => {
    const bus = busOf(exampleFlow({ storageKw: -10_000, gridKw: -5_000 }), options);
    expect(kindsOf(bus.upper)).toEqual(["direct", "pv", "dis"]);
    expect(kindsOf(bus.lower).slice(0, 3)).toEqual(["export", "load", "load"]);
    expect(bus.upper[2]?.powerKw).toBe(10_000);
    expect(bus.lower[0]?.powerKw).toBe(5_000);
  });

  it("leaves a silent source open and judges nothing", () => {
    const flow = exampleFlow({
      ...{ pvKw: null, supplyKw: null, unallocatedKw: null, unallocatedBandKw: null },
      withinBand: null,
    });
    const bus = busOf(flow, options);
    expect(bus.upper[2]).toMatchObject({ kind: "pv", powerKw: null, shareFraction: null });
    expect(kindsOf(bus.lower)).not.toContain("rest");
    expect(bus.upper.every(({ shareFraction }) => shareFraction === null)).toBe(true);
    expect(bus.verdict).toEqual({ kind: "unknown", missing: ["pv"] });
  });

  it("has no place for a source that the park has no meter of", () => {
    const flow = exampleFlow({ directKw: null });
    const bus = busOf(flow, { ...options, metered: new Set(["grid", "pv", "storage", "load"]) });
    expect(kindsOf(bus.upper)).not.toContain("direct");
    // What then seems to come in too little is shown as the rest above.
    expect(kindsOf(bus.upper)).toEqual(["grid", "pv", "rest"]);
  });

  it("shows loads outside of the groups, and an open rest when some of the load is silent", () => {
    const others = busOf(exampleFlow({ loadKw: 46_000 }), options);
    expect(others.lower.find(({ kind }) => kind === "other")?.powerKw).toBeCloseTo(1_100, 9);
    const silent = busOf(exampleFlow({ loadKw: null, withinBand: null }), options);
    expect(silent.lower.find(({ kind }) => kind === "rest")?.powerKw).toBeNull();
    expect(silent.verdict).toEqual({ kind: "unknown", missing: ["load"] });
  });

  it("keeps the order of the groups that it is given and adds new ones at the end", () => {
    const bus = busOf(exampleFlow(), { ...options, groupOrder: ["water"] });
    expect(bus.lower.slice(0, 2).map(({ id }) => id)).toEqual(["water", "compute"]);
  });
});

describe("parts on a bar", () => {
  it("lie side by side in proportion to their power", () => {
    const bus = busOf(exampleFlow(), options);
    const parts = placed(bus.upper, bus.lengthKw, { length: 819, openWidth: 80, gap: 2 });
    // 1 px for 100 kW: 56, 460 and 303 px, each 2 px shorter by its gap.
    expect(parts.map(({ x }) => Math.round(x))).toEqual([0, 56, 516]);
    expect(parts.map(({ width }) => Math.round(width))).toEqual([54, 458, 301]);
  });

  it("make room for one that is not known", () => {
    const bus = busOf(exampleFlow({ pvKw: null, withinBand: null }), options);
    const parts = placed(bus.upper, bus.lengthKw, { length: 800, openWidth: 80, gap: 0 });
    expect(parts[2]?.width).toBe(80);
    expect((parts[2]?.x ?? 0) + 80).toBeLessThanOrEqual(800);
  });

  it("stay on the bar when nothing is known, and leave half of it to the one that is", () => {
    const nothing = exampleFlow({
      ...{ gridKw: null, directKw: null, pvKw: null, storageKw: null, loadKw: null },
      groups: exampleFlow().groups.map((group) => ({ ...group, powerKw: null })),
    });
    const open = busOf(nothing, options);
    const parts = placed(open.lower, open.lengthKw, { length: 200, openWidth: 84, gap: 2 });
    expect(parts).toHaveLength(4);
    const end = Math.max(...parts.map(({ x, width }) => x + width));
    expect(end).toBeCloseTo(198, 6);
    const oneKnown = busOf({ ...nothing, storageKw: 5_000 }, options);
    const place = { length: 200, openWidth: 84, gap: 0 };
    const charge = placed(oneKnown.lower, oneKnown.lengthKw, place).find(
      ({ kind }) => kind === "chg",
    );
    expect(charge?.width).toBeCloseTo(100, 6);
  });
});
