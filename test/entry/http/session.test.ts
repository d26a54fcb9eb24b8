import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { servicePrincipal } from "../../../src/domain/principal.ts";
import { type HttpFixture, openHttp, sharedHttp } from "../../support/http-fixture.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };

function newLink({ services }: HttpFixture): Promise<string> {
  return services.signIn.createLink(servicePrincipal("north", "start"));
}

function redeem(http: HttpFixture, token: string, headers = {}) {
  return http.inject({ method: "POST", url: "/api/v1/session", headers, payload: { token } });
}

function cookieOf(response: { headers: Record<string, unknown> }): string {
  return String(response.headers["set-cookie"]);
}

describe("a sign-in link", () => {
  const shared = sharedHttp();

  it("is not used up by looking at it, only by its button", async () => {
    const http = await openHttp();
    const token = await newLink(http);
    for (let look = 0; look < 3; look += 1) {
      const page = await http.inject({ method: "GET", url: `/sign-in?token=${token}` });
      expect(page.statusCode).toBe(200);
      expect(page.payload).toContain(`value="${token}"`);
      expect(page.headers["set-cookie"]).toBeUndefined();
    }
    const pressed = await http.inject({
      method: "POST",
      url: "/sign-in",
      headers: { ...form, "sec-fetch-site": "same-origin" },
      payload: `token=${token}`,
    });
    expect(pressed.statusCode).toBe(303);
    expect(pressed.headers.location).toBe("/");
    const cookie = cookieOf(pressed).split(";")[0] ?? "";
    const who = await http.inject({ method: "GET", url: "/api/v1/session", headers: { cookie } });
    expect(who.json()).toEqual({
      id: "user:admin",
      name: "admin",
      roles: ["sysadmin", "manager"],
      enterpriseId: null,
    });
    expect(await http.audited()).toContainEqual(
      expect.objectContaining({ actor: "user:admin", action: "session.begin" }),
    );
  });

  it("works once", async () => {
    const http = await openHttp();
    const token = await newLink(http);
    expect((await redeem(http, token)).statusCode).toBe(200);
    expect((await redeem(http, token)).json()).toMatchObject({ status: 422, code: "link_spent" });
    const again = await http.inject({
      method: "POST",
      url: "/sign-in",
      headers: form,
      payload: `token=${token}`,
    });
    expect(again.statusCode).toBe(422);
    expect(again.payload).toContain("链接无效");
  });

  it("works for an hour", async () => {
    const http = await openHttp();
    const token = await newLink(http);
    http.clock.nowMs += 3_600_000;
    expect((await redeem(http, token)).json()).toMatchObject({ code: "link_spent" });
  });

  it("of two clicks at the same time lets one in", async () => {
    const http = await openHttp();
    const token = await newLink(http);
    const both = await Promise.all([redeem(http, token), redeem(http, token)]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 422]);
  });

  it.each(["", "<script>alert(1)</script>", "a".repeat(513)])(
    "that nobody made shows a page without it: %s",
    async (token) => {
      const { inject } = shared();
      const url = `/sign-in?token=${encodeURIComponent(token)}`;
      const page = await inject({ method: "GET", url });
      expect(page.statusCode).toBe(422);
      expect(page.payload).not.toContain("<script");
    },
  );

  it("cannot be pressed by a page of another site", async () => {
    const http = await openHttp();
    const token = await newLink(http);
    for (const headers of [
      { "sec-fetch-site": "cross-site" },
      { origin: "https://evil.example" },
      { origin: "null" },
    ]) {
      const response = await redeem(http, token, headers);
      expect(response.json()).toMatchObject({ status: 403, code: "cross_site" });
    }
    expect((await redeem(http, token)).statusCode).toBe(200);
  });
});

describe("the session cookie", () => {
  it("cannot be read by script or sent from other sites", async () => {
    const http = await openHttp();
    const cookie = cookieOf(await redeem(http, await newLink(http)));
    expect(cookie).toMatch(/^zcp_session=[\w-]{43}; /);
    expect(cookie).toContain("HttpOnly");
    expect(cookie).toContain("SameSite=Strict");
    expect(cookie).toContain("Path=/");
    expect(cookie).not.toContain("Secure");
    expect(cookie).not.toContain("Domain");
  });

  it("is bound to this host and to https behind a proxy that speaks it", async () => {
    const http = await openHttp();
    const https = { "x-forwarded-proto": "https" };
    const cookie = cookieOf(await redeem(http, await newLink(http), https));
    expect(cookie).toMatch(/^__Host-zcp_session=/);
    expect(cookie).toContain("Secure");
    const who = await http.inject({
      method: "GET",
      url: "/api/v1/session",
      headers: { ...https, cookie: cookie.split(";")[0] ?? "" },
    });
    expect(who.statusCode).toBe(200);
    expect(who.headers["strict-transport-security"]).toContain("max-age");
  });

  it("ends with the session, by signing out or by time", async () => {
    const http = await openHttp();
    const headers = await http.signIn(["manager"]);
    const ask = () => http.inject({ method: "GET", url: "/api/v1/session", headers });
    expect((await ask()).statusCode).toBe(200);
    const out = await http.inject({ method: "DELETE", url: "/api/v1/session", headers });
    expect(out.statusCode).toBe(204);
    expect(cookieOf(out)).toContain("Expires=Thu, 01 Jan 1970");
    expect((await ask()).statusCode).toBe(401);
    const other = await http.signIn(["manager"]);
    http.clock.nowMs += 3_600_001;
    const late = await http.inject({ method: "GET", url: "/api/v1/session", headers: other });
    expect(late.statusCode).toBe(401);
  });

  it("is kept as a digest only", async () => {
    const http = await openHttp();
    const token = /zcp_session=([\w-]+)/.exec(
      cookieOf(await redeem(http, await newLink(http))),
    )?.[1];
    expect(await http.stores.sessions.find(token ?? "", http.clock.nowMs)).toBeNull();
  });
});

describe("a write with the cookie", () => {
  const shared = sharedHttp();

  async function write(headers: Record<string, string>) {
    const http = shared();
    const { "sec-fetch-site": _site, ...cookie } = await http.signIn(["manager"]);
    return http.inject({
      method: "POST",
      url: "/api/v1/enterprises",
      headers: { ...cookie, ...headers },
      payload: { id: `e-${randomUUID()}`, name: "Gamma" },
    });
  }

  it.each([
    ["that says it is of the same origin", { "sec-fetch-site": "same-origin" }],
    ["whose origin is this host", { origin: "http://localhost:8080", host: "localhost:8080" }],
  ])("goes through from a page %s", async (_case, headers) => {
    expect((await write({ host: "localhost", ...headers })).statusCode).toBe(201);
  });

  it.each([
    ["of another site", { "sec-fetch-site": "cross-site" }],
    ["of a sister host", { "sec-fetch-site": "same-site" }],
    ["of another origin", { origin: "http://evil.example" }],
    ["of another port", { origin: "http://localhost:8081", host: "localhost:8080" }],
    ["that says nothing", {}],
  ])("is refused from a page %s", async (_case, headers) => {
    const response = await write({ host: "localhost", ...headers });
    expect(response.json()).toMatchObject({ status: 403, code: "cross_site" });
  });
});
