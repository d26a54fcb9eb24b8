import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { exitConfig, exitUsage, reasonOf, SimulatorError } from "./errors.ts";
import type { FaultRates } from "./faults/fault-kinds.ts";
import { faultRatesOf } from "./faults/fault-options.ts";
import type { Language } from "./texts.ts";
import { dayMs, instantOf, quarterStartMs, secondMs } from "./units.ts";

/** The file that the service writes for its simulators. */
const Credentials = z.object({
  mqttUrl: z.string(),
  gateways: z.record(z.string(), z.string()),
});

export interface Options {
  readonly parkPath: string;
  /** Null when nothing is sent over MQTT. */
  readonly mqttUrl: string | null;
  /** Passwords by gateway; null where the broker asks for none. */
  readonly passwords: Readonly<Record<string, string>> | null;
  readonly outputPath: string | null;
  readonly truthPath: string | null;
  readonly statePath: string | null;
  /** Null: that of the state, else the usual one. */
  readonly seed: number | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly realtime: boolean;
  /** How many times faster than real time a history is played; null: as fast as it is taken. */
  readonly speedFactor: number | null;
  readonly latch: boolean;
  readonly faults: string;
  readonly faultRates: FaultRates;
  readonly faultScript: string | null;
  readonly gatewayIds: readonly string[] | null;
  readonly meterIds: readonly string[] | null;
  /** How long a run that is not live waits for its connections. */
  readonly connectTimeoutMs: number;
  readonly json: boolean;
}

/** Null: as fast as it is taken. */
type Factor = number | null;
type Seconds = number;

interface Flags {
  readonly park: string;
  readonly credentials?: string;
  readonly mqtt?: string;
  readonly output?: string;
  readonly truth?: string;
  readonly state?: string;
  readonly seed?: number;
  readonly days: number;
  readonly from?: number;
  readonly to?: number;
  readonly realtime?: true;
  readonly speed: Factor;
  readonly latch: string;
  readonly faults: string;
  readonly faultScript?: string;
  readonly gateways?: readonly string[];
  readonly meters?: readonly string[];
  readonly connectTimeout: Seconds;
  readonly json?: true;
}

/** The command line. Descriptions come in the language of the person. */
export function simulatorCommand(language: Language): Command {
  const say = (zh: string, en: string): string => (language === "zh" ? zh : en);
  return new Command("zcp simulate")
    .description(
      say(
        "模拟园区现场：有已知真值，可注入故障，只用 MQTT 契约",
        "simulate the field of a park, with known truth and faults, over the MQTT contract only",
      ),
    )
    .option("--park <file>", say("园区文件", "park file"), process.env.ZCP_PARK ?? defaultPark())
    .option("--credentials <file>", say("服务写给模拟器的凭据文件", "file that the service wrote"))
    .option("--mqtt <url>", say("消息服务器地址", "broker, such as mqtt://127.0.0.1:1883"))
    .option("--output <file>", say("不连接，把消息写成 NDJSON", "write messages as NDJSON instead"))
    .option("--truth <file>", say("写出真值 CSV", "write the truth as CSV"))
    .option("--state <file>", say("接续状态文件", "file that lets a later run go on"))
    .option("--seed <n>", say("随机种子", "seed of everything that is chance"), wholeNumber)
    .option("--days <n>", say("补录天数", "days of history"), positive, 30)
    .option("--from <instant>", say("历史起点", "start of the history"), instant)
    .option("--to <instant>", say("历史终点", "end of the history"), instant)
    .option("--realtime", say("补录之外实时上报", "send live values too"))
    .option("--speed <factor>", say("回放倍速或 max", "max, or a factor of real time"), speed, null)
    .addOption(
      new Option("--latch <on|off>", say("整刻冻结表底", "freeze registers at quarter hours"))
        .choices(["on", "off"])
        .default("on"),
    )
    .option(
      "--faults <spec>",
      say("none、light、heavy 或 kind=率", "none, light, heavy or kind=rate"),
      "none",
    )
    .option("--fault-script <file>", say("故障时间表 YAML", "schedule of faults, YAML"))
    .option("--gateways <ids>", say("只用这些网关", "only these gateways"), list)
    .option("--meters <ids>", say("只用这些设备", "only these devices"), list)
    .option(
      "--connect-timeout <s>",
      say("等待连接的秒数", "seconds to wait for connections"),
      seconds,
      30,
    )
    .option("--json", say("进度以 JSON 输出", "progress as JSON on stdout"))
    .exitOverride();
}

