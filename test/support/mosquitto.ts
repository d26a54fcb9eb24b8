import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { programPath } from "./programs.ts";

export const mosquittoPath = programPath("mosquitto");

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Ends it with a signal and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, with what it kept in its folder. */
  restart(): Promise<void>;
}

const startMsMax = 20_000;

/** Runs Debian's broker with a queue without bounds, in a folder that the caller removes. */
export async function startMosquitto(
  dir: string,
  lines: readonly string[] = ["allow_anonymous true"],
): Promise<Mosquitto> {
  const port = await freePort();
  const config = join(dir, "mosquitto.conf");
  const { username } = userInfo();
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      ...(username === "root" ? ["user root"] : []),
      "persistence true",
      `persistence_location ${dir}/`,
      "max_queued_messages 0",
      "max_inflight_messages 0",
      "log_dest none",
      ...lines,
      "",
    ].join("\n"),
  );
  let child = await launch(config, port);
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    stop: (signal = "SIGTERM") => ended(child, signal),
    restart: async () => {
      child = await launch(config, port);
    },
  };
}

async function launch(config: string, port: number): Promise<ChildProcess> {
  if (mosquittoPath === null) throw new Error("mosquitto is not on the PATH");
  const child = spawn(mosquittoPath, ["-c", config], { stdio: "ignore" });
  const giveUpMs = Date.now() + startMsMax;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with code ${child.exitCode}`);
    if (Date.now() > giveUpMs) throw new Error("mosquitto does not listen");
    await setTimeout(20);
  }
  return child;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}
