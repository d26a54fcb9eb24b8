import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** Whether a Mosquitto with its dynamic-security plug-in can be started here. */
export const hasMosquitto = spawnSync("mosquitto", ["-h"]).error === undefined;

const root = join(import.meta.dirname, "../..");
/** Where Debian and the container image keep the plug-in. */
const pluginPaths = [
  "/usr/lib/mosquitto_dynamic_security.so",
  "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so",
  "/usr/lib/aarch64-linux-gnu/mosquitto_dynamic_security.so",
];

export interface StackBroker {
  readonly port: number;
  /** Password of the service's own account. */
  readonly servicePassword: string;
  /** Makes the broker write its sessions to disk now, which it otherwise does every few seconds. */
  save(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real Mosquitto with a configuration of this repository; only paths and the port are changed, and
 * the listener is bound to loopback.
 */
export async function startStackBroker(
  name: "mosquitto.conf" | "mosquitto-certificates.conf",
  certificatesDir?: string,
): Promise<StackBroker> {
  const dir = mkdtempSync(join(tmpdir(), "zcp-mosquitto-"));
  const port = await freePort();
  for (const folder of ["common", "data", "secrets"]) mkdirSync(join(dir, folder));
  spawnSync(process.execPath, [join(root, "deploy/make-secrets.mjs"), join(dir, "secrets")]);
  cpSync(
    join(dir, "secrets/mosquitto/dynamic-security.json"),
    join(dir, "data/dynamic-security.json"),
  );
  const adapt = (text: string): string =>
    text
      .replaceAll("/mosquitto/data", join(dir, "data"))
      .replaceAll("/mosquitto/config/common", join(dir, "common"))
      .replaceAll("/mosquitto/config/acl.conf", join(dir, "acl.conf"))
      .replaceAll("/mosquitto/certs", certificatesDir ?? "")
      .replaceAll(pluginPaths[0] ?? "", pluginPaths.find(existsSync) ?? "")
      .replaceAll(/^listener \d+$/gm, `listener ${port} 127.0.0.1`);
  const deployed = (file: string): string =>
    adapt(readFileSync(join(root, "deploy/mosquitto", file), "utf8"));
  writeFileSync(join(dir, "common/limits.conf"), deployed("limits.conf"));
  writeFileSync(join(dir, "acl.conf"), deployed("acl.conf"));
  // Started as root, Mosquitto becomes a user of its own that could not read the folder.
  writeFileSync(join(dir, "broker.conf"), `${deployed(name)}\nuser root\n`);
  chmodSync(dir, 0o755);
  let broker: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    broker = spawn("mosquitto", ["-c", join(dir, "broker.conf")], { stdio: "ignore" });
    await untilListens(port);
  };
  await start();
  return {
    port,
    servicePassword: readFileSync(join(dir, "secrets/mqtt-password"), "utf8").trim(),
    save: async () => {
      const file = join(dir, "data/mosquitto.db");
      const changedMs = (): number => (existsSync(file) ? statSync(file).mtimeMs : 0);
      const before = changedMs();
      broker?.kill("SIGUSR1");
      while (changedMs() === before) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    kill: () => ended(broker, "SIGKILL"),
    start,
    stop: async () => {
      await ended(broker, "SIGTERM");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function untilListens(port: number): Promise<void> {
  const deadlineMs = Date.now() + 15_000;
  while (Date.now() < deadlineMs) {
    const listens = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (listens) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("mosquitto did not start within 15 s");
}

function ended(broker: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (broker === null || broker.exitCode !== null || broker.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    broker.once("exit", () => resolve());
    broker.kill(signal);
  });
}
