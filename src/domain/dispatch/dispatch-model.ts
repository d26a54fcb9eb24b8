import { chooseGrid, chooseStorage } from "./direction-choice.ts";
import { type LinearProgram, ProgramBuilder } from "./linear-program.ts";
import type { DispatchProblem } from "./problem.ts";
import {
  at,
  type Directions,
  gridBounds,
  type ModelContext,
  noDirections,
  noSteps,
  type StepColumns,
  type StepSets,
  stepColumns,
  unitKw,
} from "./step-columns.ts";

/**
 * What a program minimises and which limits may give way.
 *
 * - `strict`: cost, with every limit kept.
 * - `breach`: the sum of all breaches (kW for each step of a grid limit, kWh of terminal energy, kg of
 *   emissions); money does not count.
 * - `bounded`: cost, with breaches that add up to no more than `breachMax`.
 * - `priced`: cost plus `breachWeight` for each unit of breach; it splits duals into money and breach.
 */
export type Aim =
  | { readonly kind: "strict" }
  | { readonly kind: "breach" }
  | { readonly kind: "bounded"; readonly breachMax: number }
  | { readonly kind: "priced"; readonly breachWeight: number };

/**
 * A program with the key to its columns and rows. Quantities are in units of `unitKw`, so that they
 * are of the size of 1 to 100 whatever the station's; costs are per that unit.
 */
export interface DispatchModel {
  readonly program: LinearProgram;
  readonly aim: Aim;
  readonly unitKw: number;
  readonly steps: readonly StepColumns[];
  readonly balanceRows: readonly number[];
  readonly energyRows: readonly number[];
  readonly peakRows: readonly number[];
  readonly emissionsRow: number | null;
  /** The row that holds breaches down to `breachMax`; null unless the aim is `bounded`. */
  readonly breachRow: number | null;
}

/**
 * The planning problem as a linear program. With h = step length, g import, x export, k curtailment,
 * c charge, d discharge, e energy stored at the end of the step:
 *
 *     minimise  Σ h [ (price + carbonPrice × factor) g − exportPrice x + penalty k + wear d ] + demand × r
 *     balance   g − x − k + c̄ = load − renewable,  c̄ = d − c
 *     energy    e = e before + h (ηc c − d / ηd),   min ≤ e ≤ max,  last e ≥ terminal
 *     peak      g − r ≤ free peak,  r ≥ 0
 *     source    x + k ≤ renewable                   unless storage may export
 *     carbon    Σ h factor g ≤ cap
 *
 * Import is bounded by load + chargeMax and export by renewable + dischargeMax − load, which every plan
 * keeps that does not import and export at once; so the program is bounded without any grid limit. The
 * columns end a little beyond, so that a plan at these ends still has its price in the balance row.
 * `directions` closes one way in some steps, `binaries` gives a yes-or-no column to others.
 */
export function dispatchModel(
  problem: DispatchProblem,
  aim: Aim,
  directions: Directions = noDirections,
  binaries: StepSets = noSteps,
): DispatchModel {
  const builder = new ProgramBuilder();
  const context: ModelContext = {
    ...{ problem, builder, directions },
    unitKw: unitKw(problem),
    moneyWeight: aim.kind === "breach" ? 0 : 1,
    breachWeight: aim.kind === "breach" ? 1 : aim.kind === "priced" ? aim.breachWeight : 0,
    isSoft: aim.kind !== "strict",
  };
  const steps = problem.loadKw.map((_load, step) => stepColumns(context, step));
  const balanceRows = steps.map((columns, step) => balanceRow(context, columns, step));
  const energyRows = steps.map((columns, step) =>
    energyRow(context, columns, steps[step - 1], step),
  );
  for (const [step, columns] of steps.entries()) sourceRow(context, columns, step);
  const peakRows = demandRows(context, steps);
  const terminalShortColumn = terminalRow(context, steps);
  const { emissionsRow, emissionsBeyondColumn } = carbonRow(context, steps);
  const breachColumns = [
    ...steps.flatMap(({ importBeyondColumn, exportBeyondColumn }) => [
      importBeyondColumn,
      exportBeyondColumn,
    ]),
    ...[terminalShortColumn, emissionsBeyondColumn],
  ];
  const breachRow = aim.kind === "bounded" ? boundRow(context, breachColumns, aim.breachMax) : null;
  for (const step of binaries.grid) chooseGrid(context, steps[step], step);
  for (const step of binaries.storage) chooseStorage(context, steps[step], step);
  return {
    ...{ program: builder.build(), aim, unitKw: context.unitKw, steps },
    ...{ balanceRows, energyRows, peakRows, emissionsRow, breachRow },
  };
}

const none = Number.NEGATIVE_INFINITY;

