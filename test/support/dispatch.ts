import { HighsSolver } from "../../src/adapters/solver/highs-solver.ts";
import { optimiseDispatch } from "../../src/app/optimise-dispatch.ts";
import type { DispatchPlan } from "../../src/domain/dispatch/plan.ts";
import {
  type DispatchProblem,
  dispatchProblem,
  type ProblemInput,
  type StorageInput,
} from "../../src/domain/dispatch/problem.ts";

export interface TestPlanner {
  plan(input: ProblemInput): Promise<{ problem: DispatchProblem; plan: DispatchPlan }>;
  close(): Promise<void>;
}

/** The planner with a real solver thread. Others load the machine too, so its deadline is generous. */
export function testPlanner(): TestPlanner {
  const solver = new HighsSolver();
  return {
    plan: async (input) => {
      const problem = dispatchProblem(input);
      const plan = await optimiseDispatch(problem, (program, basis) =>
        solver.solve(program, { basis, timeoutMs: 60_000 }),
      );
      return { problem, plan };
    },
    close: () => solver.close(),
  };
}

/** A lossless storage of 10 kW and 20 kWh, half full, without wear. */
export function storageOf(change: Partial<StorageInput> = {}): StorageInput {
  return {
    capacityKwh: 20,
    minKwh: 0,
    maxKwh: 20,
    initialKwh: 10,
    chargeMaxKw: 10,
    dischargeMaxKw: 10,
    chargeEfficiency: 1,
    dischargeEfficiency: 1,
    ...change,
  };
}

/** Two hours at 10 kW, cheap and then dear, with the storage of `storageOf`. */
export function inputOf(change: Partial<ProblemInput> = {}): ProblemInput {
  return {
    startMs: 0,
    stepMinutes: 60,
    loadKw: [10, 10],
    importPriceCnyPerKwh: [0.3, 0.9],
    storage: storageOf(),
    ...change,
  };
}
