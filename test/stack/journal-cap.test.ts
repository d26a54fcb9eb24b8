import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { InfluxConnection } from "../../src/adapters/influx/influx-connection.ts";
import { compose } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { dayMs, secondMs } from "../../src/domain/time.ts";
import { hasInfluxd, startInfluxServer } from "../support/influx-server.ts";
import { ServiceClient } from "../support/service-client.ts";
import { tempDir } from "../support/temp-dir.ts";
import { tinyPark } from "../support/tiny-park.ts";

const token = "0123456789abcdef0123456789abcdef";
const samplesPerMessage = 1000;
/** Far more than a journal of 1 MiB holds. */
const messagesMax = 400;

describe.skipIf(!hasInfluxd)("a journal at its cap", () => {
  it("acknowledges nothing more, says why, and loses nothing", { timeout: 180_000 }, async () => {
    const influx = await startInfluxServer();
    onTestFinished(() => influx.stop());
    await influx.createBucket("zcp");
    const dir = tempDir();
    writeFileSync(join(dir, "park.yaml"), tinyPark);
    const config = parseConfig({
      environment: {
        ...{ ZCP_PARK: "park.yaml", ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0" },
        ...{ ZCP_BOOTSTRAP_TOKEN: token, ZCP_INFLUX_URL: influx.url },
        ZCP_JOURNAL_MAX_BYTES: "1MiB",
      },
      workingDir: dir,
    });
    const service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
    onTestFinished(() => service.stop());
    const { httpUrl } = await service.start();
    const client = new ServiceClient(httpUrl, token);
    const startMs = Math.floor(Date.now() / dayMs) * dayMs - 100 * dayMs;
    const values = (message: number) =>
      Array.from({ length: samplesPerMessage }, (_, n) => (message * samplesPerMessage + n) / 8);
    const send = async (message: number): Promise<number> => {
      const samples = values(message).map((importKwh) => ({
        ts: startMs + importKwh * 8 * 10 * secondMs,
        values: { importKwh },
      }));
      const answer = await fetch(`${httpUrl}/api/v1/telemetry`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ gateway: "gw-1", device: "m1", samples }),
      });
      await answer.text();
      return answer.status;
    };

    await influx.kill();
    let acknowledged = 0;
    let refusal = 200;
    while (refusal === 200 && acknowledged < messagesMax) {
      refusal = await send(acknowledged);
      if (refusal === 200) acknowledged += 1;
    }
    expect(refusal, "more than it can keep is not acknowledged").toBe(503);
    expect(acknowledged).toBeGreaterThan(3);
    const ready = await client.ready();
    expect(ready.status).toBe(503);
    expect(ready.failing).toEqual([expect.stringMatching(/^journal: the journal is full/)]);
    const full = await client.status();
    const depthReadings = acknowledged * samplesPerMessage;
    expect(full.stores.journal).toMatchObject({
      ...{ state: "failed", bytesMax: 1_048_576, depthReadings },
      oldestAgeS: expect.any(Number),
    });
    expect(full.ingest.backlogReadings).toBe(depthReadings);
    const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
    expect(metrics).toContain(`zcp_ingest_backlog_readings ${depthReadings}\n`);
    expect(metrics).toMatch(/^zcp_journal_oldest_age_seconds \d+$/m);
    expect(metrics).toContain("zcp_journal_bytes_max 1048576\n");

    await influx.start();
    await client.until(
      "room in the journal",
      60_000,
      async () => (await send(acknowledged)) === 200,
    );
    acknowledged += 1;
    await client.settled(90_000);
    const database = new InfluxConnection({
      url: influx.url,
      token: null,
      org: "zcp",
      bucket: "zcp",
    });
    const [series] = await database.query([
      `SELECT count("importKwh"), sum("importKwh") FROM "telemetry" WHERE "device" = 'm1'`,
    ]);
    const sent = Array.from({ length: acknowledged }, (_, message) => values(message)).flat();
    const sum = sent.reduce((total, value) => total + value, 0);
    expect(series?.[0]?.values[0]?.slice(1)).toEqual([sent.length, sum]);
    await client.until("the journal to be empty", 30_000, async () => {
      const { journal } = (await client.status()).stores;
      return journal?.bytes === 0 && journal.oldestAgeS === null && journal.state === "ok";
    });
    expect(await client.ready()).toMatchObject({ status: 200, degraded: [], failing: [] });
  });
});
