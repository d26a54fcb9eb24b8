import { afterAll, describe, expect, it } from "vitest";
import { checkPlan } from "../../src/domain/dispatch/check-plan.ts";
import type { ProblemInput } from "../../src/domain/dispatch/problem.ts";
import { inputOf, storageOf, testPlanner } from "../support/dispatch.ts";

const planner = testPlanner();
afterAll(() => planner.close());

async function planOf(input: ProblemInput) {
  const { problem, plan } = await planner.plan(input);
  expect(checkPlan(problem, plan)).toEqual([]);
  return plan;
}

describe("arbitrage between two hours", () => {
  // 10 MW / 20 MWh, 0.9 each way, empty. One MWh bought at 300 yields 0.81 MWh worth 900: it pays.
  // Charging at full power stores 9 MWh, of which 8.1 come back: cost 20 × 300 + 1.9 × 900 = 7710.
  const arbitrage = inputOf({
    loadKw: [10_000, 10_000],
    storage: storageOf({
      ...{ capacityKwh: 20_000, maxKwh: 20_000, initialKwh: 0 },
      ...{ chargeMaxKw: 10_000, dischargeMaxKw: 10_000 },
      ...{ chargeEfficiency: 0.9, dischargeEfficiency: 0.9 },
    }),
  });

  it("charges in the cheap hour and discharges in the dear one", async () => {
    const { objectiveCny, slots, status } = await planOf(arbitrage);
    expect(status).toBe("optimal");
    expect(objectiveCny).toBeCloseTo(7710, 6);
    expect(slots[0]?.chargeKw).toBeCloseTo(10_000, 6);
    expect(slots[0]?.storedKwh).toBeCloseTo(9000, 6);
    expect(slots[1]?.dischargeKw).toBeCloseTo(8100, 6);
    expect(slots.map(({ importKw }) => Math.round(importKw))).toEqual([20_000, 1900]);
  });

  it("values one more kWh of load at the price of each hour", async () => {
    const { slots } = await planOf(arbitrage);
    expect(slots[0]?.marginalCnyPerKwh).toBeCloseTo(0.3, 9);
    expect(slots[1]?.marginalCnyPerKwh).toBeCloseTo(0.9, 9);
    // A kWh in the storage replaces 0.9 kWh of the dear hour.
    expect(slots[0]?.storedValueCnyPerKwh).toBeCloseTo(0.81, 9);
  });

  it("leaves the storage alone when wear costs more than the prices differ", async () => {
    // A discharged kWh costs 0.3 / 0.81 = 0.3704 to buy and replaces 0.9: it may wear 0.5296.
    const storage = { ...arbitrage.storage, wearCnyPerKwhDischarged: 0.529 };
    const pays = await planOf({ ...arbitrage, storage });
    expect(pays.slots[1]?.dischargeKw).toBeCloseTo(8100, 6);
    const wearing = { ...arbitrage.storage, wearCnyPerKwhDischarged: 0.53 };
    const idle = await planOf({ ...arbitrage, storage: wearing });
    expect(idle.slots[1]?.dischargeKw).toBe(0);
    expect(idle.objectiveCny).toBeCloseTo(12_000, 6);
  });
});

describe("the price of one more kWh of load", () => {
  const storage = storageOf({
    ...{ capacityKwh: 1000, maxKwh: 1000, initialKwh: 1000 },
    ...{ chargeMaxKw: 0, dischargeMaxKw: 0 },
  });

  it("is what it would have been sold for while everything that is left is exported", async () => {
    // 3 MW of PV, 1 MW of load and a storage at rest: 2 MW are sold at 0.2.
    const { slots } = await planOf(
      inputOf({
        ...{ loadKw: [1000], pvKw: [3000], exportPriceCnyPerKwh: [0.2] },
        ...{ importPriceCnyPerKwh: [0.6], storage },
      }),
    );
    expect(slots[0]?.exportKw).toBeCloseTo(2000, 6);
    expect(slots[0]?.marginalCnyPerKwh).toBeCloseTo(0.2, 9);
  });

  it("is a negative price while as much is imported as can be used", async () => {
    // PV is left out and the storage rests, so that all of the load is bought at −0.3.
    const { slots } = await planOf(
      inputOf({ loadKw: [1000], pvKw: [3000], importPriceCnyPerKwh: [-0.3], storage }),
    );
    expect(slots[0]?.importKw).toBeCloseTo(1000, 6);
    expect(slots[0]?.marginalCnyPerKwh).toBeCloseTo(-0.3, 9);
  });
});

