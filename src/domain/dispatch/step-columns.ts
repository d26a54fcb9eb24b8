import type { ProgramBuilder } from "./linear-program.ts";
import type { DispatchProblem } from "./problem.ts";

export type GridDirection = "import" | "export";
export type StorageDirection = "charge" | "discharge";

/** Steps in which one direction is closed, because import and export, or charge and discharge, met. */
export interface Directions {
  readonly grid: ReadonlyMap<number, GridDirection>;
  readonly storage: ReadonlyMap<number, StorageDirection>;
}

/** Steps of each kind of choice. */
export interface StepSets {
  readonly grid: readonly number[];
  readonly storage: readonly number[];
}

export const noDirections: Directions = { grid: new Map(), storage: new Map() };
export const noSteps: StepSets = { grid: [], storage: [] };

/** Where the quantities of one step stand among the columns. */
export interface StepColumns {
  readonly importWithinColumn: number;
  readonly exportWithinColumn: number;
  readonly curtailColumn: number;
  readonly chargeColumn: number;
  readonly dischargeColumn: number;
  readonly storedColumn: number;
  /** Import and export beyond their limits; null in a strict model, which has no such columns. */
  readonly importBeyondColumn: number | null;
  readonly exportBeyondColumn: number | null;
}

/** What the parts of a model have in common while it is built. */
export interface ModelContext {
  readonly problem: DispatchProblem;
  readonly builder: ProgramBuilder;
  readonly directions: Directions;
  readonly unitKw: number;
  readonly moneyWeight: number;
  readonly breachWeight: number;
  readonly isSoft: boolean;
}

/** A power of two, so that scaling loses no digit; it brings the largest power to 32 … 64 units. */
export function unitKw(problem: DispatchProblem): number {
  const { storage } = problem;
  const largestKw = [
    problem.loadKw,
    problem.renewableKw,
    storage.chargeMaxKw,
    storage.dischargeMaxKw,
  ].reduce((largest, series) => series.reduce((most, kw) => Math.max(most, kw), largest), 1);
  return 2 ** (Math.ceil(Math.log2(largestKw)) - 6);
}

export function at(series: readonly number[], step: number): number {
  return series[step] ?? Number.NaN;
}

/** Most that can be imported in a step without exporting, and the other way round. */
export function gridBounds(
  problem: DispatchProblem,
  step: number,
): { readonly importMaxKw: number; readonly exportMaxKw: number } {
  const { storage } = problem;
  const loadKw = at(problem.loadKw, step);
  const renewableKw = at(problem.renewableKw, step);
  const spareKw = Math.max(0, renewableKw + at(storage.dischargeMaxKw, step) - loadKw);
  return {
    importMaxKw: loadKw + at(storage.chargeMaxKw, step),
    exportMaxKw: problem.exportFromStorage ? spareKw : Math.min(renewableKw, spareKw),
  };
}

/**
 * The bounds follow from the balance and move with the load. If they could bind, the price of one more
 * kWh would stand beside them instead of in the balance, so they are kept one unit away.
 */
function loosened(maxKw: number, unitKw: number): number {
  return maxKw === 0 ? 0 : maxKw + unitKw;
}

export function stepColumns(context: ModelContext, step: number): StepColumns {
  const { problem, builder, directions, unitKw, moneyWeight, isSoft } = context;
  const { storage, stepHours: h } = problem;
  const bounds = gridBounds(problem, step);
  const grid = directions.grid.get(step);
  const storing = directions.storage.get(step);
  const importMaxKw = grid === "export" ? 0 : loosened(bounds.importMaxKw, unitKw);
  const exportMaxKw = grid === "import" ? 0 : loosened(bounds.exportMaxKw, unitKw);
  const carbonCnyPerKwh = problem.carbonPriceCnyPerKg * at(problem.gridKgCo2PerKwh, step);
  const importCny = moneyWeight * h * (at(problem.importPriceCnyPerKwh, step) + carbonCnyPerKwh);
  const exportCny = -moneyWeight * h * at(problem.exportPriceCnyPerKwh, step);
  const curtailCny = moneyWeight * h * problem.curtailmentPenaltyCnyPerKwh;
  const wearCny = moneyWeight * h * storage.wearCnyPerKwhDischarged;
  const column = (weight: number, minKw: number, maxKw: number): number =>
    builder.column(weight, minKw / unitKw, maxKw / unitKw);
  const importWithinKw = Math.min(importMaxKw, at(problem.importLimitKw, step));
  const exportWithinKw = Math.min(exportMaxKw, at(problem.exportLimitKw, step));
  const { breachWeight } = context;
  return {
    importWithinColumn: column(importCny, 0, importWithinKw),
    exportWithinColumn: column(exportCny, 0, exportWithinKw),
    curtailColumn: column(curtailCny, 0, at(problem.renewableKw, step)),
    chargeColumn: column(0, 0, storing === "discharge" ? 0 : at(storage.chargeMaxKw, step)),
    dischargeColumn: column(
      wearCny,
      0,
      storing === "charge" ? 0 : at(storage.dischargeMaxKw, step),
    ),
    storedColumn: column(0, storage.minKwh, storage.maxKwh),
    importBeyondColumn: isSoft
      ? column(importCny + breachWeight, 0, importMaxKw - importWithinKw)
      : null,
    exportBeyondColumn: isSoft
      ? column(exportCny + breachWeight, 0, exportMaxKw - exportWithinKw)
      : null,
  };
}
