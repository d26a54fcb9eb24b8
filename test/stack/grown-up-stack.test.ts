import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type MqttClient } from "mqtt";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InfluxConnection } from "../../src/adapters/influx/influx-connection.ts";
import { compose, type Service } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { GatewayCredentials, MeterCreated } from "../../src/contracts/registry.ts";
import { dayMs, quarterHourMs, quarterStartMs } from "../../src/domain/time.ts";
import { MeterFeed, sendOverMqtt } from "../support/field-senders.ts";
import { hasInfluxd, type InfluxServer, startInfluxServer } from "../support/influx-server.ts";
import { hasMosquitto, type StackBroker, startStackBroker } from "../support/mosquitto-stack.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgresServer,
} from "../support/postgres-server.ts";
import { ServiceClient } from "../support/service-client.ts";
import { stackEnvironment } from "../support/shapes.ts";
import { longLivedDir } from "../support/temp-dir.ts";
import { tinyPark } from "../support/tiny-park.ts";

const token = "0123456789abcdef0123456789abcdef";
const deadlineMs = 180_000;
const seed = 20_261_125;
/** What a park of some size sends, and no more: the test is about the outage. */
const pace = { width: 4, restMs: 20 };

/**
 * The service with the servers of the compose stack: Mosquitto with the repository's configuration,
 * InfluxDB and PostgreSQL. The same requests as in the embedded shape, then each server is taken away.
 */