function balanceRow(
  { problem, builder, unitKw }: ModelContext,
  c: StepColumns,
  step: number,
): number {
  const netKw = at(problem.loadKw, step) - at(problem.renewableKw, step);
  const row = builder.row(netKw / unitKw, netKw / unitKw);
  for (const [column, sign] of [
    [c.importWithinColumn, 1],
    [c.importBeyondColumn, 1],
    [c.exportWithinColumn, -1],
    [c.exportBeyondColumn, -1],
    [c.curtailColumn, -1],
    [c.dischargeColumn, 1],
    [c.chargeColumn, -1],
  ] as const) {
    if (column !== null) builder.entry(row, column, sign);
  }
  return row;
}

function energyRow(
  { problem, builder, unitKw }: ModelContext,
  columns: StepColumns,
  before: StepColumns | undefined,
  step: number,
): number {
  const { storage, stepHours: h } = problem;
  const startKwh = step === 0 ? storage.initialKwh : 0;
  const row = builder.row(startKwh / unitKw, startKwh / unitKw);
  builder.entry(row, columns.storedColumn, 1);
  if (before !== undefined) builder.entry(row, before.storedColumn, -1);
  builder.entry(row, columns.chargeColumn, -h * storage.chargeEfficiency);
  builder.entry(row, columns.dischargeColumn, h / storage.dischargeEfficiency);
  return row;
}

function sourceRow({ problem, builder, unitKw }: ModelContext, c: StepColumns, step: number): void {
  const renewableKw = at(problem.renewableKw, step);
  if (problem.exportFromStorage || renewableKw === 0) return;
  const row = builder.row(none, renewableKw / unitKw);
  for (const column of [c.exportWithinColumn, c.exportBeyondColumn, c.curtailColumn]) {
    if (column !== null) builder.entry(row, column, 1);
  }
}

/** Rows of the demand charge, for the steps that could raise the peak at all. */
function demandRows(context: ModelContext, steps: readonly StepColumns[]): number[] {
  const { problem, builder, unitKw, moneyWeight } = context;
  if (problem.demandPriceCnyPerKw === 0) return [];
  const priceCny = moneyWeight * problem.demandPriceCnyPerKw;
  const rise = builder.column(priceCny, 0, Number.POSITIVE_INFINITY);
  return steps.flatMap(({ importWithinColumn, importBeyondColumn }, step) => {
    if (gridBounds(problem, step).importMaxKw <= problem.freePeakKw) return [];
    const row = builder.row(none, problem.freePeakKw / unitKw);
    builder.entry(row, importWithinColumn, 1);
    if (importBeyondColumn !== null) builder.entry(row, importBeyondColumn, 1);
    builder.entry(row, rise, -1);
    return [row];
  });
}

function terminalRow(context: ModelContext, steps: readonly StepColumns[]): number | null {
  const { problem, builder, unitKw, breachWeight, isSoft } = context;
  const last = steps.at(-1);
  const terminal = problem.storage.terminalMinKwh / unitKw;
  if (last === undefined || terminal === 0) return null;
  const row = builder.row(terminal, Number.POSITIVE_INFINITY);
  builder.entry(row, last.storedColumn, 1);
  if (!isSoft) return null;
  const short = builder.column(breachWeight, 0, terminal);
  builder.entry(row, short, 1);
  return short;
}

function carbonRow(
  { problem, builder, unitKw, breachWeight, isSoft }: ModelContext,
  steps: readonly StepColumns[],
): { readonly emissionsRow: number | null; readonly emissionsBeyondColumn: number | null } {
  if (problem.emissionsCapKgCo2 === Number.POSITIVE_INFINITY) {
    return { emissionsRow: null, emissionsBeyondColumn: null };
  }
  const emissionsRow = builder.row(none, problem.emissionsCapKgCo2 / unitKw);
  for (const [step, { importWithinColumn, importBeyondColumn }] of steps.entries()) {
    const kgCo2PerKw = problem.stepHours * at(problem.gridKgCo2PerKwh, step);
    builder.entry(emissionsRow, importWithinColumn, kgCo2PerKw);
    if (importBeyondColumn !== null) builder.entry(emissionsRow, importBeyondColumn, kgCo2PerKw);
  }
  if (!isSoft) return { emissionsRow, emissionsBeyondColumn: null };
  const emissionsBeyondColumn = builder.column(breachWeight, 0, Number.POSITIVE_INFINITY);
  builder.entry(emissionsRow, emissionsBeyondColumn, -1);
  return { emissionsRow, emissionsBeyondColumn };
}

function boundRow(
  { builder, unitKw }: ModelContext,
  columns: readonly (number | null)[],
  max: number,
): number {
  const row = builder.row(none, max / unitKw);
  for (const column of columns) if (column !== null) builder.entry(row, column, 1);
  return row;
}
