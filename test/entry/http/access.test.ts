import { describe, expect, it } from "vitest";
import { bearer, type HttpFixture, openHttp, sharedHttp } from "../../support/http-fixture.ts";
import { type RegisteredRoute, registeredRoutes } from "../../support/registered-routes.ts";

/** What anybody may call: health, sign-in, the description of the API and its page. */
const open = [
  "GET /livez",
  "GET /readyz",
  "GET /metrics",
  "GET /sign-in",
  "POST /sign-in",
  "POST /api/v1/session",
  "GET /openapi.json",
];

function isOpen({ method, path }: RegisteredRoute): boolean {
  const reading = method === "HEAD" ? "GET" : method;
  return open.includes(`${reading} ${path}`) || path.startsWith("/docs/api");
}

function closedRoutes({ server }: HttpFixture): readonly RegisteredRoute[] {
  return registeredRoutes(server).filter((route) => !isOpen(route));
}

const ids: Readonly<Record<string, string>> = {
  "/api/v1/enterprises/:id": "acme",
  "/api/v1/meters/:id": "m-acme",
  "/api/v1/meters/:id/readings": "m-acme",
};

/** Queries with which a route would answer figures of the enterprise acme, if it were allowed to. */
const queries: Readonly<Record<string, string>> = {
  "/api/v1/energy": "scope=enterprise:acme&from=2026-11-22T04:00:00Z&to=2026-11-22T05:00:00Z",
  "/api/v1/energy/revisions": "meter=m-acme&from=2026-11-22T04:00:00Z&to=2026-11-22T05:00:00Z",
  "/api/v1/energy/enterprises": "from=2026-11-22T04:00:00Z&to=2026-11-22T05:00:00Z",
  "/api/v1/energy/quality": "from=2026-11-22T04:00:00Z&to=2026-11-22T05:00:00Z",
  "/api/v1/meters/:id/readings": "from=2026-11-22T04:00:00Z&to=2026-11-22T05:00:00Z",
};

function urlOf(path: string): string {
  const query = queries[path];
  return path.replace(":id", ids[path] ?? "x") + (query === undefined ? "" : `?${query}`);
}

async function feed(http: HttpFixture): Promise<void> {
  for (const [device, gateway] of [
    ["m-acme", "gw-1"],
    ["m-beta", "gw-2"],
    ["m-grid", "gw-1"],
  ]) {
    const samples = [0, 15, 30].map((minutes) => ({
      ts: Date.parse("2026-11-22T04:00:00Z") + minutes * 60_000,
      values: { importKwh: 777_001 + minutes, powerKw: 777_555 },
    }));
    await http.call("POST", "/api/v1/telemetry", { gateway, device, samples });
  }
  await http.settled();
}

describe("without credentials", () => {
  const shared = sharedHttp();

  it("every route but the open ones is refused with 401, and there are many", async () => {
    const http = shared();
    const routes = closedRoutes(http);
    expect(routes.length).toBeGreaterThan(20);
    for (const { method, path } of routes) {
      const response = await http.inject({ method: method as "GET", url: urlOf(path) });
      expect([method, path, response.statusCode]).toEqual([method, path, 401]);
      expect(response.headers["www-authenticate"]).toContain("Bearer");
    }
  });

  it.each([
    ["a wrong bearer token", { authorization: "Bearer 0123456789abcdef0123456789abcdeX" }],
    ["an empty bearer token", { authorization: "Bearer " }],
    ["an unsigned token", { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4ifQ." }],
    ["a scheme that nobody knows", { authorization: "Digest username=x" }],
    ["a wrong gateway password", { authorization: `Basic ${btoa("gw-1:wrong")}` }],
    ["a password for a gateway without credentials", { authorization: `Basic ${btoa("gw-1:")}` }],
    ["a made-up session", { cookie: "zcp_session=abc" }],
    ["a session under the name that only https has", { cookie: "__Host-zcp_session=abc" }],
  ])("%s opens nothing", async (_case, headers) => {
    const { inject } = shared();
    const response = await inject({ method: "GET", url: "/api/v1/status", headers });
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ code: "unauthenticated", status: 401 });
  });

  it("neither method, case, slashes nor escapes open a way around the rules", async () => {
    const { inject } = shared();
    for (const url of [
      "/api/v1/status/",
      "//api/v1/status",
      "/api/v1//status",
      "/API/V1/STATUS",
      "/api/v1/%73tatus",
      "/docs/api/../../api/v1/status",
      "/docs/api/%2e%2e/%2e%2e/api/v1/status",
    ]) {
      const response = await inject({
        method: "GET",
        url,
        headers: { "x-http-method-override": "GET" },
      });
      expect([url, response.statusCode]).not.toEqual([url, 200]);
      expect(response.payload).not.toContain("backlogReadings");
    }
  });
});

describe("the bootstrap token", () => {
  it("may call every route, and every use of it is audited", async () => {
    const http = await openHttp();
    await feed(http);
    const routes = closedRoutes(http).filter(({ path }) => path !== "/api/v1/live/events");
    for (const { method, path } of routes) {
      const response = await http.inject({
        method: method as "GET",
        url: urlOf(path),
        headers: bearer,
      });
      expect([method, path, response.statusCode]).not.toEqual([method, path, 401]);
      expect([method, path, response.statusCode]).not.toEqual([method, path, 403]);
      expect(response.statusCode).toBeLessThan(500);
    }
    const used = (await http.audited())
      .filter(({ action, actor }) => action === "route.use" && actor === "bootstrap")
      .map(({ object }) => object);
    for (const { method, path } of routes) expect(used).toContain(`route:${method} ${path}`);
  });
});

describe("a person of one enterprise", () => {
  it("finds nothing of another one behind any route", async () => {
    const http = await openHttp();
    await feed(http);
    // There is something to find: whoever runs the park sees it.
    const known = await http.call("GET", urlOf("/api/v1/energy"));
    expect(known.json().slots[0]).toMatchObject({ importKwh: 15 });
    const headers = await http.signIn(["enterprise", "manager"], "beta");
    const seen: string[] = [];
    for (const { method, path } of closedRoutes(http)) {
      if (path === "/api/v1/live/events" || (method === "DELETE" && path.endsWith("/session"))) {
        continue;
      }
      const response = await http.inject({ method: method as "GET", url: urlOf(path), headers });
      // That something is not found may repeat the id that was asked for, and no more.
      const foreign = response.statusCode === 404 ? /Acme|m-grid|甲企/ : /acme|Acme|m-grid|甲企/;
      expect([path, foreign.exec(response.payload)?.[0]]).toEqual([path, undefined]);
      seen.push(`${method} ${path} ${response.statusCode}`);
    }
    expect(seen).toContain("GET /api/v1/meters/:id 404");
    expect(seen).toContain("GET /api/v1/enterprises/:id 404");
    expect(seen).toContain("GET /api/v1/energy 404");
    expect(seen).toContain("GET /api/v1/status 403");
    expect(seen).toContain("POST /api/v1/meters 403");
    expect(seen).toContain("GET /api/v1/meters 200");
  });
});