describe.skipIf(!hasMosquitto || !hasInfluxd || !hasPostgres)("the grown-up stack", () => {
  let broker: StackBroker;
  let influx: InfluxServer;
  let postgres: PostgresServer;
  let service: Service;
  let client: ServiceClient;
  let gateway: Gateway;
  let database: InfluxConnection;

  beforeAll(async () => {
    [broker, influx, postgres] = await Promise.all([
      startStackBroker("mosquitto.conf"),
      startInfluxServer(),
      startPostgresServer(),
    ]);
    const servers = await stackEnvironment({ broker, influx, postgres });
    const bucket = servers.ZCP_INFLUX_BUCKET ?? "";
    database = new InfluxConnection({ url: influx.url, token: null, org: "zcp", bucket });
    const dir = longLivedDir();
    writeFileSync(join(dir, "park.yaml"), tinyPark);
    const config = parseConfig({
      environment: {
        ZCP_DATA_DIR: join(dir, "data"),
        ZCP_PARK: join(dir, "park.yaml"),
        ZCP_HTTP_PORT: "0",
        ...servers,
        ZCP_BOOTSTRAP_TOKEN: token,
      },
    });
    service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
    const { httpUrl } = await service.start();
    client = new ServiceClient(httpUrl, token);
    const credentials = await client.post("/gateways", { id: "gw-9" }, GatewayCredentials);
    gateway = await Gateway.signIn(broker.port, credentials.password);
    await client.until("the broker to be joined", 30_000, async () => {
      return (await client.ready()).degraded.length === 0;
    });
  }, deadlineMs);

  afterAll(async () => {
    await gateway?.end();
    await service?.stop();
    await Promise.all([broker?.stop(), influx?.stop(), postgres?.stop()]);
  }, deadlineMs);

  const addMeter = (id: string) =>
    client.post("/meters", { id, gatewayId: "gw-9", kind: "electricity-meter" }, MeterCreated);

  it(
    "takes a reading of a new gateway from the broker to the API and to the charts",
    async () => {
      await addMeter("a1");
      const startMs = quarterStartMs(Date.now()) - 3 * quarterHourMs;
      for (const quarter of [0, 1, 2, 3]) {
        await gateway.publish("a1", startMs + quarter * quarterHourMs, 100 + 2.5 * quarter);
      }
      await client.settled(60_000, 4);
      const { slots, total } = await client.energy("a1", startMs, startMs + 3 * quarterHourMs);
      expect(slots.map(({ importKwh, grade }) => [importKwh, grade])).toEqual([
        [2.5, "A"],
        [2.5, "A"],
        [2.5, "A"],
      ]);
      expect(total).toMatchObject({ importKwh: 7.5, missingSlots: 0, coverage: 1 });
      await client.until("the mirror", 30_000, async () => {
        return (await sumOf("energy_15m", "importKwh", "a1")) === 7.5;
      });
      const { stores } = await client.status();
      expect(stores.readings).toMatchObject({ engine: "influxdb", state: "ok" });
    },
    deadlineMs,
  );

  it(
    "loses and doubles nothing while InfluxDB is killed under load",
    async () => {
      const startMs = quarterStartMs(Date.now()) - 200 * dayMs;
      const feeds = ["b1", "b2", "b3"].map((id) => new MeterFeed(id, startMs, seed));
      for (const { meterId } of feeds) await addMeter(meterId);
      const { readingsTotal } = (await client.status()).ingest;
      const senders = feeds.map((feed) => sendOverMqtt(feed, gateway.account, pace));
      const more = async (readings: number): Promise<void> => {
        const before = feeds.map(({ ackedCount }) => ackedCount);
        await client.until("more readings to be sent", 60_000, async () =>
          feeds.every(({ ackedCount }, index) => ackedCount >= (before[index] ?? 0) + readings),
        );
      };
      await more(500);
      await influx.kill();
      await more(1000);
      const ready = await client.ready();
      expect(ready.status, "a lost InfluxDB is degraded, not dead").toBe(200);
      await client.until("the outage to be told", 30_000, async () =>
        (await client.ready()).degraded.some((text) => /InfluxDB did not answer/.test(text)),
      );
      expect((await client.status()).ingest.backlogReadings).toBeGreaterThanOrEqual(1000);
      await influx.start();
      await more(500);
      for (const feed of feeds) feed.finish();
      await client.until("the gateway to be done", 60_000, async () =>
        feeds.every(({ isDone }) => isDone),
      );
      await Promise.all(senders.map((sender) => sender.stop()));
      const sent = feeds.reduce((total, feed) => total + feed.expected().length, 0);
      await client.settled(90_000, readingsTotal + sent);
      for (const feed of feeds) {
        const values = feed.expected().map(({ importKwh }) => importKwh);
        expect(await countOf("telemetry", "importKwh", feed.meterId)).toBe(values.length);
        const sum = values.reduce((total, value) => total + value, 0);
        expect(await sumOf("telemetry", "importKwh", feed.meterId)).toBe(sum);
        const { total } = await client.energy(feed.meterId, startMs, feed.endMs);
        expect(total).toMatchObject({ importKwh: feed.energyKwh, missingSlots: 0, coverage: 1 });
      }
      await journalAtFloor();
      expect((await client.ready()).degraded).toEqual([]);
    },
    deadlineMs,
  );

  it(
    "loses and doubles nothing while the broker is killed",
    async () => {
      await addMeter("c1");
      const stepMs = 10_000;
      const startMs = quarterStartMs(Date.now()) - 4 * quarterHourMs;
      const acknowledged: number[] = [];
      const publish = async (step: number): Promise<void> => {
        await gateway.publish("c1", startMs + step * stepMs, step);
        acknowledged.push(step);
      };
      await Promise.all(Array.from({ length: 180 }, (_, step) => publish(step)));
      await client.until("the first readings to arrive", 60_000, async () => {
        return (await countOf("telemetry", "importKwh", "c1")) === acknowledged.length;
      });
      // What the broker has not written to disk is its own loss; from here on it knows our session.
      await broker.save();
      await broker.kill();
      const later = Array.from({ length: 181 }, (_, step) => publish(180 + step));
      await client.until("the loss to be told", 30_000, async () =>
        (await client.ready()).degraded.some((text) => text.startsWith("mqtt")),
      );
      expect((await client.ready()).status).toBe(200);
      await broker.start();
      await Promise.all(later);
      await client.until("the readings to arrive", 60_000, async () => {
        return (await countOf("telemetry", "importKwh", "c1")) === acknowledged.length;
      });
      await client.settled();
      expect(await countOf("telemetry", "importKwh", "c1")).toBe(acknowledged.length);
      const sum = acknowledged.reduce((total, step) => total + step, 0);
      expect(await sumOf("telemetry", "importKwh", "c1")).toBe(sum);
      const { total } = await client.energy("c1", startMs, startMs + 4 * quarterHourMs);
      expect(total).toMatchObject({ importKwh: 360, missingSlots: 0 });
      await journalAtFloor();
    },
    deadlineMs,
  );

  it(
    "is not ready while PostgreSQL is away, and works again when it is back",
    async () => {
      await addMeter("d1");
      const { readingsTotal } = (await client.status()).ingest;
      await postgres.kill();
      await client.until("the loss to be told", 30_000, async () => {
        return (await client.ready()).status === 503;
      });
      const startMs = quarterStartMs(Date.now()) - quarterHourMs;
      await gateway.publish("d1", startMs, 10);
      await postgres.start();
      await gateway.publish("d1", startMs + quarterHourMs, 14);
      await client.until("PostgreSQL to be used again", 60_000, async () => {
        return (await client.ready()).status === 200;
      });
      await client.settled(60_000, readingsTotal + 2);
      const { total } = await client.energy("d1", startMs, startMs + quarterHourMs);
      expect(total).toMatchObject({ importKwh: 4, missingSlots: 0 });
    },
    deadlineMs,
  );

  const journalAtFloor = () =>
    client.until("the journal to be back at its floor", 30_000, async () => {
      const { journal } = (await client.status()).stores;
      return journal?.bytes === 0 && journal.headSeq === journal.floorSeq;
    });

  async function figure(select: string, measurement: string, device: string): Promise<number> {
    const [series] = await database.query([
      `SELECT ${select} FROM "${measurement}" WHERE "device" = '${device}'`,
    ]);
    return Number(series?.[0]?.values[0]?.[1] ?? 0);
  }
  const countOf = (measurement: string, field: string, device: string) =>
    figure(`count("${field}")`, measurement, device);
  const sumOf = (measurement: string, field: string, device: string) =>
    figure(`sum("${field}")`, measurement, device);
});

/** A gateway in the field: signs in with its own account and repeats what was not acknowledged. */
class Gateway {
  /** Where and as whom it signs in, for further connections of its own. */
  readonly account: Parameters<typeof sendOverMqtt>[1];
  readonly #client: MqttClient;

  constructor(client: MqttClient, account: Gateway["account"]) {
    this.#client = client;
    this.account = account;
  }

  static async signIn(port: number, password: string): Promise<Gateway> {
    const [url, username] = [`mqtt://127.0.0.1:${port}`, "gw-9"];
    const again = { clientId: username, clean: false, reconnectPeriod: 200 };
    const client = connect(url, { ...again, username, password });
    client.on("error", () => undefined);
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    return new Gateway(client, { url, username, password, topicStart: `zcp/v1/tiny/${username}` });
  }

  async publish(meterId: string, tsMs: number, importKwh: number): Promise<void> {
    const payload = JSON.stringify({ ts: tsMs, values: { importKwh } });
    await this.#client.publishAsync(`zcp/v1/tiny/gw-9/${meterId}/telemetry`, payload, { qos: 1 });
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
