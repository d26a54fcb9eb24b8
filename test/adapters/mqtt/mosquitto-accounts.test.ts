import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { MosquittoAccounts } from "../../../src/adapters/mqtt/mosquitto-accounts.ts";
import { makeCertificates } from "../../support/certificates.ts";
import { hasMosquitto, type StackBroker, startStackBroker } from "../../support/mosquitto-stack.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function signIn(port: number, options: IClientOptions): Promise<MqttClient> {
  const scheme = options.ca === undefined ? "mqtt" : "mqtts";
  const client = await connectAsync(
    `${scheme}://127.0.0.1:${port}`,
    { reconnectPeriod: 0, ...options },
    false,
  );
  client.on("error", () => undefined);
  onTestFinished(() => client.endAsync(true));
  return client;
}

/** Publishes on a connection of its own, because a broker may end the connection of who oversteps. */
async function tryPublish(port: number, options: IClientOptions, topic: string): Promise<void> {
  const client = await signIn(port, options);
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  const published = client.publishAsync(topic, "{}", { qos: 1 }).catch(() => undefined);
  await Promise.race([published, closed]);
}

/** Topics of the messages that the service sees, up to and including the one named. */
async function seenUntil(service: MqttClient, last: string, publish: () => Promise<unknown>) {
  const seen: string[] = [];
  const all = new Promise<void>((resolve) => {
    service.on("message", (topic) => {
      seen.push(topic);
      if (topic === last) resolve();
    });
  });
  await publish();
  await all;
  return seen;
}

describe.skipIf(!hasMosquitto)("accounts in Mosquitto", () => {
  let broker: StackBroker;
  beforeAll(async () => {
    broker = await startStackBroker("mosquitto.conf");
  });
  afterAll(() => broker.stop());

  const accounts = (password = broker.servicePassword) =>
    new MosquittoAccounts({
      url: `mqtt://127.0.0.1:${broker.port}`,
      username: "zcp-service",
      password,
      parkId: "lhasa",
      timeoutMs: 3000,
    });

  it("let a new gateway in at once, and change its password when said again", async () => {
    const gateway = { username: "gw1", clientId: "gw1" };
    await expect(signIn(broker.port, { ...gateway, password: "first" })).rejects.toThrow();
    await accounts().grant("gw1", "first");
    await signIn(broker.port, { ...gateway, password: "first" });
    await accounts().grant("gw1", "second");
    await expect(signIn(broker.port, { ...gateway, password: "first" })).rejects.toThrow();
    await signIn(broker.port, { ...gateway, password: "second" });
  });

  it("keep a gateway to its own level", async () => {
    await accounts().grant("gw2", "secret");
    const service = await signIn(broker.port, {
      username: "zcp-service",
      password: broker.servicePassword,
    });
    await service.subscribeAsync("zcp/v1/#", { qos: 1 });
    const account = { username: "gw2", password: "secret" };
    const own = "zcp/v1/lhasa/gw2/m1/telemetry";
    const seen = await seenUntil(service, own, async () => {
      for (const topic of [
        "zcp/v1/lhasa/gw1/m1/telemetry",
        "zcp/v1/lhasa/gw2/m1/command",
        "zcp/v1/other/gw2/m1/telemetry",
        "$CONTROL/dynamic-security/v1",
      ]) {
        await tryPublish(broker.port, account, topic);
      }
      await tryPublish(broker.port, account, own);
    });
    expect(seen).toEqual([own]);
    const gateway = await signIn(broker.port, account);
    await expect(gateway.subscribeAsync("zcp/v1/lhasa/gw1/+/command")).rejects.toThrow();
    await expect(gateway.subscribeAsync("zcp/v1/#")).rejects.toThrow();
    await gateway.subscribeAsync("zcp/v1/lhasa/gw2/+/command", { qos: 1 });
    await seenUntil(gateway, "zcp/v1/lhasa/gw2/m1/command", () =>
      service.publishAsync("zcp/v1/lhasa/gw2/m1/command", "{}", { qos: 1 }),
    );
  });

  it("say what is wrong when the broker does not let the service manage them", async () => {
    await expect(accounts("wrong").grant("gw3", "x")).rejects.toMatchObject({
      code: "broker_accounts",
    });
  });

  it("survive a broker that is killed", async () => {
    await accounts().grant("gw4", "kept");
    await broker.kill();
    await broker.start();
    await signIn(broker.port, { username: "gw4", password: "kept" });
  });
});

describe.skipIf(!hasMosquitto)("Mosquitto with client certificates", () => {
  it("takes the common name for the gateway and keeps it to its own level", async () => {
    const certificates = tempDir();
    makeCertificates(certificates, ["gw1", "zcp-service"]);
    const broker = await startStackBroker("mosquitto-certificates.conf", certificates);
    onTestFinished(() => broker.stop());
    const identity = (name: string): IClientOptions => ({
      ca: readFileSync(join(certificates, "ca.crt")),
      cert: readFileSync(join(certificates, `${name}.crt`)),
      key: readFileSync(join(certificates, `${name}.key`)),
    });
    const service = await signIn(broker.port, identity("zcp-service"));
    await service.subscribeAsync("zcp/v1/#", { qos: 1 });
    const own = "zcp/v1/lhasa/gw1/m1/telemetry";
    const seen = await seenUntil(service, own, async () => {
      await tryPublish(broker.port, identity("gw1"), "zcp/v1/lhasa/gw2/m1/telemetry");
      await tryPublish(broker.port, identity("gw1"), own);
    });
    expect(seen).toEqual([own]);
    const { ca } = identity("gw1");
    await expect(
      signIn(broker.port, ca === undefined ? {} : { ca, username: "gw1" }),
      "no certificate, no entry",
    ).rejects.toThrow();
  });
});
