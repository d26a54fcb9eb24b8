import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Problem } from "../../../src/contracts/problem.ts";
import { bearer, sharedHttp } from "../../support/http-fixture.ts";

const json = { ...bearer, "content-type": "application/json" };
const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** Bodies that are refused wherever they are sent, with the code of the refusal. */
const bodies: readonly (readonly [
  what: string,
  body: string | Buffer,
  status: number,
  code: string,
])[] = [
  ["nested 200,000 deep", deep(200_000), 422, "json"],
  ["with __proto__", '{"__proto__":{"isAdmin":true},"id":"x"}', 422, "json"],
  ["with constructor.prototype", '{"constructor":{"prototype":{"a":1}}}', 422, "json"],
  [
    "with an infinite number",
    '{"id":"x","gatewayId":"gw-1","kind":"electricity-meter","multiplier":1e999}',
    422,
    "invalid_request",
  ],
  ["with NaN", '{"id":"x","multiplier":NaN}', 422, "json"],
  [
    "in bytes that are no UTF-8",
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    422,
    "json",
  ],
  [
    "in GBK",
    Buffer.from([0x7b, 0x22, 0x69, 0x64, 0x22, 0x3a, 0x22, 0xc4, 0xfa, 0x22, 0x7d]),
    422,
    "json",
  ],
  ["of two megabytes", `{"id":"${"x".repeat(2_000_000)}"}`, 413, "too_large"],
  [
    "with a line break in an id",
    '{"id":"a\\nb","gatewayId":"gw-1","kind":"electricity-meter"}',
    422,
    "invalid_request",
  ],
  [
    "with a path in an id",
    '{"id":"../../etc/passwd","gatewayId":"gw-1","kind":"electricity-meter"}',
    422,
    "invalid_request",
  ],
  [
    "with SQL in an id",
    '{"id":"x\'; DROP TABLE meter; --","gatewayId":"gw-1","kind":"electricity-meter"}',
    422,
    "invalid_request",
  ],
  ["cut in the middle", '{"id":"x"', 422, "json"],
];

describe("a body that is bad", () => {
  const shared = sharedHttp();

  it.each(bodies)(
    "%s is refused with a reason and a remedy",
    async (_what, payload, status, code) => {
      const { inject } = shared();
      for (const url of [
        "/api/v1/meters",
        "/api/v1/enterprises",
        "/api/v1/session",
        "/api/v1/keys",
      ]) {
        if (code === "invalid_request" && url !== "/api/v1/meters") continue;
        const answer = await inject({ method: "POST", url, headers: json, payload });
        const problem = Problem.parse(answer.json());
        expect([url, problem.status, problem.code]).toEqual([url, status, code]);
        expect(problem.remedy).toBeTruthy();
        // Nothing of the inside, and not the whole of what was sent.
        expect(answer.payload).not.toMatch(/node_modules|SELECT|INSERT|at .*\.ts/);
        expect(answer.payload.length).toBeLessThan(3000);
      }
    },
  );

  it("that is packed is not unpacked", async () => {
    const answer = await shared().inject({
      ...{
        method: "POST",
        url: "/api/v1/enterprises",
        payload: gzipSync(Buffer.alloc(50_000_000)),
      },
      headers: { ...json, "content-encoding": "gzip" },
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().code).toBe("json");
  });

  it("does not keep the next good one out, nor change any object of ours", async () => {
    const { inject } = shared();
    const add = { method: "POST", url: "/api/v1/enterprises", headers: bearer } as const;
    await inject({ ...add, headers: json, payload: '{"__proto__":{"roles":["sysadmin"]}}' });
    const good = await inject({ ...add, payload: { id: "good", name: "Good" } });
    expect(good.statusCode).toBe(201);
    expect(({} as { roles?: unknown }).roles).toBeUndefined();
  });
});

describe("a query that is bad", () => {
  const shared = sharedHttp();

  it.each([
    [
      "/energy?scope=park&from=2016-11-22T00:00:00Z&to=2026-11-22T00:00:00Z&step=15m",
      "interval_too_long",
    ],
    [
      "/energy?scope=meter:m-acme'%20OR%20'1'='1&from=2026-11-22T00:00:00Z&to=2026-11-22T01:00:00Z",
      "not_found",
    ],
    [
      "/energy?scope=park&scope=meter:m-beta&from=2026-11-22T00:00:00Z&to=2026-11-22T01:00:00Z",
      "invalid_request",
    ],
    ["/audit?actor=x&unknown=1", "invalid_request"],
    ["/audit?limit=100000", "invalid_request"],
    ["/audit?cursor=1;DROP%20TABLE%20audit_entry", "invalid_request"],
    ["/audit/proofs/-1", "invalid_request"],
  ])("%s is refused with %s", async (path, code) => {
    const answer = await shared().call("GET", `/api/v1${path}`);
    expect(answer.json()).toMatchObject({ status: code === "not_found" ? 404 : 422, code });
  });

  it("injects nothing: what looks like SQL is looked for as it stands", async () => {
    const { call } = shared();
    const actor = encodeURIComponent("x' OR '1'='1");
    const answer = await call("GET", `/api/v1/audit?actor=${actor}`);
    expect(answer.json()).toEqual({ items: [], next: null });
  });

  it.each([
    "/..%2f..%2fetc/passwd",
    "/docs/api/..%2f..%2f..%2fpackage.json",
    "/%00",
    "/api/v1/meters/..%2fkeys",
  ])("%s leads to no file", async (url) => {
    const answer = await shared().inject({ method: "GET", url, headers: bearer });
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.payload).not.toMatch(/root:|"dependencies"/);
  });
});

describe("a sign-in that is bad", () => {
  const shared = sharedHttp();
  const signIn = (payload: object | string, headers: Record<string, string> = {}) =>
    shared().inject({ method: "POST", url: "/api/v1/session", headers, payload });

  it.each([
    ["without anything", {}, 422],
    ["with a list as a name", { username: ["a"], password: "b" }, 422],
    ["with an object as a password", { username: "a", password: { $ne: null } }, 422],
    [
      "with a password of a thousand characters",
      { username: "a", password: "x".repeat(1000) },
      422,
    ],
    ["with SQL in the name", { username: "' OR 1=1 --", password: "x" }, 401],
    ["with a NUL in the name", { username: "admin\u0000", password: "x" }, 401],
    ["with half a character in the name", { username: "\ud800", password: "x" }, 401],
    ["with control characters", { username: "\u001b[31madmin\r\nX: y", password: "x" }, 401],
    ["with a link of a foreign form", { token: "../../x" }, 422],
  ])("%s is refused and sets no cookie", async (_what, body, status) => {
    const answer = await signIn(body);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it.each([
    ["that is not signed", `Bearer ${btoa('{"alg":"none"}')}.${btoa('{"roles":["sysadmin"]}')}.`],
    ["of another service", `Bearer ${btoa('{"alg":"RS256"}')}.${btoa('{"sub":"x"}')}.c2ln`],
    ["of a key that never was", `Bearer zcp_0123456789ab_${"A".repeat(43)}`],
    ["of ten thousand characters", `Bearer ${"x".repeat(10_000)}`],
    ["with the token in lower case", "bearer 0123456789ABCDEF0123456789ABCDEF"],
    ["in two parts", "Bearer 0123456789abcdef 0123456789abcdef"],
  ])("a token %s opens nothing", async (_what, authorization) => {
    const answer = await shared().inject({
      ...{ method: "GET", url: "/api/v1/audit", headers: { authorization } },
    });
    expect([401, 431]).toContain(answer.statusCode);
  });
});
