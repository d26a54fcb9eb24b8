import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { moveReadings } from "../../src/compose/move-readings.ts";
import { compose } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { ReadingsBody, RevisionBody } from "../../src/contracts/energy.ts";
import { GatewayCredentials, pageOf } from "../../src/contracts/registry.ts";
import { TelemetryAnswer } from "../../src/contracts/telemetry.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { quarterHourMs, quarterStartMs } from "../../src/domain/time.ts";
import { maintenance } from "../../src/offline.ts";
import { hasInfluxd, type InfluxServer, startInfluxServer } from "../support/influx-server.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgresServer,
} from "../support/postgres-server.ts";
import { ServiceClient } from "../support/service-client.ts";
import { tempDir } from "../support/temp-dir.ts";
import { tinyPark } from "../support/tiny-park.ts";
import { electricityMeter } from "../support/trial-park.ts";

const token = "0123456789abcdef0123456789abcdef";
const deadlineMs = 180_000;

describe.skipIf(!hasInfluxd || !hasPostgres)("moving from the data folder to the servers", () => {
  let influx: InfluxServer;
  let postgres: PostgresServer;
  beforeAll(async () => {
    [influx, postgres] = await Promise.all([startInfluxServer(), startPostgresServer()]);
  }, deadlineMs);
  afterAll(async () => {
    await Promise.all([influx?.stop(), postgres?.stop()]);
  }, deadlineMs);

  it(
    "keeps readings, energy, revisions and credentials, and goes on from there",
    async () => {
      const dir = tempDir();
      writeFileSync(join(dir, "park.yaml"), tinyPark);
      const embedded = {
        ...{ ZCP_DATA_DIR: join(dir, "data"), ZCP_PARK: join(dir, "park.yaml") },
        ...{ ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token },
      };
      const startMs = quarterStartMs(Date.now()) - 8 * quarterHourMs;
      const span = { from: instant(startMs), to: instant(startMs + 9 * quarterHourMs) };
      const query = new URLSearchParams(span);

      const before = await run(embedded, async (client) => {
        const { password } = await client.post("/gateways", { id: "gw-2" }, GatewayCredentials);
        for (const quarter of [0, 1, 4]) await send(client, startMs, quarter, 100 + 2 * quarter);
        await client.settled();
        // Two late readings make a second revision of the quarter hours between.
        for (const quarter of [2, 3]) await send(client, startMs, quarter, 101 + 2 * quarter);
        await client.settled();
        return { password, ...(await pictureOf(client, startMs, query)) };
      });
      expect(before.energy.total.importKwh).toBe(8);
      expect(before.revisions.items.some(({ revision }) => revision > 1)).toBe(true);

      await influx.createBucket("moved");
      const stack = {
        ...{ ...embedded, ZCP_DATABASE_URL: await postgres.createDatabase() },
        ...{ ZCP_INFLUX_URL: influx.url, ZCP_INFLUX_BUCKET: "moved" },
      };
      const told: string[] = [];
      const config = parseConfig({ environment: stack });
      const moved = await maintenance.move(config, (text) => told.push(text));
      expect(moved.readings).toBe(5);
      expect(moved.rows).toBeGreaterThan(8);
      expect(told.at(-1)).toBe("1 of 1 devices, 5 readings");
      for (const name of ["state.sqlite", "readings.duckdb"]) {
        expect(existsSync(join(dir, "data", name)), name).toBe(false);
        expect(existsSync(join(dir, "data", `${name}.moved`)), name).toBe(true);
      }
      await expect(maintenance.move(config, () => undefined)).rejects.toThrow(/holds nothing/);

      await run(stack, async (client, httpUrl) => {
        const { password, ...picture } = before;
        expect(await pictureOf(client, startMs, query)).toEqual(picture);
        const basic = Buffer.from(`gw-2:${password}`).toString("base64");
        const refused = await fetch(`${httpUrl}/api/v1/telemetry`, {
          method: "POST",
          headers: { authorization: `Basic ${basic}`, "content-type": "application/json" },
          body: JSON.stringify({ gateway: "gw-2", device: "x", ts: startMs, values: { a: 1 } }),
        });
        expect(refused.status, "the gateway signs in with the credentials it has").toBe(200);
        // The neighbour of the new reading is one that was moved.
        await send(client, startMs, 5, 111);
        await client.settled();
        const { total } = await client.energy("m1", startMs, startMs + 5 * quarterHourMs);
        expect(total).toMatchObject({ importKwh: 11, missingSlots: 0 });
      });
    },
    deadlineMs,
  );

  it(
    "touches nothing when the database is not empty, and says what is missing in the settings",
    async () => {
      const dir = tempDir();
      writeFileSync(join(dir, "park.yaml"), tinyPark);
      const embedded = {
        ...{ ZCP_DATA_DIR: join(dir, "data"), ZCP_PARK: join(dir, "park.yaml") },
        ...{ ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token },
      };
      await run(embedded, async () => undefined);
      const move = (environment: Record<string, string>) =>
        maintenance.move(parseConfig({ environment }), () => undefined);
      await expect(move(embedded)).rejects.toThrow(/ZCP_DATABASE_URL, ZCP_INFLUX_URL or both/);
      const used = { ...embedded, ZCP_DATABASE_URL: await postgres.createDatabase() };
      await run({ ...used, ZCP_DATA_DIR: join(dir, "other") }, async () => undefined);
      await expect(move(used)).rejects.toThrow(/holds rows already/);
      expect(existsSync(join(dir, "data", "state.sqlite"))).toBe(true);
    },
    deadlineMs,
  );
});

