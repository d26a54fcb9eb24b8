import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  carrierGraph,
  electricGraph,
  type FlowGraph,
  type GroupUse,
} from "../../../src/domain/energy/flow-graph.ts";
import { type SupplyQuarter, supplyFlows } from "../../../src/domain/energy/supply-flows.ts";

function quarter(more: Partial<SupplyQuarter>): SupplyQuarter {
  return {
    ...{ importKwh: 0, exportKwh: 0, pvKwh: 0, directKwh: 0, chargeKwh: 0, dischargeKwh: 0 },
    ...more,
  };
}

function use(amount: number, more: Partial<GroupUse> = {}): GroupUse {
  return { groupId: "halls", enterpriseId: "acme", itAmount: null, amount, ...more };
}

const linksOf = ({ links }: FlowGraph): Record<string, number> =>
  Object.fromEntries(links.map(({ from, to, amount }) => [`${from}>${to}`, amount]));

/** What comes into a node and what goes out of it. */
function through({ links }: FlowGraph, id: string): readonly [into: number, outOf: number] {
  const sum = (isWanted: (link: FlowGraph["links"][number]) => boolean): number =>
    links.filter(isWanted).reduce((total, { amount }) => total + amount, 0);
  return [sum(({ to }) => to === id), sum(({ from }) => from === id)];
}

describe("where energy came from and went", () => {
  it("is attributed in each quarter hour by itself", () => {
    // Noon: 70 from the roof and 30 from the line, 60 charged, 40 used. Night: 20 from the grid and 50
    // discharged, 70 used. Over both together the grid would seem to have charged.
    const flows = supplyFlows([
      quarter({ pvKwh: 70, directKwh: 30, chargeKwh: 60 }),
      quarter({ importKwh: 20, dischargeKwh: 50 }),
    ]);
    const uses = [use(40), use(65, { groupId: "compute", enterpriseId: "dc", itAmount: 50 })];
    expect(linksOf(electricGraph(flows, uses))).toEqual({
      ...{ "grid>bus": 20, "pv>bus": 28, "direct>bus": 12, "storage>bus": 50 },
      ...{ "pv>storage": 42, "direct>storage": 18, "storage>storage-balance": 10 },
      ...{ "bus>group:halls": 40, "bus>group:compute": 65, "bus>unmetered": 5 },
      ...{ "group:halls>enterprise:acme": 40, "group:compute>enterprise:dc": 65 },
      ...{ "enterprise:dc>compute:dc": 50, "enterprise:dc>overhead:dc": 15 },
    });
  });

  it("names what was metered beyond the supply, and what the storage gave from before", () => {
    const flows = supplyFlows([quarter({ dischargeKwh: 50 })]);
    expect(linksOf(electricGraph(flows, [use(53)]))).toMatchObject({
      ...{ "storage-balance>storage": 50, "storage>bus": 50, "excess-metered>bus": 3 },
    });
  });

  it("of another carrier leads from the mains to the enterprises", () => {
    const graph = carrierGraph(100, [use(60), use(30, { enterpriseId: null })]);
    expect(linksOf(graph)).toEqual({
      ...{ "main>bus": 100, "bus>enterprise:acme": 60, "bus>enterprise:": 30, "bus>unmetered": 10 },
    });
    expect(graph.nodes).toContainEqual({
      id: "enterprise:",
      type: "enterprise",
      refId: null,
      amount: 30,
    });
  });

  it("is conserved in every node between source and use, whatever the meters say", () => {
    const kwh = fc.double({ min: 0, max: 1e5, noNaN: true });
    const quarters = fc.array(
      fc.record({
        importKwh: kwh,
        exportKwh: kwh,
        pvKwh: kwh,
        directKwh: kwh,
        chargeKwh: kwh,
        dischargeKwh: kwh,
      }),
      { minLength: 1, maxLength: 20 },
    );
    const uses = fc.array(
      fc.record({
        groupId: fc.constantFrom("a", "b", null),
        enterpriseId: fc.constantFrom("x", "y", null),
        amount: kwh,
        itAmount: fc.constant(null),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(quarters, uses, (supply, used) => {
        const graph = electricGraph(supplyFlows(supply), used);
        const between = ["bus", "storage", "group:a", "group:b", "group:"];
        // Links of less than a billionth of the largest one are not drawn.
        const most = Math.max(1, ...graph.links.map(({ amount }) => amount));
        for (const id of between) {
          const [into, outOf] = through(graph, id);
          expect(Math.abs(into - outOf)).toBeLessThanOrEqual(2e-8 * most);
        }
        expect(graph.links.every(({ amount }) => amount > 0)).toBe(true);
        // What each source gave is what its meters saw.
        const sum = (field: keyof SupplyQuarter) =>
          supply.reduce((total, one) => total + one[field], 0);
        expect(through(graph, "grid")[1]).toBeCloseTo(sum("importKwh"), 3);
        expect(through(graph, "pv")[1]).toBeCloseTo(sum("pvKwh"), 3);
        expect(through(graph, "direct")[1]).toBeCloseTo(sum("directKwh"), 3);
      }),
    );
  });
});
