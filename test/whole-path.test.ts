import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Addresses, compose, type Service } from "../src/compose.ts";
import { parseConfig } from "../src/config.ts";
import type { EnergyBody } from "../src/contracts/energy.ts";
import type { StatusBody } from "../src/contracts/status.ts";
import { openEventStream } from "./support/event-stream.ts";
import { type OpenShape, type Shape, shapes } from "./support/shapes.ts";
import { tempDir } from "./support/temp-dir.ts";

const token = "0123456789abcdef0123456789abcdef";
const park = `
id: north
name: { zh: 北园, en: North }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
enterprises: [{ id: acme, name: { zh: 甲企, en: Acme } }]
`;
const patient = { timeout: 30_000, interval: 50 };
const slow = { timeout: 90_000 };

interface Running extends Addresses {
  readonly service: Service;
  stop(): Promise<void>;
}

/** A park of its own: a folder, and where it has them a database and a bucket. */
interface Site {
  readonly dir: string;
  readonly environment: Record<string, string>;
  readonly brokerUrl: string | null;
}

const embedded: Site["environment"] = { ZCP_MQTT_LISTEN_PORT: "0" };

function siteIn(environment = embedded, brokerUrl: string | null = null): Site {
  const dir = tempDir();
  writeFileSync(join(dir, "park.yaml"), park);
  return { dir, environment, brokerUrl };
}

async function start({ dir, environment, brokerUrl }: Site): Promise<Running> {
  const config = parseConfig({
    environment: {
      ...{ ZCP_PARK: "park.yaml", ZCP_HTTP_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token },
      ...environment,
    },
    workingDir: dir,
  });
  const log = pino({ level: "silent" });
  const service = await compose(config, { log, onPortTaken: "fail" });
  onTestFinished(() => service.stop());
  const addresses = await service.start();
  const running = { service, ...addresses, mqttUrl: addresses.mqttUrl ?? brokerUrl };
  // A broker outside is joined a moment after the start.
  await vi.waitFor(async () => {
    const ready = await fetch(`${running.httpUrl}/readyz`);
    expect(await ready.json()).toMatchObject({ degraded: [] });
  }, patient);
  return { ...running, stop: () => service.stop() };
}

