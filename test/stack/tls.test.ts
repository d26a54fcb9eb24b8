import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { pino } from "pino";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openPostgresState } from "../../src/adapters/sql/postgres-state.ts";
import { compose } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { minuteMs, quarterHourMs, quarterStartMs } from "../../src/domain/time.ts";
import { makeCertificates } from "../support/certificates.ts";
import { hasMosquitto, type StackBroker, startStackBroker } from "../support/mosquitto-stack.ts";
import { hasPostgres, startPostgresServer } from "../support/postgres-server.ts";
import { ServiceClient } from "../support/service-client.ts";
import { longLivedDir, tempDir } from "../support/temp-dir.ts";
import { tinyPark } from "../support/tiny-park.ts";

const token = "0123456789abcdef0123456789abcdef";
const slow = { timeout: 90_000 };

describe.skipIf(!hasMosquitto)("a broker that wants certificates", () => {
  let certificates = "";
  let broker: StackBroker;
  beforeAll(async () => {
    certificates = longLivedDir();
    makeCertificates(certificates, ["zcp-service", "gw-1"]);
    broker = await startStackBroker("mosquitto-certificates.conf", certificates);
    return () => broker.stop();
  });

  async function start(files: Record<string, string>): Promise<ServiceClient> {
    const dir = tempDir();
    writeFileSync(join(dir, "park.yaml"), tinyPark);
    const config = parseConfig({
      environment: {
        ...{ ZCP_PARK: "park.yaml", ZCP_HTTP_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token, ...files },
        ZCP_MQTT_URL: `mqtts://127.0.0.1:${broker.port}`,
      },
      workingDir: dir,
    });
    const service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
    onTestFinished(() => service.stop());
    const { httpUrl } = await service.start();
    return new ServiceClient(httpUrl, token);
  }

  const ca = () => ({ ZCP_MQTT_CA_FILE: join(certificates, "ca.crt") });

  const told = (client: ServiceClient, pattern: RegExp) =>
    client.until(`${pattern}`, 30_000, async () => {
      const { degraded } = await client.ready();
      return degraded.some((text) => pattern.test(text));
    });

  it("takes the service by its certificate, and readings go all the way", slow, async () => {
    const client = await start({
      ...ca(),
      ZCP_MQTT_CERT_FILE: join(certificates, "zcp-service.crt"),
      ZCP_MQTT_KEY_FILE: join(certificates, "zcp-service.key"),
    });
    await client.until("the broker to be joined", 30_000, async () => {
      return (await client.ready()).degraded.length === 0;
    });
    const identity = {
      ca: readFileSync(join(certificates, "ca.crt")),
      cert: readFileSync(join(certificates, "gw-1.crt")),
      key: readFileSync(join(certificates, "gw-1.key")),
    };
    const gateway = await connectAsync(`mqtts://127.0.0.1:${broker.port}`, identity);
    onTestFinished(() => gateway.endAsync(true));
    const startMs = quarterStartMs(Date.now() - minuteMs) - quarterHourMs;
    for (const [quarter, importKwh] of [100, 107.5].entries()) {
      const payload = JSON.stringify({
        ts: startMs + quarter * quarterHourMs,
        values: { importKwh },
      });
      await gateway.publishAsync("zcp/v1/tiny/gw-1/m1/telemetry", payload, { qos: 1 });
    }
    await client.settled(60_000, 2);
    const { total } = await client.energy("m1", startMs, startMs + quarterHourMs);
    expect(total).toMatchObject({ importKwh: 7.5, missingSlots: 0 });
    const { mqtt } = (await client.status()).stores;
    expect(mqtt).toMatchObject({ state: "ok", protocolVersion: "5", sessionsLost: 0 });
  });

  it("is named with the remedy where its authority is not known", slow, async () => {
    await told(await start({}), /^mqtt: the broker's certificate is not trusted.*ZCP_MQTT_CA_FILE/);
  });

  it("is named with the remedy where it wants a certificate of ours", slow, async () => {
    await told(await start(ca()), /^mqtt: the broker .*certificate.*ZCP_MQTT_CERT_FILE/);
  });
});

describe.skipIf(!hasPostgres)("PostgreSQL with TLS", () => {
  it("is reached when its certificate is trusted, and refused otherwise", slow, async () => {
    const [certificates, foreign] = [tempDir(), tempDir()];
    makeCertificates(certificates, []);
    makeCertificates(foreign, []);
    const server = await startPostgresServer(certificates);
    onTestFinished(() => server.stop());
    const url = await server.createDatabase();
    const trusting = (dir: string) => `${url}?sslmode=verify-full&sslrootcert=${dir}/ca.crt`;
    const state = await openPostgresState(trusting(certificates));
    await state.close();
    await expect(openPostgresState(trusting(foreign))).rejects.toMatchObject({
      code: "database_unreachable",
      message: expect.stringMatching(/certificate/),
    });
  });
});
