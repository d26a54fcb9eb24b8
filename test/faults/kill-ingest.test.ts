import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { keyOf, uniform } from "../../simulators/random.ts";
import { ReadingsBody } from "../../src/contracts/energy.ts";
import { MeterFeed, type Sender, sendOverHttp, sendOverMqtt } from "../support/field-senders.ts";
import { freePort } from "../support/free-port.ts";
import { ServiceClient } from "../support/service-client.ts";
import { embeddedShape, type OpenShape, stackShape } from "../support/shapes.ts";
import { tempDir } from "../support/temp-dir.ts";
import { launcherPath, startZcp } from "../support/zcp-process.ts";

declare module "vitest" {
  interface TaskMeta {
    /** What a long run has measured, for its dated page. */
    proof?: string;
  }
}

const isProof = process.env.ZCP_PROOF === "1";
const kills = isProof ? 100 : 10;
const killsOfStack = isProof ? 30 : 4;
const timeout = isProof ? 3_600_000 : 900_000;
const patienceMs = 240_000;
const seed = 20_261_122;
const token = "0123456789abcdef0123456789abcdef";
const quarterMs = 900_000;
const dayMs = 86_400_000;

const park = `
id: north
name: { zh: 北园, en: North }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
gateways: [{ id: gw-1 }]
meters:
  - { id: m1, gatewayId: gw-1, kind: electricity-meter }
  - { id: m2, gatewayId: gw-1, kind: electricity-meter }
  - { id: m3, gatewayId: gw-1, kind: electricity-meter }
`;

interface Trial {
  readonly environment: Readonly<Record<string, string>>;
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly client: ServiceClient;
}

const Credentials = z.object({ username: z.string(), password: z.string() });

/** Fixed ports, because gateways do not follow a service that moves. */
async function openTrial(servers: OpenShape): Promise<Trial> {
  onTestFinished(() => servers.stop());
  const dir = tempDir();
  writeFileSync(join(dir, "park.yaml"), park);
  const [httpPort, mqttPort] = [await freePort(), await freePort()];
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  return {
    environment: {
      ZCP_DATA_DIR: join(dir, "data"),
      ZCP_PARK: join(dir, "park.yaml"),
      ZCP_HTTP_PORT: String(httpPort),
      ...(await servers.environment()),
      ...(servers.brokerUrl === null ? { ZCP_MQTT_LISTEN_PORT: String(mqttPort) } : {}),
      ZCP_BOOTSTRAP_TOKEN: token,
      ZCP_LOG_LEVEL: "warn",
    },
    httpUrl,
    mqttUrl: servers.brokerUrl ?? `mqtt://127.0.0.1:${mqttPort}`,
    client: new ServiceClient(httpUrl, token),
  };
}

/** Starts the service for the first time and kills it when the gateway has an account. */
async function signedUp({ environment, client }: Trial): Promise<z.infer<typeof Credentials>> {
  const first = await startZcp(["start"], environment);
  // The session has to exist before the first reading, or a broker outside keeps it for nobody.
  await client.until("the subscription", patienceMs, async () => {
    return (await client.ready()).degraded.length === 0;
  });
  const account = await client.post("/gateways/gw-1/credentials", {}, Credentials);
  await first.end("SIGKILL");
  return account;
}

function feedsOf(meterIds: readonly string[]): MeterFeed[] {
  const startMs = Math.floor((Date.now() - 300 * dayMs) / quarterMs) * quarterMs;
  return meterIds.map((id) => new MeterFeed(id, startMs, seed));
}

/** Kills the service so many times: while it works, and each fourth time while it starts. */
async function killAgainAndAgain({ environment }: Trial, count: number): Promise<void> {
  const key = keyOf(seed, "kill");
  for (let round = 0; round < count; round += 1) {
    const chance = uniform(key, round);
    if (round % 4 === 3) {
      await killWhileStarting(environment, 300 + 2500 * chance);
      continue;
    }
    const service = await startZcp(["start"], environment);
    await pause(100 + 1500 * chance);
    expect(await service.end("SIGKILL")).toBeNull();
  }
}

async function killWhileStarting(
  environment: Trial["environment"],
  afterMs: number,
): Promise<void> {
  const env = { PATH: process.env.PATH, ...environment };
  const child = spawn(process.execPath, [launcherPath, "start"], { env, stdio: "ignore" });
  const exited = once(child, "exit");
  await pause(afterMs);
  child.kill("SIGKILL");
  await exited;
}

