import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../src/app/ports.ts";
import { Problem } from "../../../src/contracts/problem.ts";
import { ReadyBody, StatusBody } from "../../../src/contracts/status.ts";
import { bearer, openHttp, sharedHttp } from "../../support/http-fixture.ts";
import { registeredRoutes } from "../../support/registered-routes.ts";

describe("health", () => {
  const shared = sharedHttp();

  it("answers without credentials", async () => {
    const { inject } = shared();
    expect((await inject("/livez" as never)).json()).toEqual({ alive: true });
    const ready = await inject("/readyz" as never);
    expect(ready.statusCode).toBe(200);
    // This fixture has no broker, which is said and carried.
    expect(ReadyBody.parse(ready.json())).toEqual({
      ready: true,
      degraded: ["mqtt: not started"],
      failing: [],
    });
  });

  it("is 503 when something that work needs has failed", async () => {
    const { inject } = await openHttp({
      services: (services) => ({
        ...services,
        ready: async () => ({ ready: false, degraded: [], failing: ["journal: full"] }),
      }),
    });
    const ready = await inject("/readyz" as never);
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ ready: false, degraded: [], failing: ["journal: full"] });
  });

  it("counts for Prometheus", async () => {
    const { inject } = shared();
    const response = await inject("/metrics" as never);
    expect(response.headers["content-type"]).toContain("text/plain");
    expect(response.payload).toMatch(/^zcp_ingest_backlog_readings 0$/m);
    expect(response.payload).toMatch(/^zcp_ledger_touched_slots 0$/m);
  });
});

describe("GET /status", () => {
  it("says what was done and what is still to do", async () => {
    const http = await openHttp();
    await http.call("POST", "/api/v1/telemetry", {
      gateway: "gw-1",
      device: "m-acme",
      samples: [
        { ts: "2026-11-22T05:30:00Z", values: { importKwh: 100 } },
        { ts: "2026-11-22T05:45:00Z", values: { importKwh: 104 } },
        { ts: "2026-11-22T05:45:00Z", values: { importKwh: -1 } },
      ],
    });
    await http.settled();
    const status = StatusBody.parse((await http.call("GET", "/api/v1/status")).json());
    expect(status).toMatchObject({
      startedAt: "2026-11-22T06:00:00.000Z",
      ingest: {
        messagesTotal: 1,
        readingsTotal: 2,
        quarantinedTotal: 1,
        ackedTotal: 1,
        backlogReadings: 0,
      },
      ledger: { touchedSlots: 0, closedThrough: "2026-11-22T05:45:00.000Z" },
    });
    expect(Object.keys(status.stores)).toEqual(["journal", "readings", "state", "mqtt"]);
    expect(status.jobs.map(({ name }) => name)).toContain("retention");
  });
});

