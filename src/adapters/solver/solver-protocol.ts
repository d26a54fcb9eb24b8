import type {
  LinearProgram,
  LinearSolution,
  SimplexBasis,
} from "../../domain/dispatch/linear-program.ts";

export interface SolveRequest {
  readonly id: number;
  readonly program: LinearProgram;
  readonly basis: SimplexBasis | null;
  readonly timeLimitS: number;
}

/** `memoryBytes` is what the solver's memory has grown to; it never shrinks. */
export type SolveAnswer = { readonly id: number; readonly memoryBytes: number } & (
  | { readonly kind: "solved"; readonly solution: LinearSolution }
  | { readonly kind: "timeout" }
  /** The solver could not answer; it is not trusted with anything else. */
  | { readonly kind: "failed"; readonly message: string }
);
