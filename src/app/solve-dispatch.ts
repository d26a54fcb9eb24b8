import { checkPlan, type PlanFinding } from "../domain/dispatch/check-plan.ts";
import type { DispatchPlan } from "../domain/dispatch/plan.ts";
import {
  dispatchProblem,
  type Impossibility,
  impossibility,
  type ProblemInput,
} from "../domain/dispatch/problem.ts";
import { type Principal, requireRole } from "../domain/principal.ts";
import { optimiseDispatch } from "./optimise-dispatch.ts";
import { type Clock, type Log, UnavailableError } from "./ports.ts";
import type { LinearSolver } from "./solver-ports.ts";

export type DispatchAnswer =
  | {
      readonly kind: "planned";
      readonly plan: DispatchPlan;
      /** What the independent check found; empty: the plan holds. */
      readonly findings: readonly PlanFinding[];
      readonly solveMs: number;
    }
  | ({ readonly kind: "impossible"; readonly solveMs: number } & Impossibility);

export interface SolveDispatch {
  /**
   * Plans and forgets: nothing is stored.
   *
   * @throws {DispatchProblemError} when the request contradicts itself.
   * @throws {UnavailableError} `planner_busy`, or what the solver says.
   */
  solve(principal: Principal, input: ProblemInput, signal?: AbortSignal): Promise<DispatchAnswer>;
}

export interface SolveDispatchDependencies {
  readonly solver: LinearSolver;
  readonly clock: Clock;
  readonly log: Log;
  /** For one plan, however many programs it takes. */
  readonly timeoutMs?: number;
  /** Most plans under way at once; further ones are refused. */
  readonly activeMax?: number;
}

/** The planner as others may ask it: with every problem of the contract and without consequences. */
export function createSolveDispatch(dependencies: SolveDispatchDependencies): SolveDispatch {
  const { solver, clock, log, timeoutMs = 60_000, activeMax = 16 } = dependencies;
  let active = 0;

  const plan = async (input: ProblemInput, signal?: AbortSignal): Promise<DispatchAnswer> => {
    const startMs = clock.nowMs();
    const problem = dispatchProblem(input);
    const impossible = impossibility(problem);
    if (impossible !== null) {
      return { kind: "impossible", ...impossible, solveMs: clock.nowMs() - startMs };
    }
    const found = await optimiseDispatch(problem, (program, basis) => {
      const leftMs = Math.max(1, startMs + timeoutMs - clock.nowMs());
      return solver.solve(program, { basis, timeoutMs: leftMs, signal });
    });
    const findings = checkPlan(problem, found);
    if (findings.length > 0) {
      log.error({ findings: findings.slice(0, 20) }, "a plan did not stand its check");
    }
    return { kind: "planned", plan: found, findings, solveMs: clock.nowMs() - startMs };
  };

  return {
    solve: async (principal, input, signal) => {
      requireRole(principal, "manager", "sysadmin", "enterprise");
      if (active >= activeMax) {
        throw new UnavailableError(`${activeMax} plans are being made already`, {
          code: "planner_busy",
        });
      }
      active += 1;
      try {
        return await plan(input, signal);
      } finally {
        active -= 1;
      }
    },
  };
}
