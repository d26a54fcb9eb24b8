import type {
  LinearProgram,
  LinearSolution,
  SimplexBasis,
} from "../domain/dispatch/linear-program.ts";

export interface SolveOptions {
  /** Where to begin, from the solution of a program with the same matrix; null: from the start. */
  readonly basis: SimplexBasis | null;
  readonly timeoutMs: number;
  /** Gives the program up; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Solves linear programs to proven optimality, off the event loop; the same input gives the same answer. */
export interface LinearSolver {
  /** @throws {UnavailableError} `solver_busy`, `solver_timeout`, `solver_failed` or `solver_closed`. */
  solve(program: LinearProgram, options: SolveOptions): Promise<LinearSolution>;
  close(): Promise<void>;
}
