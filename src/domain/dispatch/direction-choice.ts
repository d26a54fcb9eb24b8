import type { ProgramBuilder } from "./linear-program.ts";
import { at, gridBounds, type ModelContext, type StepColumns } from "./step-columns.ts";

/**
 * import ≤ most × y, export ≤ most × (1 − y), y in {0, 1}, and what follows from the balance for either
 * choice: import ≤ curtailment + charge + (load − renewable) × y. Without that row the relaxed program
 * sells the renewable energy and buys the load's, and the search takes many times as long.
 */
export function chooseGrid(
  context: ModelContext,
  columns: StepColumns | undefined,
  step: number,
): void {
  if (columns === undefined) return;
  const { builder, problem, unitKw } = context;
  const { importMaxKw, exportMaxKw } = gridBounds(problem, step);
  const choice = builder.binary();
  const imports = [columns.importWithinColumn, columns.importBeyondColumn];
  either(builder, choice, {
    yes: { columns: imports, max: importMaxKw / unitKw },
    no: {
      columns: [columns.exportWithinColumn, columns.exportBeyondColumn],
      max: exportMaxKw / unitKw,
    },
  });
  const netKw = at(problem.loadKw, step) - at(problem.renewableKw, step);
  const row = builder.row(Number.NEGATIVE_INFINITY, 0);
  for (const column of imports) if (column !== null) builder.entry(row, column, 1);
  builder.entry(row, columns.curtailColumn, -1);
  builder.entry(row, columns.chargeColumn, -1);
  builder.entry(row, choice, -netKw / unitKw);
}

/** charge ≤ most × y, discharge ≤ most × (1 − y), y in {0, 1}. */
export function chooseStorage(
  context: ModelContext,
  columns: StepColumns | undefined,
  step: number,
): void {
  if (columns === undefined) return;
  const { builder, problem, unitKw } = context;
  const { chargeMaxKw, dischargeMaxKw } = problem.storage;
  either(builder, builder.binary(), {
    yes: { columns: [columns.chargeColumn], max: at(chargeMaxKw, step) / unitKw },
    no: { columns: [columns.dischargeColumn], max: at(dischargeMaxKw, step) / unitKw },
  });
}

interface Side {
  readonly columns: readonly (number | null)[];
  readonly max: number;
}

function either(
  builder: ProgramBuilder,
  choice: number,
  { yes, no }: { readonly yes: Side; readonly no: Side },
): void {
  const yesRow = builder.row(Number.NEGATIVE_INFINITY, 0);
  builder.entry(yesRow, choice, -yes.max);
  const noRow = builder.row(Number.NEGATIVE_INFINITY, no.max);
  builder.entry(noRow, choice, no.max);
  for (const column of yes.columns) if (column !== null) builder.entry(yesRow, column, 1);
  for (const column of no.columns) if (column !== null) builder.entry(noRow, column, 1);
}