/**
 * Checks what was asked for as a whole.
 *
 * @throws {SimulatorError} with the option that does not fit and what to write instead.
 */
export function optionsOf(command: Command, nowMs: number): Options {
  const flags = command.opts<Flags>();
  const credentials = flags.credentials === undefined ? null : readCredentials(flags.credentials);
  const { output = null, truth = null } = flags;
  const mqttUrl = output === null ? (flags.mqtt ?? credentials?.mqttUrl ?? null) : null;
  if (mqttUrl === null && output === null && truth === null) {
    throw new SimulatorError("give --credentials, --mqtt, --output or --truth", exitUsage);
  }
  const realtime = flags.realtime === true;
  const { fromMs, toMs } = spanOf(flags, nowMs);
  return {
    parkPath: flags.park,
    mqttUrl,
    passwords: credentials?.gateways ?? null,
    outputPath: output,
    truthPath: truth,
    statePath: flags.state ?? stateBeside(flags.credentials, realtime),
    seed: flags.seed ?? null,
    fromMs,
    toMs,
    realtime,
    speedFactor: flags.speed,
    latch: flags.latch === "on",
    faults: flags.faults,
    faultRates: faultRatesOf(flags.faults),
    faultScript: flags.faultScript ?? null,
    gatewayIds: flags.gateways ?? null,
    meterIds: flags.meters ?? null,
    connectTimeoutMs: flags.connectTimeout * secondMs,
    json: flags.json === true,
  };
}

/** The park that comes with the simulators, whether they are built or not. */
function defaultPark(): string {
  const inSource = fileURLToPath(new URL("../parks/lhasa.yaml", import.meta.url));
  return existsSync(inSource)
    ? inSource
    : fileURLToPath(new URL("../../parks/lhasa.yaml", import.meta.url));
}

function spanOf(flags: Flags, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  if (flags.realtime === true && (flags.to !== undefined || flags.speed !== null)) {
    throw new SimulatorError("--realtime goes on from now: leave out --to and --speed", exitUsage);
  }
  const toMs = quarterStartMs(flags.to ?? nowMs);
  const fromMs = quarterStartMs(flags.from ?? toMs - flags.days * dayMs);
  if (fromMs >= toMs) throw new SimulatorError("--from must be before --to", exitUsage);
  return { fromMs, toMs };
}

/** A live run remembers where it was, in the folder of the service that it belongs to. */
function stateBeside(credentialsPath: string | undefined, realtime: boolean): string | null {
  if (credentialsPath === undefined || !realtime) return null;
  return join(dirname(credentialsPath), "simulator-state.json");
}

function readCredentials(path: string): z.infer<typeof Credentials> {
  try {
    return Credentials.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    throw new SimulatorError(`${path} is no credentials file: ${reasonOf(error)}`, exitConfig);
  }
}

function instant(text: string): number {
  const tsMs = instantOf(text);
  if (!Number.isNaN(tsMs)) return tsMs;
  throw new InvalidArgumentError("write an instant such as 2026-11-01T00:00:00+08:00");
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError("write a whole number");
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 3660) return value;
  throw new InvalidArgumentError("write a number of days up to 3660");
}

function seconds(text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 3600) return value;
  throw new InvalidArgumentError("write seconds from 1 to 3600");
}

function speed(text: string): number | null {
  if (text === "max") return null;
  const value = Number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("write max, or a factor such as 60");
}

function list(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
