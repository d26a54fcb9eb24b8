import { spawn } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { compose } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { GatewayBody, GatewayCredentials, pageOf } from "../../src/contracts/registry.ts";
import { hasMosquitto, startStackBroker } from "../support/mosquitto-stack.ts";
import { ServiceClient } from "../support/service-client.ts";
import { tempDir } from "../support/temp-dir.ts";
import { tinyPark } from "../support/tiny-park.ts";
import { launcherPath } from "../support/zcp-process.ts";

const script = join(import.meta.dirname, "../../deploy/demo-credentials.mjs");
const token = "0123456789abcdef0123456789abcdef";
const CredentialsFile = z.object({
  mqttUrl: z.string(),
  gateways: z.record(z.string(), z.string()),
});

describe("credentials for the demo", () => {
  it("are given for gateways without a device, and leave real ones alone", async () => {
    const { client, httpUrl, dir } = await startService({ ZCP_MQTT_LISTEN_PORT: "0" });
    const file = join(dir, "credentials.json");
    await client.post("/gateways", { id: "gw-real" }, GatewayCredentials);

    expect(await demoCredentials([httpUrl, "mqtt://broker:1883", file])).toBe(0);
    const first = readCredentials(file);
    expect(first.mqttUrl).toBe("mqtt://broker:1883");
    expect(Object.keys(first.gateways)).toEqual(["gw-1"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { items } = await client.get("/gateways", pageOf(GatewayBody));
    expect(items.map(({ id, simulated }) => [id, simulated])).toEqual([
      ["gw-1", true],
      ["gw-real", false],
    ]);

    // A second start takes over what is simulated already; a person's word makes it real.
    expect(await demoCredentials([httpUrl, "mqtt://broker:1883", file])).toBe(0);
    expect(readCredentials(file).gateways["gw-1"]).not.toBe(first.gateways["gw-1"]);
    await client.post("/gateways/gw-1/credentials", {}, GatewayCredentials);
    expect(await demoCredentials([httpUrl, "mqtt://broker:1883", file])).toBe(0);
    expect(readCredentials(file).gateways).toEqual({});
    expect(await demoCredentials([])).toBe(64);
  }, 60_000);

  it.skipIf(!hasMosquitto)(
    "let the simulators in at the broker outside, whose readings then arrive",
    async () => {
      const broker = await startStackBroker("mosquitto.conf");
      onTestFinished(() => broker.stop());
      const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
      const { client, httpUrl, dir } = await startService({
        ZCP_MQTT_URL: brokerUrl,
        ZCP_MQTT_USERNAME: "zcp-service",
        ZCP_MQTT_PASSWORD: broker.servicePassword,
        ZCP_MQTT_ACCOUNTS: "mosquitto",
      });
      const file = join(dir, "credentials.json");
      expect(await demoCredentials([httpUrl, brokerUrl, file])).toBe(0);
      await client.until("the broker to be joined", 30_000, async () => {
        return (await client.ready()).degraded.length === 0;
      });
      const simulate = ["simulate", "--park", join(dir, "park.yaml"), "--days", "0.1"];
      expect(await run([launcherPath, ...simulate, "--credentials", file])).toBe(0);
      // 0.1 days, begun and ended at a quarter hour, are 9 or 10 quarter hours.
      await client.settled(60_000, 9);
      const { ingest } = await client.status();
      expect(ingest.quarantinedTotal).toBe(0);

      // The account at the broker has the new password, and the old one is refused.
      const { gateways } = readCredentials(file);
      await client.post("/gateways/gw-1/credentials", {}, GatewayCredentials);
      const old = { username: "gw-1", password: gateways["gw-1"] ?? "", reconnectPeriod: 0 };
      await expect(connectAsync(brokerUrl, old, false)).rejects.toThrow(/not authorized/i);
    },
    180_000,
  );
});

async function startService(environment: Record<string, string>) {
  const dir = tempDir();
  writeFileSync(join(dir, "park.yaml"), tinyPark);
  const config = parseConfig({
    environment: {
      ZCP_DATA_DIR: join(dir, "data"),
      ZCP_PARK: join(dir, "park.yaml"),
      ZCP_HTTP_PORT: "0",
      ZCP_BOOTSTRAP_TOKEN: token,
      ...environment,
    },
  });
  const service = await compose(config, { log: pino({ level: "silent" }), onPortTaken: "fail" });
  onTestFinished(() => service.stop());
  const { httpUrl } = await service.start();
  return { client: new ServiceClient(httpUrl, token), httpUrl, dir };
}

function readCredentials(file: string): z.infer<typeof CredentialsFile> {
  return CredentialsFile.parse(JSON.parse(readFileSync(file, "utf8")));
}

const demoCredentials = (args: readonly string[]) => run([script, ...args]);

/** Resolves with the exit code. */
function run(args: readonly string[]): Promise<number | null> {
  const env = { PATH: process.env.PATH, ZCP_BOOTSTRAP_TOKEN: token };
  const child = spawn(process.execPath, [...args], { env, stdio: "ignore" });
  return new Promise((resolve) => child.once("exit", resolve));
}
