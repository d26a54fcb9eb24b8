import type { Problem } from "../../contracts/problem.ts";

/** A request that the service refused, or that never reached it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly code: string;
  /** What kind of refusal it is, in the language of the person. */
  readonly title: string | null;
  readonly remedy: string | null;
  /** What is wrong with which field, by JSON pointer. */
  readonly faults: readonly { readonly pointer: string; readonly detail: string }[];

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? (status === 0 ? "unreachable" : `http_${status}`);
    this.title = problem.title ?? null;
    this.remedy = problem.remedy ?? null;
    this.faults = problem.errors ?? [];
  }
}

/** Whatever was thrown, as an error that can be shown. */
export function asRequestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  return new RequestError(0, { detail: thrown instanceof Error ? thrown.message : String(thrown) });
}
