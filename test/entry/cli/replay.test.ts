import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { replay } from "../../../src/entry/cli/replay.ts";
import { recordedMessages } from "../../../src/entry/cli/replay-source.ts";
import { httpTarget } from "../../../src/entry/cli/replay-targets.ts";
import { tempDir } from "../../support/temp-dir.ts";

const quiet = { parallel: 4, onProgress: () => undefined };

function recording(...lines: readonly (string | object)[]): string {
  const path = join(tempDir(), "recording.ndjson");
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(path, `${texts.join("\n")}\n`);
  return path;
}

async function service(
  answer: (body: Record<string, unknown>, request: IncomingMessage) => [number, object],
) {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const [status, content] = answer(JSON.parse(body), request);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a recording", () => {
  it("is read in both shapes; lines that are no telemetry are named", async () => {
    const path = recording(
      { topic: "zcp/v1/p/gw-1/m1/telemetry", payload: { ts: 1, values: { importKwh: 1 } } },
      { topic: "zcp/v1/p/gw-1/m1/telemetry", payload: '{"ts":2,"values":{"importKwh":2}}' },
      { gateway: "gw-1", device: "m2", ts: 3, values: { importKwh: 3 } },
      "",
      { topic: "zcp/v1/p/gw-1/gw-1/state", payload: {} },
      { topic: "vendor/x", payload: {} },
      "not JSON",
      { topic: "zcp/v1/p/gw-1/m1/telemetry", payload: "[1]" },
    );
    const entries = [];
    for await (const entry of recordedMessages(path)) entries.push(entry);
    expect(entries).toEqual([
      { line: 1, gatewayId: "gw-1", deviceId: "m1", payload: { ts: 1, values: { importKwh: 1 } } },
      { line: 2, gatewayId: "gw-1", deviceId: "m1", payload: { ts: 2, values: { importKwh: 2 } } },
      { line: 3, gatewayId: "gw-1", deviceId: "m2", payload: { ts: 3, values: { importKwh: 3 } } },
      { line: 5, skipped: "state is not replayed" },
      { line: 6, skipped: "vendor/x is no topic of the contract" },
      { line: 7, skipped: "neither topic and payload nor gateway and device" },
      { line: 8, skipped: "the payload is not a JSON object" },
    ]);
  });

  it("keeps the order of each device while several are under way", async () => {
    const sent: { device: string; ts: number }[] = [];
    const lines = Array.from({ length: 60 }, (_, ts) => ({
      gateway: "g",
      device: `m${ts % 7}`,
      ts,
    }));
    const target = {
      send: async (message: { deviceId: string; payload: object }) => {
        // Odd devices are slow, so an unordered sender would overtake itself.
        if (/[135]$/.test(message.deviceId)) await new Promise((done) => setTimeout(done, 3));
        sent.push({ device: message.deviceId, ts: Number((message.payload as { ts: number }).ts) });
        return { accepted: 1, quarantined: 0, refused: null };
      },
      close: async () => undefined,
    };
    const report = await replay(recording(...lines), target, quiet);
    expect(report).toMatchObject({ messages: 60, accepted: 60, refusedCount: 0 });
    for (let device = 0; device < 7; device += 1) {
      const order = sent.filter((entry) => entry.device === `m${device}`).map(({ ts }) => ts);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it("goes over HTTP with the token, counts what came back and names what was refused", async () => {
    const bodies: unknown[] = [];
    const url = await service((body, request) => {
      if (request.url !== "/api/v1/telemetry") return [404, {}];
      if (request.headers.authorization !== "Bearer secret") return [401, {}];
      bodies.push(body);
      if (body.device === "m3") return [422, { code: "schema" }];
      return [
        200,
        { accepted: 1, quarantined: body.device === "m2" ? [{ index: 0, code: "range" }] : [] },
      ];
    });
    const path = recording(
      { gateway: "g", device: "m1", ts: 1, values: {} },
      { gateway: "g", device: "m2", ts: 1, values: {} },
      { gateway: "g", device: "m3", ts: 1, values: {} },
      "broken",
    );
    const report = await replay(path, httpTarget(url, "secret"), quiet);
    expect(bodies).toContainEqual({ gateway: "g", device: "m1", ts: 1, values: {} });
    expect(report).toMatchObject({ messages: 3, accepted: 2, quarantined: 1, refusedCount: 2 });
    expect(report.refused.join("\n")).toMatch(/line 3: 422 .*schema/);
    expect(report.refused.join("\n")).toContain("line 4: ");
    await expect(replay(path, httpTarget(url, "wrong"), quiet)).rejects.toThrow(
      "refused the token",
    );
  });

  it("is sent again while the service is busy", async () => {
    let calls = 0;
    const url = await service(() =>
      ++calls === 1 ? [503, {}] : [200, { accepted: 1, quarantined: [] }],
    );
    const path = recording({ gateway: "g", device: "m1", ts: 1, values: {} });
    const report = await replay(path, httpTarget(url, "secret"), quiet);
    expect(calls).toBe(2);
    expect(report).toMatchObject({ accepted: 1, refusedCount: 0 });
  });

  it("that cannot be read ends the command with a sentence", async () => {
    const target = httpTarget("http://127.0.0.1:9", "t");
    await expect(replay("/nowhere/x.ndjson", target, quiet)).rejects.toThrow("cannot be read");
  });
});
