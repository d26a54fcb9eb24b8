import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { CliError, usageExitCode } from "./cli-error.ts";
import { type ReplayReport, replay } from "./replay.ts";
import { httpTarget, mqttTarget, type ReplayTarget } from "./replay-targets.ts";
import { configFrom, withSettings } from "./setting-flags.ts";

interface ReplayOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly mqtt?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly parallel: string;
}

/** `zcp replay FILE`: sends recorded messages over HTTP or MQTT and says what became of them. */
export function addReplay(root: Command, finish: (code: number) => void): void {
  withSettings(root.command("replay <file>"))
    .description("重新送入 NDJSON 记录 send recorded NDJSON messages")
    .option("--url <url>", "service to send to over HTTP")
    .option("--token-file <file>", "file with a bearer token; default: ZCP_BOOTSTRAP_TOKEN")
    .option("--mqtt <url>", "broker to publish to instead of HTTP")
    .option("--username <name>", "gateway that signs in at the broker")
    .option("--password-file <file>", "file with its password")
    .option("--parallel <n>", "messages under way at the same time", "8")
    .action(async (file: string, options: ReplayOptions, command: Command) => {
      const target = await targetOf(options, command);
      const onProgress = (text: string) => process.stderr.write(`${text}\n`);
      try {
        const report = await replay(file, target, { parallel: parallelOf(options), onProgress });
        process.stdout.write(reportText(report));
        finish(report.refusedCount > 0 ? 1 : 0);
      } finally {
        await target.close();
      }
    });
}

async function targetOf(options: ReplayOptions, command: Command): Promise<ReplayTarget> {
  const config = configFrom(command);
  if (options.mqtt !== undefined) {
    const { username, passwordFile } = options;
    if (username === undefined || passwordFile === undefined) {
      throw new CliError("--mqtt needs --username and --password-file", usageExitCode);
    }
    const password = secretFrom(passwordFile);
    const parkId = config.parkContent.park.id;
    return mqttTarget({ url: options.mqtt, username, password, parkId });
  }
  const token =
    options.tokenFile === undefined ? config.bootstrapToken : secretFrom(options.tokenFile);
  if (token === null) {
    throw new CliError("set ZCP_BOOTSTRAP_TOKEN or --token-file to sign in", usageExitCode);
  }
  return httpTarget(options.url ?? `http://${config.http.host}:${config.http.port}`, token);
}

function parallelOf({ parallel }: ReplayOptions): number {
  const count = Number(parallel);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new CliError("--parallel takes a whole number from 1 to 64", usageExitCode);
}

function secretFrom(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    throw new CliError(`${path} cannot be read`, usageExitCode);
  }
}

function reportText({
  messages,
  accepted,
  quarantined,
  refused,
  refusedCount,
}: ReplayReport): string {
  return [
    ...refused,
    ...(refusedCount > refused.length ? [`… and ${refusedCount - refused.length} more`] : []),
    `${messages} messages sent: ${accepted} accepted, ${quarantined} quarantined; ${refusedCount} refused or skipped`,
    "",
  ].join("\n");
}
