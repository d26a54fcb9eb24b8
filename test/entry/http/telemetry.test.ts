import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../src/app/ports.ts";
import { bearer, openHttp, sharedHttp } from "../../support/http-fixture.ts";

const at = "2026-11-22T05:59:00Z";

describe("POST /telemetry", () => {
  const shared = sharedHttp();

  it("answers after the commit, and names what it set aside", async () => {
    const { call, stores } = await openHttp();
    const response = await call("POST", "/api/v1/telemetry", {
      gateway: "gw-1",
      device: "m-acme",
      samples: [
        { ts: at, values: { importKwh: 1 } },
        { ts: Date.parse("2026-11-22T05:58:00Z"), values: { importKwh: 0.5, powerKw: 30 } },
        { ts: "2026-11-23T05:59:00Z", values: { importKwh: 2 } },
        { ts: at, values: { importKwh: 1, voltage: 220 } },
      ],
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      accepted: 3,
      quarantined: [
        { index: 2, code: "clock", detail: expect.stringContaining("set the clock of m-acme") },
        { index: 3, code: "unknown_metric", metric: "voltage", detail: expect.any(String) },
      ],
    });
    const batches = await stores.journal.read(0, 100);
    expect(batches.flatMap(({ readings }) => readings)).toHaveLength(3);
  });

  it("takes one sample, and null stands for an optional field that is absent", async () => {
    const { call } = await openHttp();
    const body = { gateway: "gw-1", device: "m-acme", ts: at, values: { importKwh: 1 } };
    const response = await call("POST", "/api/v1/telemetry", { ...body, id: null, q: null });
    expect(response.json()).toEqual({ accepted: 1, quarantined: [] });
  });

  it("keeps what an unknown device sends, and says so", async () => {
    const http = await openHttp();
    const body = { gateway: "gw-1", device: "m-new", ts: at, values: { importKwh: 1 } };
    const response = await http.call("POST", "/api/v1/telemetry", body);
    expect(response.json()).toMatchObject({
      accepted: 0,
      quarantined: [{ index: 0, code: "unknown_device" }],
    });
    await http.settled();
    const { items } = (await http.call("GET", "/api/v1/quarantine")).json();
    expect(items).toEqual([
      expect.objectContaining({
        deviceId: "m-new",
        adoptable: true,
        topic: "POST /api/v1/telemetry",
        payloadExcerpt: JSON.stringify({ ts: at, values: { importKwh: 1 } }),
      }),
    ]);
  });

  it("sets values aside that are no numbers, and takes the rest of the batch", async () => {
    const { inject } = await openHttp();
    const response = await inject({
      method: "POST",
      url: "/api/v1/telemetry",
      headers: { ...bearer, "content-type": "application/json" },
      payload: `{"gateway":"gw-1","device":"m-acme","samples":[{"ts":"${at}","values":{"importKwh":7}},{"ts":"${at}","values":{"importKwh":1e999}},{"ts":"soon","values":{"importKwh":8}}]}`,
    });
    expect(response.json()).toMatchObject({
      accepted: 1,
      quarantined: [
        { index: 1, code: "range", metric: "importKwh" },
        { index: 2, code: "schema" },
      ],
    });
  });

  it("keeps a number that is too large visible in the quarantine", async () => {
    const http = await openHttp();
    await http.inject({
      method: "POST",
      url: "/api/v1/telemetry",
      headers: { ...bearer, "content-type": "application/json" },
      payload: `{"gateway":"gw-1","device":"m-acme","ts":"${at}","values":{"importKwh":1e999}}`,
    });
    await http.settled();
    const [group] = (await http.call("GET", "/api/v1/quarantine")).json().items;
    expect(group).toMatchObject({ code: "range", deviceId: "m-acme" });
    expect(group.payloadExcerpt).toContain('"importKwh":"Infinity"');
  });

  it.each([
    ["no gateway", { device: "m-acme", ts: at, values: { importKwh: 1 } }, "/gateway"],
    ["an id with a line break", { gateway: "gw\n1", device: "m", ts: at, values: {} }, "/gateway"],
    ["neither ts nor samples", { gateway: "gw-1", device: "m-acme" }, "/samples"],
    ["samples that are no list", { gateway: "gw-1", device: "m-acme", samples: 3 }, "/samples"],
    ["a misspelt field", { gateway: "gw-1", device: "m-acme", ts: at, value: {} }, "/values"],
    [
      "a local time",
      { gateway: "gw-1", device: "m-acme", ts: "2026-11-22 13:59", values: {} },
      "/ts",
    ],
    ["a list", [], ""],
  ])("refuses %s with a pointer to it", async (_case, body, pointer) => {
    const { call } = shared();
    const response = await call("POST", "/api/v1/telemetry", body);
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({ code: "invalid_request" });
    const pointers = response.json().errors.map((fault: { pointer: string }) => fault.pointer);
    expect(pointers).toContain(pointer);
  });

  it.each([
    ["200,000 levels", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, 422, "json"],
    ["nine levels", '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}', 422, "json"],
    ["a prototype", '{"__proto__":{"x":1},"gateway":"gw-1","device":"m-acme"}', 422, "json"],
    ["a constructor", '{"constructor":{"prototype":{"x":1}}}', 422, "json"],
    ["half a document", '{"gateway":', 422, "json"],
    ["GBK", Buffer.from([0x22, 0xb5, 0xe7, 0x22]), 422, "json"],
    ["257 KiB", `"${"x".repeat(257 * 1024)}"`, 413, "too_large"],
    ["nothing", "", 422, "invalid_request"],
  ])("answers %s with a problem", async (_case, payload, status, code) => {
    const { inject } = shared();
    const response = await inject({
      method: "POST",
      url: "/api/v1/telemetry",
      headers: { ...bearer, "content-type": "application/json" },
      payload,
    });
    expect(response.json()).toMatchObject({ status, code });
    expect(response.headers["content-type"]).toContain("application/problem+json");
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("asks to come again when the journal does not take it", async () => {
    const { call } = await openHttp({
      services: (services) => ({
        ...services,
        ingest: {
          ...services.ingest,
          ingest: () =>
            Promise.reject(new UnavailableError("the journal is full", { code: "journal_full" })),
        },
      }),
    });
    const body = { gateway: "gw-1", device: "m-acme", ts: at, values: { importKwh: 1 } };
    const response = await call("POST", "/api/v1/telemetry", body);
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({ code: "journal_full" });
    expect(Number(response.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("lets a gateway speak for its own devices with its own password, and for no others", async () => {
    const { call, inject } = await openHttp();
    const { username, password } = (await call("POST", "/api/v1/gateways/gw-1/credentials")).json();
    const send = (gateway: string, device: string) =>
      inject({
        method: "POST",
        url: "/api/v1/telemetry",
        headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
        payload: { gateway, device, ts: at, values: { importKwh: 1 } },
      });
    expect((await send("gw-1", "m-acme")).json()).toMatchObject({ accepted: 1 });
    expect((await send("gw-1", "m-beta")).json()).toMatchObject({
      accepted: 0,
      quarantined: [{ code: "wrong_gateway" }],
    });
    expect((await send("gw-2", "m-beta")).statusCode).toBe(403);
    const elsewhere = await inject({
      method: "GET",
      url: "/api/v1/meters",
      headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
    });
    expect(elsewhere.statusCode).toBe(403);
  });
});
