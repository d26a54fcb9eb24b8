import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { freePort } from "./free-port.ts";

/**
 * An InfluxDB that somebody else runs, for tests that need no more of it than its interface: of version
 * 2 or 3, or of 1.8. The token may make and drop buckets; the bucket named is only the beginning of
 * the names that are made.
 */
const outside = {
  url: process.env.ZCP_TEST_INFLUX_URL,
  token: process.env.ZCP_TEST_INFLUX_TOKEN ?? null,
  org: process.env.ZCP_TEST_INFLUX_ORG ?? "zcp",
  bucket: process.env.ZCP_TEST_INFLUX_BUCKET ?? "zcp-test",
};
export const hasInfluxOutside = outside.url !== undefined;

/** Whether Debian's InfluxDB 1.x can be started here. */
export const hasInfluxd = spawnSync("influxd", ["version"]).status === 0;

export interface InfluxServer {
  /** Where the adapter connects: speaks `/api/v2/write` and `/query`. */
  readonly url: string;
  /** Creates what version 2 calls a bucket. */
  createBucket(name: string): Promise<void>;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same data and ports. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A real InfluxDB 1.x on loopback. It knows `/write` only, so a path shim stands in front that turns
 * `/api/v2/write?bucket=B&precision=ns` into `/write?db=B&precision=n`.
 */
export async function startInfluxServer(): Promise<InfluxServer> {
  const dir = mkdtempSync(join(tmpdir(), "zcp-influx-"));
  const [port, rpcPort] = [await freePort(), await freePort()];
  const config = join(dir, "influxdb.conf");
  writeFileSync(config, configOf(dir, port, rpcPort));
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    server = spawn("influxd", ["run", "-config", config], { stdio: "ignore" });
    await untilAnswers(port);
  };
  await start();
  const shim = createServer((incoming, outgoing) => forward(incoming, outgoing, port));
  await new Promise<void>((resolve) => shim.listen(0, "127.0.0.1", resolve));
  const kill = (): Promise<void> => ended(server);
  return {
    url: `http://127.0.0.1:${(shim.address() as AddressInfo).port}`,
    createBucket: (name) =>
      post(port, `/query?q=${encodeURIComponent(`CREATE DATABASE "${name}"`)}`),
    kill,
    start,
    stop: async () => {
      shim.closeAllConnections();
      await new Promise((resolve) => shim.close(resolve));
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export interface Bucket {
  readonly url: string;
  readonly token: string | null;
  readonly org: string;
  readonly bucket: string;
  drop(): Promise<void>;
}

/** Makes an empty bucket in the InfluxDB outside, by the way of its version. */
export async function bucketOutside(): Promise<Bucket> {
  const { url = "", token, org } = outside;
  const bucket = `${outside.bucket}-${process.pid}-${randomBytes(4).toString("hex")}`;
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Token ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return text;
    throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
  };
  const found = { url, token, org, bucket };
  switch (await majorVersion(url, token)) {
    case 1: {
      const statement = (text: string) => `/query?${new URLSearchParams({ q: text })}`;
      await ask("POST", statement(`CREATE DATABASE "${bucket}"`));
      const drop = () => ask("POST", statement(`DROP DATABASE "${bucket}"`));
      return { ...found, drop: async () => void (await drop()) };
    }
    case 2: {
      const { orgs } = Orgs.parse(
        JSON.parse(await ask("GET", `/api/v2/orgs?${new URLSearchParams({ org })}`)),
      );
      const wanted = { orgID: orgs[0]?.id, name: bucket, retentionRules: [] };
      const { id } = Made.parse(JSON.parse(await ask("POST", "/api/v2/buckets", wanted)));
      return { ...found, drop: async () => void (await ask("DELETE", `/api/v2/buckets/${id}`)) };
    }
    default: {
      const path = "/api/v3/configure/database";
      await ask("POST", path, { db: bucket });
      const query = new URLSearchParams({ db: bucket });
      return { ...found, drop: async () => void (await ask("DELETE", `${path}?${query}`)) };
    }
  }
}

const Made = z.object({ id: z.string() });
const Orgs = z.object({ orgs: z.array(Made).min(1) });

async function majorVersion(url: string, token: string | null): Promise<number> {
  const headers = token === null ? {} : { authorization: `Token ${token}` };
  const answer = await fetch(`${url}/ping`, { headers });
  const [, major] = /^v?(\d+)\./.exec(answer.headers.get("x-influxdb-version") ?? "") ?? [];
  if (major !== undefined) return Number(major);
  throw new Error(`${url}/ping answered ${answer.status} and names no version`);
}

function configOf(dir: string, port: number, rpcPort: number): string {
  return [
    "reporting-disabled = true",
    `bind-address = "127.0.0.1:${rpcPort}"`,
    "[meta]",
    `  dir = "${dir}/meta"`,
    "[data]",
    `  dir = "${dir}/data"`,
    `  wal-dir = "${dir}/wal"`,
    "  query-log-enabled = false",
    "[http]",
    `  bind-address = "127.0.0.1:${port}"`,
    "  log-enabled = false",
    "[logging]",
    '  level = "error"',
    "",
  ].join("\n");
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const url = new URL(incoming.url ?? "/", "http://shim");
  const path = url.pathname === "/api/v2/write" ? writePath(url) : (incoming.url ?? "/");
  const onward = request(
    { host: "127.0.0.1", port, method: incoming.method, path, headers: incoming.headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}

function writePath(url: URL): string {
  const query = new URLSearchParams({ db: url.searchParams.get("bucket") ?? "", precision: "n" });
  return `/write?${query}`;
}

async function untilAnswers(port: number): Promise<void> {
  const deadlineMs = Date.now() + 30_000;
  while (Date.now() < deadlineMs) {
    try {
      await post(port, "/ping");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("influxd did not start within 30 s");
}

function post(port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method: "POST", path }, (answer) => {
      answer.resume();
      answer.on("end", resolve);
    });
    asked.on("error", reject);
    asked.end();
  });
}

function ended(server: ChildProcess | null): Promise<void> {
  if (server === null || server.exitCode !== null || server.signalCode !== null) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    server.once("exit", () => resolve());
    server.kill("SIGKILL");
  });
}
