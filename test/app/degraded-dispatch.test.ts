import { afterAll, describe, expect, it } from "vitest";
import { checkPlan } from "../../src/domain/dispatch/check-plan.ts";
import {
  dispatchProblem,
  impossibility,
  type ProblemInput,
} from "../../src/domain/dispatch/problem.ts";
import { inputOf, storageOf, testPlanner } from "../support/dispatch.ts";

const planner = testPlanner();
afterAll(() => planner.close());

async function planOf(input: ProblemInput) {
  const { problem, plan } = await planner.plan(input);
  expect(checkPlan(problem, plan)).toEqual([]);
  return plan;
}

const hourMs = 3_600_000;

describe("a plan that cannot keep every limit", () => {
  it("imports beyond the limit what the empty storage cannot give, and says so", async () => {
    const storage = storageOf({ initialKwh: 0, chargeMaxKw: 5 });
    const plan = await planOf(inputOf({ loadKw: [10, 30], importLimitKw: 15, storage }));
    // 5 kWh can be stored in the first hour; the second lacks 30 − 15 − 5 = 10 kW.
    expect(plan.status).toBe("degraded");
    expect(plan.breaches).toEqual([
      { limit: "importLimitKw", startMs: hourMs, amount: expect.closeTo(10, 6), unit: "kW" },
    ]);
    expect(plan.slots[1]?.importKw).toBeCloseTo(25, 6);
    expect(plan.slots.map(({ unservedKw }) => unservedKw)).toEqual([0, 0]);
    // Without penalties: 15 × 0.3 + 25 × 0.9.
    expect(plan.objectiveCny).toBeCloseTo(27, 6);
  });

  it("values a kWh of a breached step in money alone", async () => {
    const storage = storageOf({ initialKwh: 0, chargeMaxKw: 0 });
    const plan = await planOf(inputOf({ loadKw: [10, 30], importLimitKw: 15, storage }));
    expect(plan.slots.map(({ marginalCnyPerKwh }) => marginalCnyPerKwh)).toEqual([
      expect.closeTo(0.3, 6),
      expect.closeTo(0.9, 6),
    ]);
  });

  it("comes as close to the terminal energy as charging allows", async () => {
    const storage = storageOf({ initialKwh: 0, terminalMinKwh: 18, chargeMaxKw: 8 });
    const plan = await planOf(inputOf({ storage }));
    expect(plan.breaches).toEqual([
      { limit: "terminalMinKwh", startMs: hourMs, amount: expect.closeTo(2, 6), unit: "kWh" },
    ]);
    expect(plan.slots[1]?.storedKwh).toBeCloseTo(16, 6);
  });

  it("takes a terminal energy above what the storage holds as a breach", async () => {
    const plan = await planOf(inputOf({ storage: storageOf({ terminalMinKwh: 25 }) }));
    expect(plan.breaches).toMatchObject([{ limit: "terminalMinKwh", unit: "kWh" }]);
    expect(plan.breaches[0]?.amount).toBeCloseTo(5, 6);
  });

  it("emits as little as it can above a cap that is out of reach", async () => {
    // 20 kWh of load, 10 kWh in store: 10 kWh have to be bought, best in the hour of 0.2 kg/kWh.
    const factors = { gridKgCo2PerKwh: [0.2, 0.8], emissionsCapKgCo2: 1 };
    const plan = await planOf(inputOf(factors));
    expect(plan.emissionsKgCo2).toBeCloseTo(2, 6);
    expect(plan.breaches).toEqual([
      { limit: "emissionsCapKgCo2", startMs: 0, amount: expect.closeTo(1, 6), unit: "kgCO2" },
    ]);
  });

  it("adds breaches up as they are listed: kW of a step against kWh at the end", async () => {
    // 4 quarter hours of 20 kW with a limit of 15 and 10 kWh in store that should stay there. Holding
    // the limit takes 5 kWh from the storage: a breach of 5. Holding the energy breaks the limit by 5 kW
    // four times: 20.
    const plan = await planOf(
      inputOf({
        ...{ stepMinutes: 15, loadKw: [20, 20, 20, 20], importLimitKw: 15 },
        importPriceCnyPerKwh: [0.5, 0.5, 0.5, 0.5],
        storage: storageOf({ terminalMinKwh: 10 }),
      }),
    );
    expect(plan.breaches).toMatchObject([{ limit: "terminalMinKwh" }]);
    expect(plan.breaches[0]?.amount).toBeCloseTo(5, 6);
  });

  it("is the cheapest of those with the least breach", async () => {
    // 5 kW too much in either hour and one kWh in store, which is of more use in the dear hour.
    const storage = storageOf({ initialKwh: 1, chargeMaxKw: 0 });
    const plan = await planOf(inputOf({ loadKw: [15, 15], importLimitKw: 10, storage }));
    expect(plan.breaches.reduce((sum, { amount }) => sum + amount, 0)).toBeCloseTo(9, 6);
    expect(plan.slots[1]?.dischargeKw).toBeCloseTo(1, 6);
  });

  it("moves a breach into a cheaper step when the total stays the same", async () => {
    // 15 kW too much in the second hour; each kWh stored in the first breaks the limit there instead.
    const storage = storageOf({ initialKwh: 0 });
    const plan = await planOf(inputOf({ loadKw: [15, 30], importLimitKw: 15, storage }));
    expect(plan.breaches).toMatchObject([
      { startMs: 0, amount: expect.closeTo(10, 6) },
      { startMs: hourMs, amount: expect.closeTo(5, 6) },
    ]);
  });

  it("does not go both ways in a step either", async () => {
    // Selling PV for 0.8 while buying at 0.2 tempts in both hours, and the limit of 5 kW is broken in
    // the first: 30 − 6 − 4 from the storage − 5 = 15 kW.
    const plan = await planOf(
      inputOf({
        ...{ loadKw: [30, 10], pvKw: [6, 6], importLimitKw: 5 },
        ...{ importPriceCnyPerKwh: [0.2, 0.2], exportPriceCnyPerKwh: [0.8, 0.8] },
        storage: storageOf({ initialKwh: 4 }),
      }),
    );
    expect(plan.breaches).toMatchObject([{ startMs: 0, amount: expect.closeTo(15, 6) }]);
    expect(plan.slots.map(({ exportKw }) => exportKw)).toEqual([0, 0]);
  });
});

