import { parseConfig } from "./config.ts";
import { exitCodeOf } from "./entry/cli/exit-code.ts";
import { start } from "./entry/cli/start.ts";

/** The service alone, as containers and process managers run it; people use `zcp start`. */
try {
  process.exitCode = await start(parseConfig({ environment: process.env }));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