/** Lets the senders come to an end, and compares what the API shows with their books. */
async function checkBooks({ client }: Trial, feeds: readonly MeterFeed[]): Promise<void> {
  for (const feed of feeds) feed.finish();
  await client.until("all acknowledgements", patienceMs, async () =>
    feeds.every((feed) => feed.isDone),
  );
  await client.settled(patienceMs);
  for (const feed of feeds) {
    expect(await storedOf(client, feed)).toEqual(feed.expected());
    const { slots, total } = await client.energy(feed.meterId, feed.startMs, feed.endMs);
    expect(total).toMatchObject({ importKwh: feed.energyKwh, missingSlots: 0, coverage: 1 });
    // 90 steps of 0.125 kWh.
    expect(new Set(slots.map(({ importKwh }) => importKwh))).toEqual(new Set([11.25]));
  }
}

async function storedOf(client: ServiceClient, feed: MeterFeed) {
  const stored: { tsMs: number; importKwh: unknown }[] = [];
  let next: string | null = null;
  do {
    const query = new URLSearchParams({
      from: new Date(feed.startMs).toISOString(),
      to: new Date(feed.endMs + 1).toISOString(),
      limit: "5000",
      ...(next === null ? {} : { cursor: next }),
    });
    const path = `/meters/${feed.meterId}/readings?${query}`;
    const page: ReadingsBody = await client.get(path, ReadingsBody);
    for (const { ts, values } of page.items) {
      stored.push({ tsMs: Date.parse(ts), importKwh: values.importKwh });
    }
    next = page.next;
  } while (next !== null);
  return stored;
}

function stopped(senders: readonly Sender[]): void {
  onTestFinished(async () => {
    await Promise.all(senders.map((sender) => sender.stop()));
  });
}

describe("a service that is killed again and again", () => {
  it("has every reading that it acknowledged, once", { timeout }, async ({ task }) => {
    const trial = await openTrial(await embeddedShape.open());
    const { httpUrl, mqttUrl } = trial;
    const { username, password } = await signedUp(trial);

    const feeds = feedsOf(["m1", "m2", "m3"]);
    const topicStart = "zcp/v1/north/gw-1";
    const senders = feeds.map((feed, index) =>
      index === 2
        ? sendOverHttp(feed, { url: httpUrl, token, gatewayId: "gw-1" })
        : sendOverMqtt(feed, { url: mqttUrl, topicStart, username, password }),
    );
    stopped(senders);
    await killAgainAndAgain(trial, kills);
    const last = await startZcp(["start"], trial.environment);
    const acked = feeds.map((feed) => feed.ackedCount);
    await checkBooks(trial, feeds);
    expect(Math.min(...acked)).toBeGreaterThan(0);
    expect(await last.end("SIGTERM")).toBe(0);
    const total = feeds.reduce((sum, feed) => sum + feed.ackedCount, 0);
    task.meta.proof = `${kills} kills, ${total} readings acknowledged, all there once`;
  });

  it.skipIf(!stackShape.isHere)(
    "has every reading that Mosquitto acknowledged, once, in InfluxDB and PostgreSQL",
    { timeout },
    async ({ task }) => {
      const trial = await openTrial(await stackShape.open());
      const account = await signedUp(trial);
      const feeds = feedsOf(["m1", "m2"]);
      const topicStart = "zcp/v1/north/gw-1";
      const pace = { width: 4, restMs: 60 };
      const senders = feeds.map((feed) =>
        sendOverMqtt(feed, { url: trial.mqttUrl, topicStart, ...account }, pace),
      );
      stopped(senders);
      await killAgainAndAgain(trial, killsOfStack);
      const last = await startZcp(["start"], trial.environment);
      await checkBooks(trial, feeds);
      expect(await last.end("SIGTERM")).toBe(0);
      const total = feeds.reduce((sum, feed) => sum + feed.ackedCount, 0);
      task.meta.proof = `${killsOfStack} kills in front of servers, ${total} readings, all there once`;
    },
  );
});

describe("a service that is asked to stop while it still has work", () => {
  it("ends within ten seconds and has everything afterwards", { timeout }, async () => {
    const trial = await openTrial(await embeddedShape.open());
    const { client, httpUrl } = trial;
    const service = await startZcp(["start"], trial.environment);
    const [feed] = feedsOf(["m1"]);
    if (feed === undefined) throw new Error("no feed");
    const sender = sendOverHttp(feed, { url: httpUrl, token, gatewayId: "gw-1" });
    await client.until("a backlog", patienceMs, async () => feed.ackedCount > 2000);
    const askedMs = Date.now();
    expect(await service.end("SIGTERM")).toBe(0);
    expect(Date.now() - askedMs).toBeLessThan(10_000);
    await startZcp(["start"], trial.environment);
    await checkBooks(trial, [feed]);
    await sender.stop();
  });
});
