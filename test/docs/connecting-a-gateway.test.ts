import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import type { z } from "zod";
import { compose } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { Command, CommandAck } from "../../src/contracts/command.ts";
import { type DeviceKind, deviceKindNames, metricsOf } from "../../src/contracts/device-kinds.ts";
import { ReadingsBody } from "../../src/contracts/energy.ts";
import {
  GatewayCredentials,
  GatewayPost,
  MeterCreated,
  MeterPost,
} from "../../src/contracts/registry.ts";
import {
  EventPayload,
  StatePayload,
  TelemetryAnswer,
  TelemetryPayload,
  TelemetryPost,
} from "../../src/contracts/telemetry.ts";
import { judgeSample } from "../../src/domain/telemetry/judge-sample.ts";
import { dayMs, minuteMs } from "../../src/domain/time.ts";
import { readTelemetry } from "../../src/entry/telemetry-payload.ts";
import { programPath } from "../support/programs.ts";
import { ServiceClient } from "../support/service-client.ts";
import { tempDir } from "../support/temp-dir.ts";

const schemas: Readonly<Record<string, z.ZodType>> = {
  ...{ Command, CommandAck, EventPayload, GatewayCredentials, GatewayPost, MeterPost },
  ...{ StatePayload, TelemetryAnswer, TelemetryPayload, TelemetryPost },
};
const pages = ["connecting-a-gateway.md", "connecting-a-gateway.zh-CN.md"] as const;
const root = join(import.meta.dirname, "../..");
const textOf = (page: string): string => readFileSync(join(root, "docs", page), "utf8");
const noonMs = Date.parse("2026-11-22T12:00:00+08:00");

/** Metrics that stand in for another one of the same kind, so that no example has both. */
const alternatives = ["volumeM3", "consumedKg", "coolingGj", "heatGj"];

/** What judges a payload in the service, in the same order: the shape, then each sample. */
function codesOf(payload: string, kind: DeviceKind): readonly string[] {
  const read = readTelemetry(Buffer.from(payload));
  if (!read.ok) return [read.code];
  const meter = { id: "x", kind, gatewayId: "gw-roof-3", ratedMaxKw: null };
  const judged = read.samples.flatMap((sample) => {
    const question = { meter, gatewayId: "gw-roof-3", sample, nowMs: noonMs };
    return judgeSample({ ...question, oldestMs: noonMs - 400 * dayMs }).refusals;
  });
  return [...read.faults, ...judged].map(({ code }) => code);
}

describe.each(pages)("%s", (page) => {
  const text = textOf(page);
  const blocks = [...text.matchAll(/^```json ?(\w*)\n([\s\S]*?)^```$/gm)];
  const examples = [...text.matchAll(/^### ([a-z-]+)(?: [^\n]+)?\n([\s\S]*?)(?=^##)/gm)];

  it("has only messages that the contract takes", () => {
    expect(blocks.length).toBeGreaterThan(25);
    for (const [block, name = "", json = ""] of blocks) {
      expect(Object.keys(schemas), block).toContain(name);
      expect(schemas[name]?.safeParse(JSON.parse(json)).error?.issues ?? [], block).toEqual([]);
    }
    expect(new Set(blocks.map(([, name]) => name))).toEqual(new Set(Object.keys(schemas)));
  });

  it("has a message of each device kind with all of its metrics, which is taken whole", () => {
    expect(examples.map(([, kind]) => kind)).toEqual(deviceKindNames);
    for (const [, kind = "", section = ""] of examples) {
      const name = deviceKindNames.find((known) => known === kind) ?? "charger";
      const json = /^```json TelemetryPayload\n([\s\S]*?)^```$/m.exec(section)?.[1] ?? "";
      const sent = Object.keys(JSON.parse(json).values);
      const missing = Object.keys(metricsOf(name)).filter((metric) => !sent.includes(metric));
      expect(
        missing.filter((metric) => !alternatives.includes(metric)),
        kind,
      ).toEqual([]);
      expect(codesOf(json, name), kind).toEqual([]);
    }
  });

  it("says truly how each bad message is called", () => {
    const rows = [...text.matchAll(/^\| `(\{[^`]*)` \| `(\w+)` \|/gm)];
    expect(rows.length).toBeGreaterThan(7);
    expect(rows.map(([, payload = ""]) => codesOf(payload, "water-meter"))).toEqual(
      rows.map(([, , code]) => [code]),
    );
  });
});

const mosquittoPub = programPath("mosquitto_pub");

it.skipIf(mosquittoPub === null)(
  "a person who follows the page sees the reading of a new gateway arrive",
  async () => {
    const dir = tempDir();
    const token = "0123456789abcdef0123456789abcdef";
    const place = "location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }";
    writeFileSync(join(dir, "park.yaml"), `id: lhasa\nname: { zh: 甲, en: A }\n${place}\n`);
    const environment = {
      ...{ ZCP_DATA_DIR: join(dir, "data"), ZCP_PARK: join(dir, "park.yaml") },
      ...{ ZCP_HTTP_PORT: "0", ZCP_MQTT_LISTEN_PORT: "0", ZCP_BOOTSTRAP_TOKEN: token },
    };
    const log = pino({ level: "silent" });
    const service = await compose(parseConfig({ environment }), { log, onPortTaken: "fail" });
    onTestFinished(() => service.stop());
    const { httpUrl, mqttUrl } = await service.start();
    const client = new ServiceClient(httpUrl, token);
    const text = textOf(pages[0]);
    const written = (name: string): object =>
      JSON.parse(
        new RegExp(`^\`\`\`json ${name}\n([\\s\\S]*?)^\`\`\`$`, "m").exec(text)?.[1] ?? "",
      );
    const { password } = await client.post("/gateways", written("GatewayPost"), GatewayCredentials);
    await client.post("/meters", written("MeterPost"), MeterCreated);
    const command = /^```sh\n(mosquitto_pub -h[\s\S]*?)^```$/m.exec(text)?.[1] ?? "";
    const { port } = new URL(mqttUrl ?? "");
    // It ends with an error, which rejects, when the message was not acknowledged.
    await promisify(execFile)("sh", ["-c", command.replace("-p 1883", `-p ${port}`)], {
      env: { PATH: process.env.PATH, BROKER_HOST: "127.0.0.1", GATEWAY_PASSWORD: password },
    });
    await client.settled();
    const span = [-5 * minuteMs, 5 * minuteMs].map((ms) => new Date(Date.now() + ms).toISOString());
    const query = new URLSearchParams({ from: span[0] ?? "", to: span[1] ?? "" });
    const { items } = await client.get(`/meters/inv-31/readings?${query}`, ReadingsBody);
    expect(items.map(({ values }) => values)).toEqual([{ generationKwh: 918230.4, powerKw: 96.2 }]);
  },
  60_000,
);
