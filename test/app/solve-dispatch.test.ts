import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createSolveDispatch } from "../../src/app/solve-dispatch.ts";
import type { LinearSolver, SolveOptions } from "../../src/app/solver-ports.ts";
import type { LinearProgram, LinearSolution } from "../../src/domain/dispatch/linear-program.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import { inputOf, storageOf } from "../support/dispatch.ts";

const planner = servicePrincipal("north", "test");
const log = pino({ level: "silent" });

/** A solver that answers what the test wants, and a clock that moves by a second with every program. */
function service(
  answer: (program: LinearProgram) => Promise<LinearSolution>,
  options: { readonly activeMax?: number } = {},
) {
  const asked: SolveOptions[] = [];
  let nowMs = 0;
  const solver: LinearSolver = {
    solve: (program, given) => {
      asked.push(given);
      nowMs += 1000;
      return answer(program);
    },
    close: async () => undefined,
  };
  const clock = { nowMs: () => nowMs };
  return { asked, ...createSolveDispatch({ solver, clock, log, timeoutMs: 10_000, ...options }) };
}

/** Charging at full power in every step, whatever fits: in a strict program each fourth of six columns. */
async function nonsense({ costs, rowMin }: LinearProgram): Promise<LinearSolution> {
  return {
    status: "optimal",
    objective: 0,
    columns: costs.map((_cost, column) => (column % 6 === 3 ? 1e3 : 0)),
    rowDuals: new Float64Array(rowMin.length),
    basis: null,
  };
}

describe("planning on request", () => {
  it("gives all programs of a plan together the time of one", async () => {
    const { solve, asked } = service(async () => ({ status: "infeasible" }));
    await expect(solve(planner, inputOf())).rejects.toThrow("called infeasible");
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([10_000, 9000, 8000]);
  });

  it("does not ask the solver about what arithmetic shows to be impossible", async () => {
    const { solve, asked } = service(nonsense);
    const storage = storageOf({ minKwh: 15, initialKwh: 1 });
    expect(await solve(planner, inputOf({ storage }))).toMatchObject({ kind: "impossible" });
    expect(asked).toEqual([]);
  });

  it("shows what the check finds instead of hiding it", async () => {
    // 10 kWh in store and two hours of 10 kW make 30 kWh in a storage of 20.
    const answer = await service(nonsense).solve(planner, inputOf());
    if (answer.kind !== "planned") throw new Error(answer.kind);
    expect(answer.findings.map(({ rule }) => rule)).toContain("limit");
  });

  it("refuses plans beyond those that may be under way", async () => {
    const { solve } = service(() => new Promise(() => undefined), { activeMax: 1 });
    void solve(planner, inputOf());
    await expect(solve(planner, inputOf())).rejects.toMatchObject({ code: "planner_busy" });
  });

  it("is open again after a plan that failed", async () => {
    const { solve } = service(async () => ({ status: "infeasible" }), { activeMax: 1 });
    await expect(solve(planner, inputOf())).rejects.toThrow("called infeasible");
    await expect(solve(planner, inputOf())).rejects.toThrow("called infeasible");
  });

  it("is not for everybody", async () => {
    const display = { ...planner, roles: ["display"] as const };
    await expect(service(nonsense).solve(display, inputOf())).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});