describe("every answer", () => {
  const shared = sharedHttp();

  it("carries headers that keep a browser at home", async () => {
    const { inject } = shared();
    const { headers } = await inject({ method: "GET", url: "/api/v1/park", headers: bearer });
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    });
    const csp = String(headers["content-security-policy"]);
    expect(csp).toContain("default-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toMatch(/unsafe-eval|https?:|script-src[^;]*unsafe-inline/);
  });

  it("has an id by which the log finds it, the caller's own when it is plain", async () => {
    const { inject } = shared();
    const given = { method: "GET", url: "/livez", headers: { "x-request-id": "req-7" } } as const;
    expect((await inject(given)).headers["x-request-id"]).toBe("req-7");
    const odd = { ...given, headers: { "x-request-id": "a\r\nb: c" } };
    expect((await inject(odd)).headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a problem", () => {
  const shared = sharedHttp();
  const json = { ...bearer, "content-type": "application/json" };

  it.each([
    [404, "not_found", { method: "GET", url: "/api/v1/nowhere" }],
    [404, "not_found", { method: "GET", url: "/api/v1/meters/nope" }],
    [404, "not_found", { method: "GET", url: "/.env" }],
    [405, "method_not_allowed", { method: "PUT", url: "/api/v1/meters" }],
    [405, "method_not_allowed", { method: "DELETE", url: "/api/v1/meters/m-acme" }],
    [415, "unsupported_media_type", { method: "POST", url: "/api/v1/meters", payload: "a=b" }],
    [
      422,
      "invalid_request",
      { method: "POST", url: "/api/v1/meters", headers: json, payload: "{}" },
    ],
    [422, "json", { method: "POST", url: "/api/v1/meters", headers: json, payload: "{" }],
    [
      413,
      "too_large",
      {
        method: "POST",
        url: "/api/v1/meters",
        headers: json,
        payload: `"${"x".repeat(1_100_000)}"`,
      },
    ],
    [400, "bad_request", { method: "GET", url: "/api/v1/%zz" }],
    [414, "bad_request", { method: "GET", url: `/api/v1/meters/${"x".repeat(300)}` }],
  ])("is a document with status %i and code %s", async (status, code, request) => {
    const { inject } = shared();
    const headers = { ...bearer, ...("headers" in request ? request.headers : {}) };
    const response = await inject({ ...(request as { method: "GET"; url: string }), headers });
    expect(response.statusCode).toBe(status);
    expect(response.headers["content-type"]).toContain("application/problem+json");
    const problem = Problem.parse(response.json());
    expect(problem).toMatchObject({ status, code, type: `/problems/${code}` });
    expect(problem.instance).toBe(`urn:request:${response.headers["x-request-id"]}`);
    expect(response.payload).not.toMatch(/node_modules|\.ts:|SELECT|at Object/);
  });

  it.each([
    ["a header that is none", "GET / HTTP/1.1\r\nhost: x\r\nnonsense\r\n\r\n", 400],
    ["headers without end", `GET / HTTP/1.1\r\nx: ${"y".repeat(40_000)}\r\n\r\n`, 431],
    ["bytes that are no HTTP", "\u0000\u0001\u0002\r\n\r\n", 400],
  ])("answers %s, and the connection ends", async (_case, bytes, status) => {
    const { server } = await openHttp();
    const base = await server.listen({ host: "127.0.0.1", port: 0 });
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connect(Number(new URL(base).port), "127.0.0.1", () => socket.write(bytes));
      socket.on("data", (chunk) => {
        text += String(chunk);
      });
      socket.on("error", () => undefined);
      socket.once("close", () => resolve(text));
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("application/problem+json");
    expect(Problem.parse(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).status).toBe(status);
  });

  it("names the methods that a path has", async () => {
    const { inject } = shared();
    const response = await inject({ method: "PUT", url: "/api/v1/meters", headers: bearer });
    expect(response.headers.allow).toBe("GET, HEAD, POST");
  });

  it("points to each field that is wrong", async () => {
    const { call } = shared();
    const response = await call("POST", "/api/v1/meters", {
      id: "a b",
      gatewayId: "gw-1",
      kind: "electricity-meter",
      multiplier: "4000",
      "odd/field~": 1,
    });
    const pointers = response.json().errors.map((fault: { pointer: string }) => fault.pointer);
    expect(pointers).toEqual(["/id", "/multiplier", "/odd~1field~0"]);
  });

  it.each([
    [undefined, "zh-CN", "未找到"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "未找到"],
    ["en-GB,en;q=0.9,zh;q=0.1", "en", "Not found"],
    ["en;q=0.1,zh;q=0.9", "zh-CN", "未找到"],
    ["de", "zh-CN", "未找到"],
    ["en;q=0", "zh-CN", "未找到"],
  ])("has its title in the language of %s", async (language, contentLanguage, title) => {
    const { inject } = shared();
    const headers = {
      ...bearer,
      ...(language === undefined ? {} : { "accept-language": language }),
    };
    const response = await inject({ method: "GET", url: "/api/v1/meters/nope", headers });
    expect(response.headers["content-language"]).toBe(contentLanguage);
    expect(response.json().title).toBe(title);
  });

  it("keeps the message of a fault of ours to itself", async () => {
    const { call } = await openHttp({
      services: (services) => ({
        ...services,
        livePicture: {
          ...services.livePicture,
          view: () => {
            throw new Error("password is hunter2");
          },
        },
      }),
    });
    const response = await call("GET", "/api/v1/live");
    expect(response.json()).toMatchObject({ status: 500, code: "internal" });
    expect(response.payload).not.toContain("hunter2");
  });

  it("says when to come again where a store is out of reach", async () => {
    const { call } = await openHttp({
      services: (services) => ({
        ...services,
        quarantine: {
          ...services.quarantine,
          list: () => Promise.reject(new UnavailableError("no answer", { retryAfterMs: 7200 })),
        },
      }),
    });
    const response = await call("GET", "/api/v1/quarantine");
    expect(response.json()).toMatchObject({ status: 503, code: "unavailable" });
    expect(response.headers["retry-after"]).toBe("8");
  });
});

describe("rate limits", () => {
  it("let a principal ask 50 times a second and more, and stop a flood", async () => {
    const { call } = await openHttp();
    for (let index = 0; index < 500; index += 1) {
      expect((await call("GET", "/api/v1/session")).statusCode).toBe(200);
    }
    const flood = await Promise.all(
      Array.from({ length: 2000 }, () => call("GET", "/api/v1/session")),
    );
    const refused = flood.find(({ statusCode }) => statusCode === 429);
    expect(refused?.json()).toMatchObject({ code: "rate_limited" });
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
  });

  it("stop an address that guesses, and nobody else", async () => {
    const { call, inject } = await openHttp();
    const guesses = await Promise.all(
      Array.from({ length: 700 }, (_, index) =>
        inject({
          method: "GET",
          url: "/api/v1/session",
          headers: { authorization: `Bearer guess-${index}` },
        }),
      ),
    );
    expect(guesses.filter(({ statusCode }) => statusCode === 429).length).toBeGreaterThan(50);
    expect((await call("GET", "/api/v1/session")).statusCode).toBe(200);
    expect((await inject("/livez" as never)).statusCode).toBe(200);
  });
});

describe("the description of the API", () => {
  const shared = sharedHttp();

  it("has every route below /api/v1 and health, each with who may call it", async () => {
    const { server, inject } = shared();
    const { openapi, paths } = (await inject("/openapi.json" as never)).json();
    expect(openapi).toBe("3.1.0");
    const described = Object.entries(paths as Record<string, Record<string, unknown>>)
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      )
      .sort();
    const registered = registeredRoutes(server)
      .filter(({ method }) => method !== "HEAD")
      .filter(({ path }) => !/^\/(docs|sign-in|openapi)/.test(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`)
      .sort();
    expect(described).toEqual(registered);
    expect(paths["/api/v1/telemetry"].post).toMatchObject({
      operationId: "postTelemetry",
      security: [{ session: [] }, { bearer: [] }, { gateway: [] }],
      responses: {
        default: {
          content: {
            "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
          },
        },
      },
    });
  });

  it("names nothing that it does not define", async () => {
    const document = (await shared().inject("/openapi.json" as never)).payload;
    const { components } = JSON.parse(document);
    const references = [...document.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name] of references) expect(Object.keys(components.schemas)).toContain(name);
  });

  it("has a page of its own files", async () => {
    const { inject } = shared();
    const page = await inject("/docs/api" as never);
    expect(page.statusCode).toBe(200);
    const files = [...page.payload.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? "");
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file.startsWith("/docs/api/static/")).toBe(true);
      expect((await inject(file as never)).statusCode).toBe(200);
    }
    expect(page.payload).not.toMatch(/<script>|<style>/);
  });
});

describe("the console", () => {
  const shared = sharedHttp({
    consoleFiles: {
      "index.html": "<!doctype html><title>console</title>",
      "assets/main-abc123.js": "export {};",
      "favicon.svg": "<svg/>",
    },
  });
  const get = (url: string, accept = "text/html,*/*") =>
    shared().inject({ method: "GET", url, headers: { accept } });

  it("is served with its files, which may be kept for ever when their name says so", async () => {
    const page = await get("/");
    expect(page.payload).toContain("<title>console</title>");
    expect(page.headers["cache-control"]).toBe("no-cache");
    const script = await get("/assets/main-abc123.js", "*/*");
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(script.headers["content-type"]).toContain("javascript");
    expect((await get("/favicon.svg")).headers["cache-control"]).toBe("no-cache");
  });

  it("answers at every address inside it", async () => {
    for (const url of ["/devices", "/meters/m-acme?tab=slots", "/wall"]) {
      const page = await get(url);
      expect(page.statusCode).toBe(200);
      expect(page.payload).toContain("<title>console</title>");
      expect(page.headers["cache-control"]).toBe("no-cache");
    }
  });

  it.each([
    ["an unknown path of the API", "/api/v1/nowhere", "text/html"],
    ["a missing asset", "/assets/gone-123.js", "*/*"],
    ["a page for a program", "/devices", "application/json"],
    ["a file above it", "/../park.yaml", "text/html"],
    ["an escaped file above it", "/..%2fpark.yaml", "text/html"],
    ["an escaped folder above it", "/%2e%2e/park.yaml", "text/html"],
    ["a backslash", "/..%5cpark.yaml", "text/html"],
    ["a null byte", "/index.html%00.js", "text/html"],
  ])("does not answer for %s", async (_case, url, accept) => {
    const response = await get(url, accept);
    expect(response.statusCode).toBe(404);
    expect(Problem.parse(response.json()).code).toBe("not_found");
    expect(response.headers["content-type"]).toContain("application/problem+json");
    expect(response.payload).not.toContain("gateways");
  });
});
