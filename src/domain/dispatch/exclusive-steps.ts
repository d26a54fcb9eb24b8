import type { DispatchModel } from "./dispatch-model.ts";
import type { DispatchProblem } from "./problem.ts";
import { stepPowers } from "./read-plan.ts";
import {
  at,
  type Directions,
  type GridDirection,
  gridBounds,
  type StepSets,
  type StorageDirection,
} from "./step-columns.ts";

/** Share of the model's unit that the smaller of two opposite powers may keep; solver noise. */
const meetingFraction = 1e-8;

/** Steps of a solution that import and export, or charge and discharge, at the same time. */
export function meetingSteps(model: DispatchModel, columns: Float64Array): StepSets {
  const noiseKw = model.unitKw * meetingFraction;
  const grid: number[] = [];
  const storage: number[] = [];
  for (const step of model.steps.keys()) {
    const powers = stepPowers(model, columns, step);
    if (Math.min(powers.importKw, powers.exportKw) > noiseKw) grid.push(step);
    if (Math.min(powers.chargeKw, powers.dischargeKw) > noiseKw) storage.push(step);
  }
  return { grid, storage };
}

/** Closes the lesser way in the given steps, on top of what is closed already. */
export function closedAt(
  problem: DispatchProblem,
  { model, columns }: { readonly model: DispatchModel; readonly columns: Float64Array },
  steps: StepSets,
  closed: Directions,
): Directions {
  const { chargeEfficiency, dischargeEfficiency } = problem.storage;
  const grid = new Map<number, GridDirection>(closed.grid);
  const storage = new Map<number, StorageDirection>(closed.storage);
  for (const step of steps.grid) {
    const { importKw, exportKw } = stepPowers(model, columns, step);
    grid.set(step, importKw >= exportKw ? "import" : "export");
  }
  for (const step of steps.storage) {
    const { chargeKw, dischargeKw } = stepPowers(model, columns, step);
    const isGain = chargeEfficiency * chargeKw >= dischargeKw / dischargeEfficiency;
    storage.set(step, isGain ? "charge" : "discharge");
  }
  return { grid, storage };
}

/**
 * Steps that get a yes-or-no column once some do: the given ones and, when the grid is among them, every
 * step in which a kWh sells for more than it costs, because there the next solution would go both ways.
 */
export function choiceSteps(problem: DispatchProblem, open: StepSets): StepSets {
  if (open.grid.length === 0) return open;
  const tempting = [...problem.loadKw.keys()].filter((step) => {
    const carbonCny = problem.carbonPriceCnyPerKg * at(problem.gridKgCo2PerKwh, step);
    const importCny = at(problem.importPriceCnyPerKwh, step) + carbonCny;
    const isBoth = gridBounds(problem, step).exportMaxKw > 0;
    return isBoth && at(problem.exportPriceCnyPerKwh, step) > importCny;
  });
  return union(open, { grid: tempting, storage: [] });
}

export function stepsOf({ grid, storage }: Directions): StepSets {
  return { grid: [...grid.keys()], storage: [...storage.keys()] };
}

export function union(a: StepSets, b: StepSets): StepSets {
  return {
    grid: [...new Set([...a.grid, ...b.grid])],
    storage: [...new Set([...a.storage, ...b.storage])],
  };
}

export function isEmpty({ grid, storage }: StepSets): boolean {
  return grid.length === 0 && storage.length === 0;
}
