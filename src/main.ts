import { ConfigError, parseConfig } from "./config.ts";
import { CliError } from "./entry/cli/cli-error.ts";
import { start } from "./entry/cli/start.ts";

/** The service alone, as containers and process managers run it; people use `zcp start`. */
try {
  process.exitCode = await start(parseConfig({ environment: process.env }));
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof CliError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
