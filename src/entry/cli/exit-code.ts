import { CommanderError } from "commander";
import { ConfigError, configExitCode } from "../../config.ts";
import { chineseError, chineseProblem, wantsChinese } from "./chinese-errors.ts";
import { CliError, usageExitCode } from "./cli-error.ts";

/** Errors whose message says everything, by name; a stack would only hide it. */
const plainErrors: Readonly<Record<string, number>> = {
  BackupError: 1,
  CopyStateError: 1,
  DataDirLockedError: 1,
  HeadFileError: 1,
  DataDirUnusableError: configExitCode,
  MaintenanceError: 1,
  MoveError: 1,
  SchemaError: 1,
  StoreUnusableError: 1,
  UnavailableError: 1,
  VaultError: configExitCode,
};

/** Says on standard error what went wrong; answers the exit code that stands for it. */
export function exitCodeOf(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
  if (error instanceof ConfigError) {
    const count = error.problems.length;
    const isChinese = wantsChinese(process.env);
    const lines = error.problems
      .map((problem) => `  - ${isChinese ? chineseProblem(problem) : problem}\n`)
      .join("");
    process.stderr.write(
      `配置有 ${count} 处问题 · the configuration has ${count} problem(s):\n${lines}`,
    );
    return error.exitCode;
  }
  if (error instanceof CliError) return said(error.message, error.exitCode);
  if (!(error instanceof Error)) return said(String(error), 1);
  const plain = plainErrors[error.name];
  return plain === undefined ? said(error.stack ?? error.message, 1) : said(error.message, plain);
}

function said(text: string, exitCode: number): number {
  process.stderr.write(`zcp: ${wantsChinese(process.env) ? chineseError(text) : text}\n`);
  return exitCode;
}
