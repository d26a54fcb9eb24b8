import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../../config.ts";
import { portHolder } from "./port-holder.ts";

export interface Finding {
  readonly subject: string;
  readonly level: "ok" | "warn" | "fail";
  readonly detail: string;
}

const diskFreeBytesMin = 2 * 1024 ** 3;
const syncMsMax = 20;
const syncCount = 40;
const memoryBytesMin = 1024 ** 3;

/** Looks at everything around the service that has made it slow, full or mute before. */
export async function examine(config: Config): Promise<readonly Finding[]> {
  return [
    nodeFinding(),
    memoryFinding(),
    clockFinding(),
    ...(await dataDirFindings(config.dataDir)),
    await portFinding(config.http, "ZCP_HTTP_PORT"),
    ...(config.mqtt.url === null
      ? [
          await portFinding(
            { host: config.mqtt.listenHost, port: config.mqtt.listenPort },
            "ZCP_MQTT_LISTEN_PORT",
          ),
        ]
      : [brokerHint()]),
  ];
}

function nodeFinding(): Finding {
  const detail = `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${cpus().length} processors`;
  return { subject: "node", level: "ok", detail };
}

function memoryFinding(): Finding {
  const bytes = totalmem();
  const detail = `${(bytes / 1024 ** 3).toFixed(1)} GiB memory`;
  return bytes < memoryBytesMin
    ? {
        subject: "memory",
        level: "warn",
        detail: `${detail}; 1 GiB is the least to be at ease with`,
      }
    : { subject: "memory", level: "ok", detail };
}

/** A clock without battery starts in the past, and then every reading seems to come from the future. */
function clockFinding(): Finding {
  const now = new Date();
  const installed = statSync(fileURLToPath(import.meta.url)).mtime;
  return now < installed
    ? {
        subject: "clock",
        level: "fail",
        detail: `it is ${now.toISOString()} here, earlier than this program was built: set the clock (NTP)`,
      }
    : { subject: "clock", level: "ok", detail: now.toISOString() };
}

async function dataDirFindings(dataDir: string): Promise<readonly Finding[]> {
  let probe: string;
  try {
    mkdirSync(dataDir, { recursive: true });
    probe = mkdtempSync(join(dataDir, ".doctor-"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `${dataDir} cannot be written: ${reason}; set ZCP_DATA_DIR`;
    return [{ subject: "data folder", level: "fail", detail }];
  }
  try {
    const { bavail, bsize } = statfsSync(existsSync(dataDir) ? dataDir : dirname(dataDir));
    const freeBytes = bavail * bsize;
    const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free in ${dataDir}`;
    const syncMs = await medianSyncMs(join(probe, "sync"));
    const sync = `${syncMs.toFixed(1)} ms to put 4 KiB safely on disk (median of ${syncCount})`;
    return [
      freeBytes < diskFreeBytesMin
        ? {
            subject: "disk",
            level: "warn",
            detail: `${free}; 2 GiB is the least to be at ease with`,
          }
        : { subject: "disk", level: "ok", detail: free },
      syncMs > syncMsMax
        ? {
            subject: "fsync",
            level: "warn",
            detail: `${sync}: every acknowledgement waits for this`,
          }
        : { subject: "fsync", level: "ok", detail: sync },
    ];
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

async function medianSyncMs(path: string): Promise<number> {
  const block = Buffer.alloc(4096, 7);
  const durations: number[] = [];
  const file = await open(path, "w");
  try {
    for (let round = 0; round < syncCount; round += 1) {
      const begunMs = performance.now();
      await file.write(block);
      await file.datasync();
      durations.push(performance.now() - begunMs);
    }
  } finally {
    await file.close();
  }
  return durations.sort((a, b) => a - b)[Math.floor(syncCount / 2)] ?? 0;
}

async function portFinding(
  { host, port }: { readonly host: string; readonly port: number },
  variable: string,
): Promise<Finding> {
  const subject = `port ${port}`;
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  if (code === null) return { subject, level: "ok", detail: `free on ${host} (${variable})` };
  const holder = code === "EADDRINUSE" ? portHolder(port) : null;
  const by = holder === null ? "" : ` by ${holder}`;
  const what = code === "EADDRINUSE" ? `taken${by}; is the service running?` : `refused: ${code};`;
  return { subject, level: "warn", detail: `${what} ${variable} chooses another` };
}

/** Measured with Mosquitto 2.0.11: 4,000 of 5,000 messages were lost while the service was away. */
function brokerHint(): Finding {
  return {
    subject: "broker",
    level: "warn",
    detail:
      "external broker: Mosquitto keeps 1,000 messages for a client that is away and drops the rest; set max_queued_messages 0, persistence true and autosave_interval 5",
  };
}
