import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type MqttClient } from "mqtt";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InfluxConnection } from "../../src/adapters/influx/influx-connection.ts";
import { compose, type Service } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { GatewayCredentials, MeterCreated } from "../../src/contracts/registry.ts";
import { minuteMs, quarterHourMs, quarterStartMs } from "../../src/domain/time.ts";
import { hasInfluxd, type InfluxServer, startInfluxServer } from "../support/influx-server.ts";
import { hasMosquitto, type StackBroker, startStackBroker } from "../support/mosquitto-stack.ts";
import {
  hasPostgres,
  type PostgresServer,
  startPostgresServer,
} from "../support/postgres-server.ts";
import { ServiceClient } from "../support/service-client.ts";
import { longLivedDir } from "../support/temp-dir.ts";
import { tinyPark } from "../support/tiny-park.ts";

const token = "0123456789abcdef0123456789abcdef";
const deadlineMs = 180_000;

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
    await influx.createBucket("zcp");
    database = new InfluxConnection({ url: influx.url, token: null, org: "zcp", bucket: "zcp" });
    const dir = longLivedDir();
    writeFileSync(join(dir, "park.yaml"), tinyPark);
    const config = parseConfig({
      environment: {
        ZCP_DATA_DIR: join(dir, "data"),
        ZCP_PARK: join(dir, "park.yaml"),
        ZCP_HTTP_PORT: "0",
        ZCP_MQTT_URL: `mqtt://127.0.0.1:${broker.port}`,
        ZCP_MQTT_USERNAME: "zcp-service",
        ZCP_MQTT_PASSWORD: broker.servicePassword,
        ZCP_MQTT_ACCOUNTS: "mosquitto",
        ZCP_INFLUX_URL: influx.url,
        ZCP_DATABASE_URL: await postgres.createDatabase(),
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
      await addMeter("b1");
      const { readingsTotal } = (await client.status()).ingest;
      const startMs = quarterStartMs(Date.now()) - 8 * quarterHourMs;
      const ledger = new Map<number, number>();
      const send = async (from: number, to: number): Promise<void> => {
        for (let minute = from; minute < to; minute += 1) {
          await gateway.publish("b1", startMs + minute * minuteMs, minute * 0.25);
          ledger.set(startMs + minute * minuteMs, minute * 0.25);
        }
      };
      await send(0, 30);
      const killed = influx.kill();
      await send(30, 60);
      await killed;
      await send(60, 100);
      const ready = await client.ready();
      expect(ready.status, "a lost InfluxDB is degraded, not dead").toBe(200);
      await client.until("the outage to be told", 30_000, async () =>
        (await client.ready()).degraded.some((text) => /InfluxDB did not answer/.test(text)),
      );
      await client.until("the readings to wait in the journal", 30_000, async () => {
        return (await client.status()).ingest.backlogReadings >= 40;
      });
      await influx.start();
      await send(100, 121);
      await client.settled(90_000, readingsTotal + ledger.size);
      expect(await countOf("telemetry", "importKwh", "b1")).toBe(ledger.size);
      const sum = [...ledger.values()].reduce((total, value) => total + value, 0);
      expect(await sumOf("telemetry", "importKwh", "b1")).toBeCloseTo(sum, 9);
      const { total } = await client.energy("b1", startMs, startMs + 8 * quarterHourMs);
      expect(total).toMatchObject({ importKwh: 30, missingSlots: 0 });
      await client.until("the journal to be back at its floor", 30_000, async () => {
        const { journal } = (await client.status()).stores;
        return journal?.bytes === 0;
      });
      expect((await client.ready()).degraded).toEqual([]);
    },
    deadlineMs,
  );

  it(
    "loses and doubles nothing while the broker is killed",
    async () => {
      await addMeter("c1");
      const startMs = quarterStartMs(Date.now()) - 4 * quarterHourMs;
      const acknowledged: number[] = [];
      const publish = async (minute: number): Promise<void> => {
        await gateway.publish("c1", startMs + minute * minuteMs, minute);
        acknowledged.push(minute);
      };
      for (let minute = 0; minute < 30; minute += 1) await publish(minute);
      await client.until("the first readings to arrive", 60_000, async () => {
        return (await countOf("telemetry", "importKwh", "c1")) === acknowledged.length;
      });
      // What the broker has not written to disk is its own loss; from here on it knows our session.
      await broker.save();
      await broker.kill();
      const later = Array.from({ length: 31 }, (_, index) => publish(30 + index));
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
      const { total } = await client.energy("c1", startMs, startMs + 4 * quarterHourMs);
      expect(total).toMatchObject({ importKwh: 60, missingSlots: 0 });
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
  readonly #client: MqttClient;

  constructor(client: MqttClient) {
    this.#client = client;
  }

  static async signIn(port: number, password: string): Promise<Gateway> {
    const client = connect(`mqtt://127.0.0.1:${port}`, {
      username: "gw-9",
      clientId: "gw-9",
      clean: false,
      password,
      reconnectPeriod: 200,
    });
    client.on("error", () => undefined);
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    return new Gateway(client);
  }

  async publish(meterId: string, tsMs: number, importKwh: number): Promise<void> {
    const payload = JSON.stringify({ ts: tsMs, values: { importKwh } });
    await this.#client.publishAsync(`zcp/v1/tiny/gw-9/${meterId}/telemetry`, payload, { qos: 1 });
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
