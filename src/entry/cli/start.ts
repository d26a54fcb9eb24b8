import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { type Addresses, compose, type Service } from "../../compose.ts";
import type { Config } from "../../config.ts";
import { configExitCode } from "../../config.ts";
import { secondMs } from "../../domain/time.ts";
import { addressesFileName } from "../../offline.ts";
import { CliError } from "./cli-error.ts";
import { portHolder } from "./port-holder.ts";

/** Longest time between the request to stop and the end of the process. */
const stopMaxMs = 10 * secondMs;

export interface RunningService {
  readonly service: Service;
  readonly addresses: Addresses;
}

/** Lines that cannot be written now wait in this many characters; what goes beyond is lost. */
const logBufferMax = 1024 * 1024;

/** The log goes to standard output; where that is a file on a full disk, the service goes on without. */
export function logFor(config: Config, level = config.logLevel): Logger {
  const output = pino.destination({ dest: 1, sync: true, maxLength: logBufferMax });
  output.on("error", () => undefined);
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output);
}

/**
 * Brings the service up.
 *
 * @throws {CliError} with exit code 78 when a port is taken and may not be replaced.
 */
export async function startService(
  config: Config,
  options: { readonly log: Logger; readonly onPortTaken: "fail" | "free" },
): Promise<RunningService> {
  const service = await compose(config, options);
  try {
    const addresses = await service.start();
    // `zcp user link` in another terminal has to know the port, which may not be the configured one.
    writeFileSync(join(config.dataDir, addressesFileName), JSON.stringify(addresses));
    return { service, addresses };
  } catch (error) {
    await service.stop();
    throw portProblem(error, config) ?? error;
  }
}

/** `zcp start`: the service alone, until it is asked to stop. */
export async function start(config: Config): Promise<number> {
  const log = logFor(config);
  const { service, addresses } = await startService(config, { log, onPortTaken: "fail" });
  process.stderr.write(
    [
      `控制台 console  ${addresses.httpUrl}`,
      await signInLine(service),
      addresses.mqttUrl === null ? "" : `MQTT  ${addresses.mqttUrl}`,
      "",
    ]
      .filter((text, index, all) => text !== "" || index === all.length - 1)
      .join("\n"),
  );
  await signalled();
  return stopInTime(config, () => service.stop());
}

/** A link as long as nobody has an account: whoever reads the log could follow it. */
export async function signInLine(service: Service): Promise<string> {
  if (await service.hasAccounts()) {
    return "登录 sign in  用账号登录 with an account; `zcp user link` 生成链接 makes a link";
  }
  return `一次性登录 sign in once  ${await service.createSignInLink()}`;
}

/** Resolves at the first SIGINT or SIGTERM; the second one ends the process at once. */
export function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** Exit code 0 when everything stopped, 1 when it took too long and is abandoned. */
export async function stopInTime(config: Config, stop: () => Promise<void>): Promise<number> {
  const watchdog = setTimeout(() => {
    process.stderr.write("stopping took longer than 10 s; what was acknowledged is on disk\n");
    process.exit(1);
  }, stopMaxMs);
  rmSync(join(config.dataDir, addressesFileName), { force: true });
  await stop();
  clearTimeout(watchdog);
  return 0;
}

function portProblem(error: unknown, config: Config): CliError | null {
  if (!(error instanceof Error) || !("code" in error) || !("port" in error)) return null;
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return null;
  const port = Number(error.port);
  const variable = port === config.http.port ? "ZCP_HTTP_PORT" : "ZCP_MQTT_LISTEN_PORT";
  if (error.code === "EACCES") {
    const reason = `port ${port} needs more rights than this user has`;
    return new CliError(`${reason}; set ${variable} to a port above 1023`, configExitCode);
  }
  const holder = portHolder(port);
  return new CliError(
    `port ${port} is taken${holder === null ? "" : ` by ${holder}`}; stop that program or set ${variable} to another port (0 picks a free one)`,
    configExitCode,
  );
}
