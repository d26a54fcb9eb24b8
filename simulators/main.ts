import { CommanderError } from "commander";
import { exitUsage, reasonOf, SimulatorError } from "./errors.ts";
import { optionsOf, simulatorCommand } from "./options.ts";
import { Report } from "./report.ts";
import { Run } from "./run.ts";
import { languageOf } from "./texts.ts";

const language = languageOf(process.env);

/** Runs until everything is sent, or until it is asked to stop; resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  let run: Run | null = null;
  const stop = (): void => run?.stop();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  // Whoever started the simulators beside a service wants them to end with it.
  process.on("disconnect", stop);
  try {
    const command = simulatorCommand(language).parse(args, { from: "user" });
    const options = optionsOf(command, Date.now());
    run = new Run(options, new Report(language, options.json));
    return await run.start();
  } catch (error) {
    return exitCodeOf(error);
  } finally {
    run = null;
    if (process.connected) process.disconnect();
  }
}

function exitCodeOf(error: unknown): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage;
  if (error instanceof SimulatorError) {
    process.stderr.write(`zcp simulate: ${error.message}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : reasonOf(error);
  process.stderr.write(`zcp simulate: ${text}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