describe("a storage that starts outside of its limits", () => {
  it("returns in the first step when it can", async () => {
    const storage = storageOf({ minKwh: 4, initialKwh: 1 });
    const { slots, status } = await planOf(inputOf({ storage, importPriceCnyPerKwh: [0.9, 0.3] }));
    expect(status).toBe("optimal");
    expect(slots[0]?.storedKwh).toBeCloseTo(4, 6);
  });

  it.each([
    ["below", storageOf({ minKwh: 15, initialKwh: 1 }), "below minKwh 15"],
    ["above", storageOf({ maxKwh: 5, initialKwh: 18 }), "above maxKwh 5"],
  ])("is impossible when it is too far %s", (_where, storage, reason) => {
    expect(impossibility(dispatchProblem(inputOf({ storage })))?.reason).toContain(reason);
  });

  it("can only give away what the load takes, unless it may export", async () => {
    const storage = storageOf({ maxKwh: 5, initialKwh: 10 });
    const input = inputOf({ loadKw: [4, 4], storage });
    expect(impossibility(dispatchProblem(input))?.reason).toContain("of which 4 kW can be");
    expect(impossibility(dispatchProblem({ ...input, exportFromStorage: true }))).toBeNull();
    const { slots } = await planOf({ ...input, exportFromStorage: true });
    expect(slots[0]?.exportKw).toBeGreaterThanOrEqual(1 - 1e-6);
  });
});
