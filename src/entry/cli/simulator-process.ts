import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { minuteMs, secondMs } from "../../domain/time.ts";

const backOffMinMs = secondMs;
const backOffMaxMs = 30 * secondMs;
/** A simulator that ran this long was healthy: the next restart is quick again. */
const healthyMs = minuteMs;

export interface SimulatorProcess {
  stop(): Promise<void>;
}

/** The simulators are a program of their own; built and unbuilt trees have it at the same place. */
export function simulatorProgram(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`../../../simulators/main.${ending}`, import.meta.url));
}

/** Runs the simulators beside the service and starts them again, ever more slowly, when they die. */
export function keepSimulatorRunning(
  args: readonly string[],
  onExit: (code: number | null, againInMs: number) => void,
): SimulatorProcess {
  let backOffMs = backOffMinMs;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;
  let stopping = false;

  const launch = (): void => {
    const startedAtMs = Date.now();
    child = fork(simulatorProgram(), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.once("exit", (code) => {
      child = undefined;
      if (stopping) return;
      if (Date.now() - startedAtMs > healthyMs) backOffMs = backOffMinMs;
      onExit(code, backOffMs);
      timer = setTimeout(launch, backOffMs);
      backOffMs = Math.min(backOffMs * 2, backOffMaxMs);
    });
  };
  launch();

  return {
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await ended(child);
    },
  };
}

/** Asks politely, then insists. */
function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = setTimeout(() => child.kill("SIGKILL"), 4 * secondMs);
    child.once("exit", () => {
      clearTimeout(insist);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
