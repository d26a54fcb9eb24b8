/** A command ends because of something the person can mend; only the message is printed. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command line itself was wrong (EX_USAGE of sysexits.h). */
export const usageExitCode = 64;
