import { HighsSolver } from "../adapters/solver/highs-solver.ts";
import type { Clock, Log } from "../app/ports.ts";
import { createSolveDispatch, type SolveDispatch } from "../app/solve-dispatch.ts";
import { dispatchModel } from "../domain/dispatch/dispatch-model.ts";
import type { LinearProgram } from "../domain/dispatch/linear-program.ts";
import { dispatchProblem } from "../domain/dispatch/problem.ts";

/** The planner with the thread that it solves in. */
export interface Planner {
  readonly solveDispatch: SolveDispatch;
  /** Starts the thread, so that the first plan does not wait for it; nobody waits here. */
  start(): void;
  close(): Promise<void>;
}

export function createPlanner({
  clock,
  log,
}: {
  readonly clock: Clock;
  readonly log: Log;
}): Planner {
  const solver = new HighsSolver({ warmUp: [warmUpProgram(), warmUpProgram()] });
  return {
    solveDispatch: createSolveDispatch({ solver, clock, log }),
    start: () => solver.start(),
    close: () => solver.close(),
  };
}

/** A day of quarter hours of the shape that is planned every time; its figures mean nothing. */
function warmUpProgram(): LinearProgram {
  const steps = [...new Array(96).keys()];
  const wave = (step: number, turns: number): number =>
    Math.sin((2 * Math.PI * turns * step) / steps.length);
  const problem = dispatchProblem({
    startMs: 0,
    stepMinutes: 15,
    loadKw: steps.map((step) => 40 + 10 * wave(step, 3)),
    pvKw: steps.map((step) => Math.max(0, -60 * wave(step, 1))),
    importPriceCnyPerKwh: steps.map((step) => 0.5 + 0.3 * wave(step, 2)),
    importLimitKw: 100,
    demand: { priceCnyPerKw: 20 },
    storage: {
      ...{ capacityKwh: 200, minKwh: 20, maxKwh: 180, initialKwh: 100, terminalMinKwh: 100 },
      ...{ chargeMaxKw: 50, dischargeMaxKw: 50, chargeEfficiency: 0.95, dischargeEfficiency: 0.95 },
    },
  });
  return dispatchModel(problem, { kind: "strict" }).program;
}