it("more readings than a page holds are moved once each, also where instants are shared", async () => {
  const readings = Array.from({ length: 12_345 }, (_, index): Reading => {
    const tsMs = 1_000 * Math.floor(index / 3);
    return {
      ...{ deviceId: "m1", kind: "electricity-meter", tsMs, receivedAtMs: tsMs },
      values: { importKwh: index },
    };
  });
  const lines: string[] = [];
  const { moved, refused } = await moveReadings(
    {
      parkId: "tiny",
      from: {
        readings: async (_device, { startMs }, limit) =>
          readings.filter(({ tsMs }) => tsMs >= startMs).slice(0, limit),
      },
      to: {
        write: async (part) => {
          lines.push(...part);
          return { kind: "stored" };
        },
      },
    },
    [electricityMeter("m1", "gw-1")],
    () => undefined,
  );
  expect(refused).toEqual([]);
  expect(moved).toBe(readings.length);
  expect(new Set(lines).size).toBe(readings.length);
  expect(lines).toHaveLength(readings.length);
});

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** Runs a service for as long as the work with it takes. */
async function run<Result>(
  environment: Record<string, string>,
  work: (client: ServiceClient, httpUrl: string) => Promise<Result>,
): Promise<Result> {
  const log = pino({ level: "silent" });
  const service = await compose(parseConfig({ environment }), { log, onPortTaken: "fail" });
  try {
    const { httpUrl } = await service.start();
    return await work(new ServiceClient(httpUrl, token), httpUrl);
  } finally {
    await service.stop();
  }
}

async function send(client: ServiceClient, startMs: number, quarter: number, importKwh: number) {
  const ts = startMs + quarter * quarterHourMs;
  const sample = { gateway: "gw-1", device: "m1", ts, values: { importKwh } };
  await client.post("/telemetry", sample, TelemetryAnswer);
}

async function pictureOf(client: ServiceClient, startMs: number, query: URLSearchParams) {
  return {
    energy: await client.energy("m1", startMs, startMs + 4 * quarterHourMs),
    readings: await client.get(`/meters/m1/readings?${query}`, ReadingsBody),
    revisions: await client.get(`/energy/revisions?meter=m1&${query}`, pageOf(RevisionBody)),
  };
}
