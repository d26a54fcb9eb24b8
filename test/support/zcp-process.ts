import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const root = join(import.meta.dirname, "../..");
export const launcherPath = join(root, "bin/zcp.mjs");
/** Tests share the machine, so a start is given far more time than it needs. */
const startMaxMs = 60_000;
/** A command that has not ended by then never will, and must not hold up the other tests. */
const commandMaxMs = 100_000;

type Environment = Readonly<Record<string, string>>;

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs one command of the command line to its end. */
export function zcp(args: readonly string[], environment: Environment = {}): Finished {
  const result = spawnSync(process.execPath, [launcherPath, ...args], {
    encoding: "utf8",
    env: environmentOf(environment),
    timeout: commandMaxMs,
    killSignal: "SIGKILL",
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

export interface RunningZcp {
  readonly pid: number;
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly signInUrl: string;
  /** What it has written to standard error so far. */
  err(): string;
  /** Sends the signal and resolves with the exit code, null after SIGKILL. */
  end(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<number | null>;
}

/**
 * Starts the service as a process of its own and waits for its addresses; the test ends it. `through`
 * is a command that replaces itself by the service.
 */
export async function startZcp(
  args: readonly string[],
  environment: Environment,
  through: readonly string[] = [],
): Promise<RunningZcp> {
  const [program = "", ...rest] = [...through, process.execPath, launcherPath, ...args];
  const child = spawn(program, rest, { env: environmentOf(environment) });
  const output = collect(child);
  const exited = once(child, "exit");
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await exited;
  });
  // A service at an external broker has no MQTT address of its own to print.
  const hasBroker = environment.ZCP_MQTT_URL === undefined;
  await output.until(hasBroker ? /sign-in\?token=\S+[\s\S]*mqtt:\/\/\S+/ : /sign-in\?token=\S+/);
  const { text } = output;
  return {
    pid: child.pid ?? 0,
    httpUrl: found(text(), /http:\/\/[\w.]+:\d+/),
    mqttUrl: found(text(), /mqtt:\/\/[\w.]+:\d+/),
    signInUrl: found(text(), /http:\S+sign-in\?token=\S+/),
    err: text,
    end: async (signal) => {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

function environmentOf(environment: Environment): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: "en_GB.UTF-8", ...environment };
}

function collect(child: ChildProcess) {
  let err = "";
  const listeners = new Set<() => void>();
  const more = (chunk: Buffer): void => {
    err += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stderr?.on("data", more);
  child.stdout?.resume();
  return {
    text: () => err,
    until: (pattern: RegExp): Promise<void> =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`no ${pattern} within ${startMaxMs} ms in:\n${err}`)),
          startMaxMs,
        );
        const look = (): void => {
          if (!pattern.test(err)) return;
          clearTimeout(late);
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        child.once("exit", (code) => {
          clearTimeout(late);
          reject(new Error(`ended with ${code} before ${pattern} in:\n${err}`));
        });
        look();
      }),
  };
}

function found(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[0] ?? "";
}
