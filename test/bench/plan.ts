import { checkPlan } from "../../src/domain/dispatch/check-plan.ts";
import type { ProblemInput } from "../../src/domain/dispatch/problem.ts";
import { testPlanner } from "../support/dispatch.ts";
import type { Bench, Figure } from "./bench.ts";
import { pvFile, slotsOfDay, steelFile } from "./series.ts";
import { measuredPark, parkProblem } from "./station.ts";

const targets = [
  { steps: 96, atMost: 40 },
  { steps: 192, atMost: 60 },
  { steps: 672, atMost: 300 },
] as const;
/** Days between the starts of two plans, so that they differ. */
const strideDays = 3;
const firstDay = 60;

export const planBench: Bench = {
  name: "plan",
  describe:
    "one plan of the 63 MW station on measured load and PV, warm, model building and check included",
  needs: [],
  needsFiles: [steelFile, pvFile],
  run: async ({ dataDir, isFull }) => {
    const park = measuredPark(dataDir);
    const planner = testPlanner();
    const rounds = isFull ? 31 : 11;
    const starts = [...new Array(rounds).keys()].map(
      (round) => (firstDay + round * strideDays) * slotsOfDay,
    );
    const timed = async (input: ProblemInput): Promise<number> => {
      const beganMs = performance.now();
      const { problem, plan } = await planner.plan(input);
      const findings = checkPlan(problem, plan);
      if (findings.length > 0) throw new Error(`a plan is wrong: ${findings[0]?.detail}`);
      return performance.now() - beganMs;
    };
    try {
      // Code is compiled in the background while it runs; a service has planned before.
      for (const steps of [96, 192]) {
        for (const start of starts) await timed(parkProblem(park, start, steps));
      }
      const figures: Figure[] = [];
      for (const { steps, atMost } of targets) {
        const times: number[] = [];
        for (const start of starts) times.push(await timed(parkProblem(park, start, steps)));
        times.sort((a, b) => a - b);
        const median = times[Math.floor(times.length / 2)] ?? Number.NaN;
        figures.push({ name: `${steps} steps, median`, value: median, unit: "ms", atMost });
        figures.push({ name: `${steps} steps, slowest`, value: times.at(-1) ?? 0, unit: "ms" });
      }
      return figures;
    } finally {
      await planner.close();
    }
  },
};
