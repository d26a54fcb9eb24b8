import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { checkPlan } from "../../src/domain/dispatch/check-plan.ts";
import {
  dispatchProblem,
  impossibility,
  type ProblemInput,
} from "../../src/domain/dispatch/problem.ts";
import { testPlanner } from "../support/dispatch.ts";
import { enumerated } from "../support/dispatch-by-enumeration.ts";

const planner = testPlanner();
afterAll(() => planner.close());
const manyRunsMs = 300_000;

const price = fc.integer({ min: -5, max: 9 }).map((tenths) => tenths / 10);

/**
 * Problems of a few hours in even numbers, with whatever makes plans awkward. A peak may be cut to the
 * mean of the steps that share it, which is a whole number for two steps only; so longer ones have none.
 */
const evenProblem = fc.integer({ min: 1, max: 4 }).chain((steps): fc.Arbitrary<ProblemInput> => {
  const each = <Value>(value: fc.Arbitrary<Value>) =>
    fc.array(value, { minLength: steps, maxLength: steps });
  const even = (max: number) => fc.integer({ min: 0, max: max / 2 }).map((half) => 2 * half);
  const demand = fc.record({
    priceCnyPerKw: fc.constantFrom(0, 0.7, 3),
    peakSoFarKw: even(6),
    floorKw: even(6),
  });
  return fc.record({
    startMs: fc.constant(0),
    stepMinutes: fc.constant(60),
    loadKw: each(even(8)),
    pvKw: fc.option(each(even(10))),
    importPriceCnyPerKwh: each(price),
    exportPriceCnyPerKwh: fc.option(each(price)),
    gridKgCo2PerKwh: each(fc.constantFrom(0.2, 0.5, 0.8)),
    carbonPriceCnyPerKg: fc.constantFrom(0, 0.5),
    importLimitKw: fc.option(fc.oneof(even(12), each(even(12)))),
    exportLimitKw: fc.option(fc.oneof(even(6), each(even(6)))),
    exportFromStorage: fc.boolean(),
    curtailmentPenaltyCnyPerKwh: fc.constantFrom(0, 0.2),
    demand: steps <= 2 ? fc.option(demand) : fc.constant(null),
    storage: fc.record({
      capacityKwh: fc.constant(8),
      minKwh: fc.constantFrom(0, 2),
      maxKwh: fc.constantFrom(6, 8),
      initialKwh: fc.constantFrom(2, 4, 6),
      terminalMinKwh: even(8),
      chargeMaxKw: fc.oneof(even(6), each(even(6))),
      dischargeMaxKw: fc.oneof(even(6), each(even(6))),
      chargeEfficiency: fc.constant(1),
      dischargeEfficiency: fc.constant(1),
      wearCnyPerKwhDischarged: fc.constantFrom(0, 0.1),
    }),
  });
});

it("finds the optimum that trying every whole-numbered plan finds", { timeout: manyRunsMs }, () =>
  fc.assert(
    fc.asyncProperty(evenProblem, async (input) => {
      const { problem, plan } = await planner.plan(input);
      const best = enumerated(problem);
      const breach = plan.breaches.reduce((sum, { amount }) => sum + amount, 0);
      expect(checkPlan(problem, plan)).toEqual([]);
      expect(breach).toBeCloseTo(best.breach, 5);
      expect(plan.objectiveCny).toBeCloseTo(best.costCny, 5);
    }),
    { numRuns: 300 },
  ),
);

/** Problems with losses and odd figures; a day at most, so that hundreds of them are solved soon. */
const anyProblem = fc.integer({ min: 1, max: 24 }).chain((steps): fc.Arbitrary<ProblemInput> => {
  const amount = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const each = (value: fc.Arbitrary<number>) =>
    fc.array(value, { minLength: steps, maxLength: steps });
  const odd = fc.double({ min: -0.3, max: 1, noNaN: true });
  return fc.record({
    startMs: fc.constant(1_795_557_600_000),
    stepMinutes: fc.constantFrom(5, 15, 30, 60),
    loadKw: each(amount(60_000)),
    pvKw: fc.option(each(amount(90_000))),
    directKw: fc.option(each(amount(30_000))),
    importPriceCnyPerKwh: each(fc.oneof(odd, fc.constantFrom(0, 0.26, 0.54, 0.82))),
    exportPriceCnyPerKwh: fc.option(each(fc.oneof(odd, fc.constantFrom(0, 0.18)))),
    gridKgCo2PerKwh: each(amount(1)),
    carbonPriceCnyPerKg: fc.constantFrom(0, 0.08),
    emissionsCapKgCo2: fc.option(amount(200_000)),
    importLimitKw: fc.option(fc.oneof(amount(100_000), each(amount(100_000)))),
    exportLimitKw: fc.option(amount(40_000)),
    exportFromStorage: fc.boolean(),
    curtailmentPenaltyCnyPerKwh: fc.constantFrom(0, 0.25),
    demand: fc.option(fc.record({ priceCnyPerKw: amount(40), floorKw: amount(40_000) })),
    storage: fc.record({
      capacityKwh: fc.constant(252_000),
      minKwh: fc.constantFrom(0, 25_200),
      maxKwh: fc.constantFrom(239_400, 252_000),
      initialKwh: fc.double({ min: 20_000, max: 252_000, noNaN: true }),
      terminalMinKwh: fc.option(amount(252_000)),
      chargeMaxKw: fc.oneof(amount(63_000), each(amount(63_000))),
      dischargeMaxKw: amount(63_000),
      chargeEfficiency: fc.constantFrom(1, 0.945, 0.8),
      dischargeEfficiency: fc.constantFrom(1, 0.945, 0.8),
      wearCnyPerKwhDischarged: fc.constantFrom(0, 0.09),
    }),
  });
});

it("makes a plan that stands the check whenever one exists", { timeout: manyRunsMs }, () =>
  fc.assert(
    fc.asyncProperty(anyProblem, async (input) => {
      fc.pre(impossibility(dispatchProblem(input)) === null);
      const { problem, plan } = await planner.plan(input);
      expect(checkPlan(problem, plan)).toEqual([]);
    }),
    { numRuns: 200 },
  ),
);

it("never becomes cheaper when import becomes dearer", { timeout: manyRunsMs }, () =>
  fc.assert(
    fc.asyncProperty(anyProblem, async (input) => {
      fc.pre(impossibility(dispatchProblem(input)) === null);
      const importPriceCnyPerKwh = input.importPriceCnyPerKwh.map((cny) => cny + 0.1);
      const { plan: cheap } = await planner.plan(input);
      const { plan: dear } = await planner.plan({ ...input, importPriceCnyPerKwh });
      const spareCny = 1e-6 * (1 + Math.abs(cheap.objectiveCny));
      expect(dear.objectiveCny).toBeGreaterThanOrEqual(cheap.objectiveCny - spareCny);
    }),
    { numRuns: 60 },
  ),
);
