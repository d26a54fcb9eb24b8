/** Exit codes of sysexits.h that the service uses as well. */
export const exitUsage = 64;
export const exitUnavailable = 69;
export const exitConfig = 78;

/** Ends the program with a sentence that says what is wrong and what to do; no stack is shown. */
export class SimulatorError extends Error {
  override readonly name = "SimulatorError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
