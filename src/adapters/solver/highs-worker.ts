import { parentPort } from "node:worker_threads";
import loadHighs from "highs";
import type { LinearProgram, LinearSolution } from "../../domain/dispatch/linear-program.ts";
import type { SolveAnswer, SolveRequest } from "./solver-protocol.ts";

/**
 * Runs inside a worker thread, because a solve blocks its thread from beginning to end. One solver
 * instance lives as long as the thread, so that its code stays compiled and its memory is used again.
 */
const port = parentPort;
if (port === null) throw new Error("this file runs inside a worker thread only");

// The package types its CommonJS face; the module that Node loads has the function as its default.
const highs = await (loadHighs as unknown as typeof loadHighs.default)();
const model = highs.createModel();
const { modelStatus, variableType } = highs.constants;

/** Objectives of plans are promised to 1e-6; the solver's own tolerances stay well below. */
const options = {
  output_flag: false,
  random_seed: 1,
  primal_feasibility_tolerance: 1e-9,
  dual_feasibility_tolerance: 1e-9,
  mip_feasibility_tolerance: 1e-9,
  mip_rel_gap: 1e-7,
  mip_abs_gap: 1e-9,
} as const;

const gapFractionMax = 5e-7;

function pass({ matrix, ...program }: LinearProgram): void {
  const numCols = program.costs.length;
  const numRows = program.rowMin.length;
  const integrality = new Int32Array(program.binaryColumns.length === 0 ? 0 : numCols);
  for (const column of program.binaryColumns) integrality[column] = variableType.integer;
  model.passModel({
    numCols,
    numRows,
    colCost: program.costs,
    colLower: program.columnMin,
    colUpper: program.columnMax,
    rowLower: program.rowMin,
    rowUpper: program.rowMax,
    matrix: {
      format: "csc",
      numCols,
      numRows,
      starts: matrix.starts,
      indices: matrix.rows,
      values: matrix.values,
    },
    ...(integrality.length === 0 ? {} : { integrality }),
  });
}

/** Out of time, but with a solution that is proven to be as good as promised. */
function isCloseEnough(program: LinearProgram): boolean {
  return program.binaryColumns.length > 0 && Number(model.info.get("mip_gap")) <= gapFractionMax;
}

type Outcome =
  | LinearSolution
  | { readonly status: "timeout" }
  | { readonly status: "unclear"; readonly code: number };

function run({ program, basis, timeLimitS }: SolveRequest, presolve: "choose" | "off"): Outcome {
  model.clear();
  model.options.set({ ...options, presolve, time_limit: timeLimitS });
  pass(program);
  if (basis !== null) model.setBasis({ colStatus: basis.columns, rowStatus: basis.rows });
  model.zeroAllClocks();
  model.run();
  const status = model.getModelStatus();
  if (status === modelStatus.infeasible) return { status: "infeasible" };
  if (status === modelStatus.timeLimit && !isCloseEnough(program)) return { status: "timeout" };
  if (status !== modelStatus.optimal && status !== modelStatus.timeLimit)
    return { status: "unclear", code: status };
  const { colValue, rowDual } = model.getSolution();
  const objective = model.getObjectiveValue();
  if (program.binaryColumns.length > 0) {
    return { status: "optimal", objective, columns: colValue, rowDuals: null, basis: null };
  }
  const { colStatus, rowStatus } = model.getBasis();
  return {
    status: "optimal",
    objective,
    columns: colValue,
    rowDuals: rowDual,
    basis: { columns: colStatus, rows: rowStatus },
  };
}

/** A program that the solver is not sure about is tried once more, from the start and as it stands. */
function answer(request: SolveRequest): SolveAnswer {
  const first = run(request, "choose");
  const outcome = first.status === "unclear" ? run({ ...request, basis: null }, "off") : first;
  const head = { id: request.id, memoryBytes: highs.memoryBytes };
  if (outcome.status === "timeout") return { ...head, kind: "timeout" };
  if (outcome.status === "unclear") {
    return { ...head, kind: "failed", message: `the solver ended with status ${outcome.code}` };
  }
  return { ...head, kind: "solved", solution: outcome };
}

port.on("message", (request: SolveRequest) => {
  let reply: SolveAnswer;
  try {
    reply = answer(request);
  } catch (error) {
    const { message } = error as Error;
    reply = { id: request.id, memoryBytes: highs.memoryBytes, kind: "failed", message };
  }
  port.postMessage(reply);
});