describe("a demand charge", () => {
  // Four quarter hours of 20, 20, 40, 20 MW hold 25 MWh; flat that is 25 MW, and a lossless storage
  // reaches it. Energy 25 MWh × 500 = 12 500, demand 25 MW × 38 000 = 950 000.
  const peak = inputOf({
    stepMinutes: 15,
    loadKw: [20_000, 20_000, 40_000, 20_000],
    importPriceCnyPerKwh: [0.5, 0.5, 0.5, 0.5],
    demand: { priceCnyPerKw: 38 },
    storage: storageOf({
      ...{ capacityKwh: 8000, maxKwh: 8000, initialKwh: 5000, terminalMinKwh: 5000 },
      ...{ chargeMaxKw: 63_000, dischargeMaxKw: 63_000 },
    }),
  });

  it("is paid for a flat import", async () => {
    const { objectiveCny, costs, slots, peakKw, limitValues } = await planOf(peak);
    expect(objectiveCny).toBeCloseTo(962_500, 4);
    expect(costs.energyCny).toBeCloseTo(12_500, 6);
    expect(costs.demandCny).toBeCloseTo(950_000, 4);
    expect(peakKw).toBeCloseTo(25_000, 6);
    expect(slots.map(({ storedKwh }) => Math.round(storedKwh))).toEqual([6250, 7500, 3750, 5000]);
    expect(limitValues.peakCnyPerKw).toBeCloseTo(38, 9);
  });

  it("counts only what rises above the billed peak or the floor", async () => {
    // 24 MW are free: 1 MW × 38 000 remains, and the flat import is still the cheapest.
    const billed = { priceCnyPerKw: 38, peakSoFarKw: 24_000, floorKw: 22_000 };
    const { costs } = await planOf({ ...peak, demand: billed });
    expect(costs.demandCny).toBeCloseTo(38_000, 4);
    // 45 MW are free: nothing has to be shaved.
    const free = { priceCnyPerKw: 38, peakSoFarKw: 0, floorKw: 45_000 };
    expect((await planOf({ ...peak, demand: free })).objectiveCny).toBeCloseTo(12_500, 6);
  });
});

describe("a negative price", () => {
  // Burning energy by charging and discharging at once would earn 1190; a storage cannot do that. Full
  // as it is, the most it can do without is nothing: import covers the load, 10 MWh × −100 = −1000.
  const negative = inputOf({
    loadKw: [10_000],
    importPriceCnyPerKwh: [-0.1],
    importLimitKw: 30_000,
    storage: storageOf({
      ...{ capacityKwh: 10_000, maxKwh: 10_000, initialKwh: 10_000 },
      ...{ chargeMaxKw: 10_000, dischargeMaxKw: 10_000 },
      ...{ chargeEfficiency: 0.9, dischargeEfficiency: 0.9 },
    }),
  });

  it.each([0, 0.09])("does not make a storage burn energy, with wear %s", async (wear) => {
    const storage = { ...negative.storage, wearCnyPerKwhDischarged: wear };
    const { objectiveCny, slots } = await planOf({ ...negative, storage });
    expect(objectiveCny).toBeCloseTo(-1000, 6);
    expect(slots[0]).toMatchObject({ chargeKw: 0, dischargeKw: 0, storedKwh: 10_000 });
  });

  it("makes room for more import where curtailment is free", async () => {
    // 4 MW of PV are switched off, because each kWh of import earns 0.1.
    const { objectiveCny, slots } = await planOf({ ...negative, pvKw: [4000] });
    expect(objectiveCny).toBeCloseTo(-1000, 6);
    expect(slots[0]?.curtailKw).toBeCloseTo(4000, 6);
  });
});

