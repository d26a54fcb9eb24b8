import { type Aim, type DispatchModel, dispatchModel } from "../domain/dispatch/dispatch-model.ts";
import {
  choiceSteps,
  closedAt,
  isEmpty,
  meetingSteps,
  stepsOf,
  union,
} from "../domain/dispatch/exclusive-steps.ts";
import type {
  LinearProgram,
  LinearSolution,
  SimplexBasis,
} from "../domain/dispatch/linear-program.ts";
import type { DispatchPlan } from "../domain/dispatch/plan.ts";
import type { DispatchProblem } from "../domain/dispatch/problem.ts";
import { readPlan } from "../domain/dispatch/read-plan.ts";
import { type Directions, noDirections, type StepSets } from "../domain/dispatch/step-columns.ts";

/** Solves one program, from the given basis on when there is one. */
export type SolveProgram = (
  program: LinearProgram,
  basis: SimplexBasis | null,
) => Promise<LinearSolution>;

/** A solved program in which every remaining choice of direction is made by `directions`. */
interface Attempt {
  readonly model: DispatchModel;
  readonly directions: Directions;
  readonly objective: number;
  readonly columns: Float64Array;
  readonly rowDuals: Float64Array;
  readonly basis: SimplexBasis | null;
}

type Closing =
  | { readonly kind: "closed"; readonly attempt: Attempt }
  /** Closing these steps costs something, so that the way they go has to be chosen. */
  | { readonly kind: "open"; readonly steps: StepSets };

interface Search {
  readonly problem: DispatchProblem;
  readonly solve: SolveProgram;
}

/** Objectives that differ by less than this share are the same optimum. */
const sameFraction = 1e-9;
/** What the total breach may exceed its minimum by, so that rounding does not make it unreachable. */
const breachFraction = 1e-10;
/** The same, as a share of everything that is paid and earned, for objectives that cancel out. */
const sameGrossFraction = 1e-12;

/**
 * The cheapest plan: first with every limit kept; when that cannot be, with the least total breach and
 * then at the least cost. Linear programs are solved, and yes-or-no columns are added only in those
 * steps in which a linear program would go both ways and closing one of them is not free.
 */
export async function optimiseDispatch(
  problem: DispatchProblem,
  solve: SolveProgram,
): Promise<DispatchPlan> {
  const search = { problem, solve };
  const strict = await exclusiveOptimum(search, { kind: "strict" });
  if (strict !== null) return readPlan(problem, strict.model, strict.columns, strict.rowDuals);
  const least = await leastBreach(search);
  return readPlan(problem, least.model, least.columns, await moneyDuals(search, least));
}

async function leastBreach(search: Search): Promise<Attempt> {
  const relaxed = await attempt(search, { kind: "breach" }, noDirections, null);
  const easy = relaxed === null ? null : await cheapestWithin(search, relaxed);
  if (easy !== null) return easy;
  // The least breach of the relaxed program may need both ways at once; then it is searched properly.
  const proper = await exclusiveOptimum(search, { kind: "breach" });
  const cheapest = proper === null ? null : await cheapestWithin(search, proper);
  if (cheapest === null) throw new Error("a problem with soft limits was called infeasible");
  return cheapest;
}

function cheapestWithin(search: Search, { objective, model }: Attempt): Promise<Attempt | null> {
  const breach = Math.max(0, objective);
  const breachMax = (breach + Math.max(1, breach) * breachFraction) * model.unitKw;
  return exclusiveOptimum(search, { kind: "bounded", breachMax });
}

/** The best plan that never goes both ways in a step; null when no plan exists. */
async function exclusiveOptimum(search: Search, aim: Aim): Promise<Attempt | null> {
  const relaxed = await attempt(search, aim, noDirections, null);
  if (relaxed === null) return null;
  const closing = await closeSteps(search, relaxed, relaxed.objective);
  return closing.kind === "closed" ? closing.attempt : chooseSteps(search, aim, closing.steps);
}

/**
 * Closes the lesser way wherever both are used, as long as that costs nothing: then the result is as
 * good as `bound`, which no plan can beat. Each round closes at least one more step.
 */
async function closeSteps(search: Search, start: Attempt, bound: number): Promise<Closing> {
  const { problem } = search;
  let current = start;
  for (;;) {
    const meeting = meetingSteps(current.model, current.columns);
    if (isEmpty(meeting)) return { kind: "closed", attempt: current };
    const directions = closedAt(problem, current, meeting, current.directions);
    const next = await attempt(search, current.model.aim, directions, current.basis);
    if (next === null || next.objective > bound + sameness(current)) {
      return { kind: "open", steps: stepsOf(directions) };
    }
    current = next;
  }
}

/** Lets yes-or-no columns choose the way in the given steps, and in more where that is not enough. */
async function chooseSteps(search: Search, aim: Aim, open: StepSets): Promise<Attempt | null> {
  const { problem, solve } = search;
  let steps = choiceSteps(problem, open);
  for (;;) {
    const model = dispatchModel(problem, aim, noDirections, steps);
    const chosen = await solve(model.program, null);
    if (chosen.status === "infeasible") return null;
    const { columns, objective } = chosen;
    const directions = closedAt(problem, { model, columns }, steps, noDirections);
    const fixed = await attempt(search, aim, directions, null);
    if (fixed === null) throw new Error("the chosen directions were called infeasible");
    const closing = await closeSteps(search, fixed, Math.max(objective, fixed.objective));
    if (closing.kind === "closed") return closing.attempt;
    steps = union(steps, closing.steps);
  }
}

/**
 * Duals in money alone. With a price p on each unit of breach a dual is money + p × breach, linear in p
 * as long as the basis stays; two prices above the one at which breaching would pay give the money part.
 */
async function moneyDuals(search: Search, least: Attempt): Promise<Float64Array> {
  const { model, directions, rowDuals } = least;
  const worth = model.breachRow === null ? 0 : -(rowDuals[model.breachRow] ?? 0);
  const breachWeight = 2 * Math.max(1, worth);
  const once = await attempt(search, { kind: "priced", breachWeight }, directions, null);
  const twice = await attempt(
    search,
    { kind: "priced", breachWeight: 2 * breachWeight },
    directions,
    once?.basis ?? null,
  );
  if (once === null || twice === null) {
    throw new Error("a problem with priced breaches was called infeasible");
  }
  return once.rowDuals.map((dual, row) => 2 * dual - (twice.rowDuals[row] ?? Number.NaN));
}

async function attempt(
  { problem, solve }: Search,
  aim: Aim,
  directions: Directions,
  basis: SimplexBasis | null,
): Promise<Attempt | null> {
  const model = dispatchModel(problem, aim, directions);
  const solution = await solve(model.program, basis);
  if (solution.status === "infeasible") return null;
  const { objective, columns, rowDuals } = solution;
  if (rowDuals === null) throw new Error("a linear program came back without duals");
  return { model, directions, objective, columns, rowDuals, basis: solution.basis };
}

function sameness({ model, columns, objective }: Attempt): number {
  const { costs } = model.program;
  const gross = columns.reduce(
    (sum, value, column) => sum + Math.abs(value * (costs[column] ?? 0)),
    0,
  );
  return Math.max(Math.abs(objective) * sameFraction, gross * sameGrossFraction);
}
