import { describe, expect, it } from "vitest";
import { checkPlan } from "../../../src/domain/dispatch/check-plan.ts";
import type { DispatchPlan, PlanSlot } from "../../../src/domain/dispatch/plan.ts";
import { dispatchProblem } from "../../../src/domain/dispatch/problem.ts";
import { inputOf, storageOf } from "../../support/dispatch.ts";

const hourMs = 3_600_000;

/**
 * Two hours, worked by hand. Load 10 and 10, PV 4 and 0, prices 0.3 and 0.9, selling at 0.1; carbon 0.5
 * kg/kWh at 0.2 CNY/kg; demand 2 CNY/kW above 5 kW; a storage of 0.5 each way and wear 0.05. Hour 1
 * charges 2 (stores 1) and curtails 1: import 10 + 2 − 3 = 9. Hour 2 discharges 3 (draws 6): import 7.
 */
const problem = dispatchProblem(
  inputOf({
    ...{ pvKw: [4, 0], exportPriceCnyPerKwh: [0.1, 0.1], gridKgCo2PerKwh: [0.5, 0.5] },
    ...{ carbonPriceCnyPerKg: 0.2, curtailmentPenaltyCnyPerKwh: 0.4, importLimitKw: 20 },
    ...{ emissionsCapKgCo2: 100, exportLimitKw: 6 },
    demand: { priceCnyPerKw: 2, floorKw: 5 },
    storage: storageOf({
      ...{ chargeEfficiency: 0.5, dischargeEfficiency: 0.5, wearCnyPerKwhDischarged: 0.05 },
      ...{ minKwh: 1, maxKwh: 19, terminalMinKwh: 5 },
    }),
  }),
);

const idle = { chargeKw: 0, dischargeKw: 0, importKw: 0, exportKw: 0, curtailKw: 0, unservedKw: 0 };
const values = { marginalCnyPerKwh: 0.3, storedValueCnyPerKwh: 0.1 };
const first: PlanSlot = {
  ...{ ...idle, ...values, startMs: 0 },
  ...{ chargeKw: 2, storedKwh: 11, importKw: 9, curtailKw: 1 },
};
const second: PlanSlot = {
  ...{ ...idle, ...values, startMs: hourMs },
  ...{ dischargeKw: 3, storedKwh: 5, importKw: 7 },
};
const good: DispatchPlan = {
  status: "optimal",
  // 9 × 0.3 + 7 × 0.9 = 9; (9 − 5) × 2 = 8; 16 × 0.5 × 0.2 = 1.6; 3 × 0.05; 1 × 0.4.
  costs: {
    ...{ energyCny: 9, exportCny: 0, demandCny: 8 },
    ...{ carbonCny: 1.6, wearCny: 0.15, curtailmentCny: 0.4 },
  },
  objectiveCny: 19.15,
  emissionsKgCo2: 8,
  peakKw: 9,
  slots: [first, second],
  breaches: [],
  limitValues: { peakCnyPerKw: 2, emissionsCnyPerKg: 0 },
};

function rulesOf(plan: DispatchPlan, of = problem): readonly string[] {
  return [...new Set(checkPlan(of, plan).map(({ rule }) => rule))];
}

function withFirst(change: Partial<PlanSlot>): DispatchPlan {
  return { ...good, slots: [{ ...first, ...change }, second] };
}

function withSecond(change: Partial<PlanSlot>): DispatchPlan {
  return { ...good, slots: [first, { ...second, ...change }] };
}

describe("the check of a plan", () => {
  it("accepts the plan that was worked by hand", () => {
    expect(checkPlan(problem, good)).toEqual([]);
  });

  it.each<[string, DispatchPlan, string]>([
    ["a missing slot", { ...good, slots: [first] }, "slots"],
    ["a slot at another time", withSecond({ startMs: hourMs + 1 }), "start"],
    ["a figure that is none", withFirst({ marginalCnyPerKwh: Number.NaN }), "figures"],
    ["negative power", withFirst({ exportKw: -1, importKw: 8 }), "sign"],
    ["power from nowhere", withFirst({ importKw: 8.9 }), "balance"],
    ["energy from nowhere", withSecond({ storedKwh: 5.1 }), "energy"],
    ["lossless charging", withFirst({ storedKwh: 12 }), "energy"],
    ["import and export at once", withFirst({ importKw: 10, exportKw: 1 }), "exclusive"],
    ["charge and discharge at once", withFirst({ chargeKw: 3, dischargeKw: 1 }), "exclusive"],
    ["load without power", withFirst({ importKw: 8, unservedKw: 11 }), "limit"],
    ["more curtailed than there is", withFirst({ curtailKw: 5, importKw: 13 }), "limit"],
    ["a wrong part of the costs", { ...good, costs: { ...good.costs, wearCny: 0 } }, "money"],
    ["a wrong sum of the costs", { ...good, objectiveCny: 19.2 }, "money"],
    ["a wrong peak", { ...good, peakKw: 7 }, "peak"],
    ["wrong emissions", { ...good, emissionsKgCo2: 9 }, "emissions"],
    ["a status that hides nothing", { ...good, status: "degraded" }, "status"],
    [
      "a breach of nothing",
      {
        ...good,
        status: "degraded",
        breaches: [{ limit: "importLimitKw", startMs: 0, amount: 1, unit: "kW" }],
      },
      "breach",
    ],
  ])("finds %s", (_what, plan, rule) => {
    expect(rulesOf(plan)).toContain(rule);
  });

  it.each([
    ["charge power", { storage: { ...problem.storage, chargeMaxKw: [1.9, 10] } }, "limit"],
    ["discharge power", { storage: { ...problem.storage, dischargeMaxKw: [10, 2.9] } }, "limit"],
    ["the highest energy", { storage: { ...problem.storage, maxKwh: 10.9 } }, "limit"],
    ["the lowest energy", { storage: { ...problem.storage, minKwh: 5.1 } }, "limit"],
    ["terminal energy", { storage: { ...problem.storage, terminalMinKwh: 5.1 } }, "breach"],
    ["an import limit", { importLimitKw: [20, 6.9] }, "breach"],
    ["an emissions cap", { emissionsCapKgCo2: 7.9 }, "breach"],
  ])("finds that %s is not kept and not named", (_what, change, rule) => {
    expect(rulesOf(good, { ...problem, ...change })).toEqual([rule]);
  });

  it("accepts a named breach and refuses a wrong amount", () => {
    const tight = { ...problem, importLimitKw: [20, 6.5] };
    const named = (amount: number): DispatchPlan => ({
      ...good,
      status: "degraded",
      breaches: [{ limit: "importLimitKw", startMs: hourMs, amount, unit: "kW" }],
    });
    expect(rulesOf(named(0.5), tight)).toEqual([]);
    expect(rulesOf(named(0.4), tight)).toEqual(["breach"]);
  });

  it("finds energy of the storage in the export", () => {
    // Hour 2 discharges 12 into a load of 10 and sells 2, without any PV.
    const selling = withSecond({ dischargeKw: 12, importKw: 0, exportKw: 2, storedKwh: -13 });
    expect(rulesOf(selling)).toContain("source");
    expect(rulesOf(selling, { ...problem, exportFromStorage: true })).not.toContain("source");
  });
});