describe("an export price above the import price", () => {
  // 10 kW of load and 6 kW of PV, 0.5 to buy, 0.8 to sell. Selling all PV while buying all load would
  // cost 0.2; one meter cannot do that. PV covers load and 4 kWh are bought: 2.0.
  it("does not sell and buy in one step", async () => {
    const input = inputOf({
      ...{ loadKw: [10], pvKw: [6], importPriceCnyPerKwh: [0.5], exportPriceCnyPerKwh: [0.8] },
      storage: storageOf({ chargeMaxKw: 0, dischargeMaxKw: 0 }),
    });
    const { objectiveCny, slots } = await planOf(input);
    expect(objectiveCny).toBeCloseTo(2, 9);
    expect(slots[0]).toMatchObject({ exportKw: 0, curtailKw: 0 });
  });

  it("uses the storage to be a seller in one step and a buyer in the next", async () => {
    // 10 kWh wait in the storage. Discharging them in the first hour covers the load, so that the 6 kWh
    // of PV are sold for 4.8; the second hour buys 10 kWh for 5. Together 0.2.
    // The other way round, PV first: buy 4 kWh for 2, then cover the second hour: 2.0 in total.
    const input = inputOf({
      ...{ loadKw: [10, 10], pvKw: [6, 0] },
      ...{ importPriceCnyPerKwh: [0.5, 0.5], exportPriceCnyPerKwh: [0.8, 0.8] },
    });
    const { objectiveCny, slots } = await planOf(input);
    expect(objectiveCny).toBeCloseTo(0.2, 9);
    expect(slots[0]?.exportKw).toBeCloseTo(6, 9);
    expect(slots[0]?.dischargeKw).toBeCloseTo(10, 9);
  });

  it("sells out of the storage only where that is allowed", async () => {
    // 10 kWh in store, no load, no PV: worth 8 when they may be sold, else nothing.
    const input = inputOf({
      ...{ loadKw: [0], importPriceCnyPerKwh: [0.5], exportPriceCnyPerKwh: [0.8] },
    });
    expect((await planOf(input)).objectiveCny).toBe(0);
    const allowed = await planOf({ ...input, exportFromStorage: true });
    expect(allowed.objectiveCny).toBeCloseTo(-8, 9);
    expect(allowed.costs.exportCny).toBeCloseTo(-8, 9);
  });
});

describe("carbon", () => {
  // Two hours of 10 kWh at 0.5, the first with 0.2 and the second with 0.8 kg/kWh; a lossless storage of
  // 10 kWh, empty. Without a price on carbon nothing moves; with one the dirty hour is bought before.
  const factors = inputOf({
    ...{ importPriceCnyPerKwh: [0.5, 0.5], gridKgCo2PerKwh: [0.2, 0.8] },
    storage: storageOf({ initialKwh: 0, maxKwh: 10, wearCnyPerKwhDischarged: 0.01 }),
  });

  it("has no influence without a price, and is counted", async () => {
    const { emissionsKgCo2, costs } = await planOf(factors);
    expect(emissionsKgCo2).toBeCloseTo(10, 9);
    expect(costs.carbonCny).toBe(0);
  });

  it("moves import into the clean hour when it has a price", async () => {
    const { emissionsKgCo2, costs } = await planOf({ ...factors, carbonPriceCnyPerKg: 0.1 });
    expect(emissionsKgCo2).toBeCloseTo(4, 9);
    expect(costs.carbonCny).toBeCloseTo(0.4, 9);
    expect(costs.wearCny).toBeCloseTo(0.1, 9);
  });

  it("stays below a cap at the least cost, which the value of the cap tells", async () => {
    // Each kWh moved saves 0.6 kg and wears 0.01: 7 kg need 5 kWh moved. One kg less costs 0.01 / 0.6.
    const plan = await planOf({ ...factors, emissionsCapKgCo2: 7 });
    expect(plan.status).toBe("optimal");
    expect(plan.emissionsKgCo2).toBeCloseTo(7, 9);
    expect(plan.costs.wearCny).toBeCloseTo(0.05, 9);
    expect(plan.limitValues.emissionsCnyPerKg).toBeCloseTo(0.01 / 0.6, 9);
  });
});