async function call<Answer>({ httpUrl }: Addresses, method: string, path: string, body?: object) {
  const response = await fetch(`${httpUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok, `${method} ${path} answered ${response.status}`).toBe(true);
  return (await response.json()) as Answer;
}

/**
 * As a client that only knows the API waits: until so many messages have come since the start, and
 * everything received has been worked through.
 */
function settled(running: Addresses, messages: number): Promise<void> {
  return vi.waitFor(async () => {
    const { ingest, ledger } = await call<StatusBody>(running, "GET", "/api/v1/status");
    expect(ingest.ackedTotal).toBeGreaterThanOrEqual(messages);
    expect([ingest.backlogReadings, ledger.touchedSlots]).toEqual([0, 0]);
  }, patient);
}

/** The end of the last full hour, so that every reading lies in the past and on a boundary. */
const hourEndMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const minutesBefore = (minutes: number): number => hourEndMs - minutes * 60_000;
const textOf = (ms: number): string => new Date(ms).toISOString();

function energyPath(meterId: string): string {
  return `/api/v1/energy?scope=meter:${meterId}&step=15m&from=${textOf(minutesBefore(60))}&to=${textOf(hourEndMs)}`;
}

async function gatewayOf(running: Running, id: string, password: string): Promise<MqttClient> {
  const client = await connectAsync(running.mqttUrl ?? "", {
    clientId: id,
    username: id,
    password,
    reconnectPeriod: 0,
  });
  onTestFinished(() => client.endAsync(true));
  return client;
}

const publish = (client: MqttClient, deviceId: string, payload: object) =>
  client.publishAsync(`zcp/v1/north/gw-1/${deviceId}/telemetry`, JSON.stringify(payload), {
    qos: 1,
  });

for (const shape of shapes) {
  describe.skipIf(!shape.isHere)(`a reading, ${shape.name},`, () => aReading(shape));
}

function aReading(shape: Shape): void {
  let servers: OpenShape;
  beforeAll(async () => {
    servers = await shape.open();
  });
  afterAll(() => servers.stop());
  const site = async (): Promise<Site> => siteIn(await servers.environment(), servers.brokerUrl);

  it("goes from the gateway over the journal and the slots to whoever asks", slow, async () => {
    const running = await start(await site());
    const { password } = await call<{ password: string }>(running, "POST", "/api/v1/gateways", {
      id: "gw-1",
    });
    const meter = { id: "m1", gatewayId: "gw-1", kind: "electricity-meter", enterpriseId: "acme" };
    await call(running, "POST", "/api/v1/meters", meter);
    const stream = await openEventStream(`${running.httpUrl}/api/v1/live/events`, {
      authorization: `Bearer ${token}`,
    });
    const gateway = await gatewayOf(running, "gw-1", password);

    // Registers at the quarter hours: 100, 112.5, (missing), 137.5, 150 kWh.
    await publish(gateway, "m1", {
      samples: [
        { ts: minutesBefore(60), values: { importKwh: 100 } },
        { ts: textOf(minutesBefore(45)), values: { importKwh: 112.5 } },
        { ts: minutesBefore(15), values: { importKwh: 137.5 } },
        { ts: minutesBefore(0), values: { importKwh: 150, powerKw: 50 } },
      ],
    });
    await settled(running, 1);
    const first = await call<EnergyBody>(running, "GET", energyPath("m1"));
    // The gap of half an hour holds 25 kWh: spread, and marked as estimated.
    expect(first.slots).toMatchObject([
      { importKwh: 12.5, grade: "A", estimatedFraction: 0, revision: 1 },
      { importKwh: 12.5, grade: "E1", revision: 1 },
      { importKwh: 12.5, grade: "E1", revision: 1 },
      { importKwh: 12.5, grade: "A", estimatedFraction: 0, revision: 1 },
    ]);
    expect(first.total).toMatchObject({ importKwh: 50, missingSlots: 0, grade: "E1" });

    // The late reading moves energy between the two quarter hours of the gap.
    await publish(gateway, "m1", { ts: minutesBefore(30), values: { importKwh: 120 } });
    await settled(running, 2);
    const second = await call<EnergyBody>(running, "GET", energyPath("m1"));
    expect(second.slots).toMatchObject([
      { importKwh: 12.5, revision: 1 },
      { importKwh: 7.5, grade: "A", revision: 2 },
      { importKwh: 17.5, grade: "A", revision: 2 },
      { importKwh: 12.5, revision: 1 },
    ]);
    expect(second.total).toMatchObject({ importKwh: 50, grade: "A" });
    const span = `from=${textOf(minutesBefore(45))}&to=${textOf(minutesBefore(30))}`;
    const { items } = await call<{ items: object[] }>(
      running,
      "GET",
      `/api/v1/energy/revisions?meter=m1&${span}`,
    );
    expect(items).toMatchObject([
      { revision: 1, before: null, after: 12.5 },
      { revision: 2, before: 12.5, after: 7.5, reason: "late_reading" },
    ]);

    await stream.until(({ event, data }) => event === "slot" && (data.revised as number) > 0);
    await stream.until(
      ({ event, data }) => event === "reading" && /"powerKw":50/.test(JSON.stringify(data)),
    );
    await running.stop();
    await stream.ended;
  });

  it("of an unknown device waits, and counts when the device is adopted", slow, async () => {
    const running = await start(await site());
    const { password } = await call<{ password: string }>(running, "POST", "/api/v1/gateways", {
      id: "gw-1",
    });
    const gateway = await gatewayOf(running, "gw-1", password);
    for (const minutes of [30, 15, 0]) {
      await publish(gateway, "pv-9", {
        id: `n${minutes}`,
        ts: minutesBefore(minutes),
        values: { generationKwh: 1000 - minutes, irradianceWPerM2: 700 },
      });
    }
    await settled(running, 3);
    const quarantine = await call<{ items: { id: string; guessedKind: string }[] }>(
      running,
      "GET",
      "/api/v1/quarantine",
    );
    expect(quarantine.items).toMatchObject([
      { code: "unknown_device", deviceId: "pv-9", count: 3, adoptable: true },
    ]);
    const [group] = quarantine.items;
    const adopted = await call(running, "POST", `/api/v1/quarantine/${group?.id}/adoption`, {
      kind: group?.guessedKind,
    });
    expect(adopted).toMatchObject({ id: "pv-9", kind: "pv-inverter", replayedSamples: 3 });
    await settled(running, 3);
    const { slots } = await call<EnergyBody>(running, "GET", energyPath("pv-9"));
    expect(slots.map(({ generationKwh }) => generationKwh)).toEqual([null, null, 15, 15]);
  });

  it("is still there after a restart, with everything around it", slow, async () => {
    const place = await site();
    const before = await start(place);
    const { password } = await call<{ password: string }>(before, "POST", "/api/v1/gateways", {
      id: "gw-1",
    });
    const meter = { id: "m1", gatewayId: "gw-1", kind: "electricity-meter", enterpriseId: "acme" };
    await call(before, "POST", "/api/v1/meters", meter);
    const gateway = await gatewayOf(before, "gw-1", password);
    await publish(gateway, "m1", { ts: minutesBefore(30), values: { importKwh: 10 } });
    await publish(gateway, "m1", { ts: minutesBefore(15), values: { importKwh: 17, powerKw: 28 } });
    await publish(gateway, "m2", { ts: minutesBefore(15), values: { importKwh: 1 } });
    // Stopped at once: whatever was acknowledged is worked through by the next start.
    await before.stop();

    const after = await start(place);
    await vi.waitFor(async () => {
      const { slots } = await call<EnergyBody>(after, "GET", energyPath("m1"));
      expect(slots.map(({ importKwh }) => importKwh)).toEqual([null, null, 7, null]);
    }, patient);
    const live = await call<{ devices: object[] }>(after, "GET", "/api/v1/live");
    expect(live.devices).toMatchObject([{ id: "m1", values: { importKwh: 17, powerKw: 28 } }]);
    const { items } = await call<{ items: object[] }>(after, "GET", "/api/v1/quarantine");
    expect(items).toMatchObject([{ deviceId: "m2" }]);
    const { ingest } = await call<StatusBody>(after, "GET", "/api/v1/status");
    const again = await gatewayOf(after, "gw-1", password);
    await publish(again, "m1", { ts: minutesBefore(0), values: { importKwh: 20 } });
    await settled(after, ingest.ackedTotal + 1);
    const { total } = await call<EnergyBody>(after, "GET", energyPath("m1"));
    expect(total).toMatchObject({ importKwh: 10 });
  });
}

describe("the service", () => {
  it("signs a person in with the link that it prints", async () => {
    const { service, httpUrl } = await start(siteIn());
    const link = await service.createSignInLink();
    expect(link.startsWith(`${httpUrl}/sign-in?token=`)).toBe(true);
    const page = await fetch(link);
    expect(await page.text()).toContain("登录");
    const body = new URLSearchParams({ token: new URL(link).searchParams.get("token") ?? "" });
    const pressed = await fetch(`${httpUrl}/sign-in`, { method: "POST", body, redirect: "manual" });
    expect(pressed.status).toBe(303);
    const cookie = pressed.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const who = await fetch(`${httpUrl}/api/v1/session`, { headers: { cookie } });
    expect(await who.json()).toMatchObject({ id: "user:admin" });
  });

  it("says which port is taken", async () => {
    const first = await start(siteIn());
    const other = siteIn().dir;
    const port = new URL(first.httpUrl).port;
    const config = parseConfig({
      environment: {
        ...{ ZCP_PARK: "park.yaml", ZCP_HTTP_PORT: port, ZCP_MQTT_LISTEN_PORT: "0" },
      },
      workingDir: other,
    });
    const service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
    onTestFinished(() => service.stop());
    await expect(service.start()).rejects.toMatchObject({
      code: "EADDRINUSE",
      port: Number(port),
    });
  });
});
