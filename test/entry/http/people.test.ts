import { describe, expect, it } from "vitest";
import { totpCode } from "../../../src/app/totp.ts";
import type { KeyCreated, ProfileBody, UserCreated } from "../../../src/contracts/people.ts";
import { servicePrincipal } from "../../../src/domain/principal.ts";
import { type HttpFixture, openHttp } from "../../support/http-fixture.ts";

const password = "Barley-Mill-1987";
type Headers = Record<string, string>;

function send(
  http: HttpFixture,
  [method, path]: readonly [string, string],
  headers: Headers,
  body?: object,
) {
  return http.inject({
    ...{ method: method as "GET", url: `/api/v1${path}`, headers },
    ...(body === undefined ? {} : { payload: body }),
  });
}

function cookieFrom(response: { headers: Record<string, unknown> }): Headers {
  const [cookie = ""] = String(response.headers["set-cookie"]).split(";");
  return { cookie, "sec-fetch-site": "same-origin" };
}

async function byLink(http: HttpFixture, token: string): Promise<Headers> {
  const response = await send(http, ["POST", "/session"], {}, { token });
  expect(response.statusCode).toBe(200);
  return cookieFrom(response);
}

function byPassword(http: HttpFixture, body: object, headers: Headers = {}) {
  return send(http, ["POST", "/session"], headers, body);
}

/** The first administrator, who came by the link that the start prints and has set a password. */
async function firstRun(http: HttpFixture): Promise<Headers> {
  const link = await http.services.signIn.createLink(servicePrincipal("north", "start"));
  const headers = await byLink(http, link);
  const set = { password, username: "Dolma" };
  expect((await send(http, ["PUT", "/profile/password"], headers, set)).statusCode).toBe(204);
  return headers;
}

async function addUser(http: HttpFixture, headers: Headers, more: object): Promise<UserCreated> {
  const body = { username: "tashi", name: "扎西", roles: ["manager"], ...more };
  const response = await send(http, ["POST", "/users"], headers, body);
  expect([response.statusCode, response.payload]).toEqual([201, response.payload]);
  return response.json() as UserCreated;
}

async function comeIn(http: HttpFixture, { link }: { link: string }): Promise<Headers> {
  const headers = await byLink(http, new URL(link, "http://x").searchParams.get("token") ?? "");
  const set = await send(http, ["PUT", "/profile/password"], headers, { password });
  expect(set.statusCode).toBe(204);
  return headers;
}

describe("the first run", () => {
  it("makes an account with the name and password that its owner chooses", async () => {
    const http = await openHttp();
    const link = await http.services.signIn.createLink(servicePrincipal("north", "start"));
    const headers = await byLink(http, link);
    const before = (await send(http, ["GET", "/profile"], headers)).json() as ProfileBody;
    expect(before).toMatchObject({ isFirstRun: true, username: null, hasPassword: false });
    const nameless = await send(http, ["PUT", "/profile/password"], headers, { password });
    expect(nameless.json()).toMatchObject({ status: 422, code: "username_missing" });
    const weak = { password: "Password123", username: "dolma" };
    expect((await send(http, ["PUT", "/profile/password"], headers, weak)).json()).toMatchObject({
      code: "weak_password",
      errors: [{ pointer: "/password" }],
    });
    const chosen = { password, username: "Dolma" };
    expect((await send(http, ["PUT", "/profile/password"], headers, chosen)).statusCode).toBe(204);
    const signedIn = await byPassword(http, { username: "DOLMA", password });
    expect(signedIn.json()).toMatchObject({ id: "user:admin", roles: ["sysadmin", "manager"] });
    const after = (await send(http, ["GET", "/profile"], cookieFrom(signedIn))).json();
    expect(after).toMatchObject({ isFirstRun: false, username: "dolma", maySetPassword: false });
    const old = { password: "Another-Mill-1988", current: "wrong" };
    const refused = await send(http, ["PUT", "/profile/password"], cookieFrom(signedIn), old);
    expect(refused.json()).toMatchObject({ status: 401, code: "sign_in_refused" });
  });
});

describe("signing in with a password", () => {
  it("says the same of a wrong name and a wrong password", async () => {
    const http = await openHttp();
    await firstRun(http);
    const answers = [
      await byPassword(http, { username: "nobody", password }),
      await byPassword(http, { username: "dolma", password: "wrong" }),
    ].map((one) => ({ ...one.json(), instance: "" }));
    expect(answers[0]).toMatchObject({ status: 401, code: "sign_in_refused" });
    expect(answers[0]).toEqual(answers[1]);
  });

  it("is locked for a quarter of an hour after five wrong attempts from one address", async () => {
    const http = await openHttp();
    await firstRun(http);
    const wrong = { username: "dolma", password: "wrong" };
    for (let n = 0; n < 5; n += 1) {
      expect((await byPassword(http, wrong)).json()).toMatchObject({ code: "sign_in_refused" });
    }
    const right = { username: "dolma", password };
    expect((await byPassword(http, right)).json()).toMatchObject({ code: "sign_in_locked" });
    // Another address is not locked out by it.
    const elsewhere = { "x-forwarded-for": "203.0.113.9" };
    expect((await byPassword(http, right, elsewhere)).statusCode).toBe(200);
    http.clock.nowMs += 15 * 60_000 + 1;
    expect((await byPassword(http, right)).statusCode).toBe(200);
    const refusals = (await http.audited()).filter(({ action }) => action === "session.refuse");
    expect(refusals).toHaveLength(5);
    expect(refusals[0]).toMatchObject({
      actor: "stranger",
      object: "user:admin",
      result: "refused",
    });
  });

  it("ends when nobody has used the session for half an hour, and after twelve hours", async () => {
    const http = await openHttp();
    await firstRun(http);
    const headers = cookieFrom(await byPassword(http, { username: "dolma", password }));
    const ask = async () => (await send(http, ["GET", "/session"], headers)).statusCode;
    for (let n = 0; n < 35; n += 1) {
      http.clock.nowMs += 20 * 60_000;
      expect(await ask()).toBe(200);
    }
    http.clock.nowMs += 20 * 60_000;
    expect(await ask(), "twelve hours").toBe(401);
    const idle = cookieFrom(await byPassword(http, { username: "dolma", password }));
    http.clock.nowMs += 31 * 60_000;
    expect((await send(http, ["GET", "/session"], idle)).statusCode).toBe(401);
  });
});

describe("the second factor", () => {
  it("is asked for once it is on; a code works once; recovery codes stand in", async () => {
    const http = await openHttp();
    const headers = await firstRun(http);
    const started = (await send(http, ["POST", "/profile/totp"], headers)).json();
    const code = () => totpCode(started.key, Math.floor(http.clock.nowMs / 30_000));
    const signIn = (more: object = {}) =>
      byPassword(http, { username: "dolma", password, ...more });
    expect((await signIn()).statusCode, "not confirmed yet").toBe(200);
    const wrong = await send(http, ["POST", "/profile/totp/confirmation"], headers, { code: "1" });
    expect(wrong.json()).toMatchObject({ code: "code_refused" });
    const on = await send(http, ["POST", "/profile/totp/confirmation"], headers, { code: code() });
    const { recoveryCodes } = on.json() as { recoveryCodes: string[] };
    expect(recoveryCodes).toHaveLength(10);
    expect((await signIn()).json()).toMatchObject({ status: 401, code: "code_needed" });
    expect((await signIn({ code: code() })).json(), "used already").toMatchObject({
      code: "code_refused",
    });
    http.clock.nowMs += 30_000;
    expect((await signIn({ code: code() })).statusCode).toBe(200);
    expect((await signIn({ code: recoveryCodes[3] })).statusCode).toBe(200);
    expect((await signIn({ code: recoveryCodes[3] })).json()).toMatchObject({
      code: "code_refused",
    });
    const rows = await http.stores.people.list();
    expect(rows[0]?.totpSealed, "sealed").not.toContain(started.key);
    http.clock.nowMs += 30_000;
    const off = await send(http, ["POST", "/profile/totp/removal"], headers, { code: code() });
    expect(off.statusCode).toBe(204);
    expect((await signIn()).statusCode).toBe(200);
  });
});

describe("accounts", () => {
  it("are made without a password by who gives rights, and divided by duties", async () => {
    const http = await openHttp();
    const admin = await firstRun(http);
    // As long as there is no security administrator, the system administrator names one.
    const made = await addUser(http, admin, { username: "nyima", roles: ["secadmin"] });
    const secadmin = await comeIn(http, made);
    const late = { username: "late", name: "x", roles: ["manager"] };
    expect((await send(http, ["POST", "/users"], admin, late)).json()).toMatchObject({
      status: 403,
      code: "forbidden",
    });
    const user = await addUser(http, secadmin, {});
    expect(user).toMatchObject({ username: "tashi", hasPassword: false, disabled: false });
    for (const [roles, code] of [
      [["sysadmin", "auditor"], "duties_mixed"],
      [["secadmin", "sysadmin", "auditor"], "duties_mixed"],
      [["enterprise"], "role_tenant"],
      [[], "no_role"],
    ] as const) {
      const body = { username: "mixed", name: "x", roles };
      const refused = await send(http, ["POST", "/users"], secadmin, body);
      expect(refused.json()).toMatchObject({ status: 422, code });
      const changed = await send(http, ["PATCH", `/users/${user.id}`], secadmin, { roles });
      expect(changed.json()).toMatchObject({ status: 422, code });
    }
    const own = await send(http, ["PATCH", `/users/${made.id}`], secadmin, { roles: ["sysadmin"] });
    expect(own.json()).toMatchObject({ status: 403, code: "own_rights" });
    const again = { username: "TASHI", name: "x", roles: ["manager"] };
    expect((await send(http, ["POST", "/users"], secadmin, again)).json()).toMatchObject({
      code: "username_taken",
    });
    const audited = (await http.audited()).map(({ action }) => action);
    expect(audited).toEqual(expect.arrayContaining(["user.found", "user.add", "link.make"]));
  });

  it("that are shut or changed end their sessions, and a link brings their owner back", async () => {
    const http = await openHttp();
    const admin = await firstRun(http);
    const user = await addUser(http, admin, {});
    const headers = await comeIn(http, user);
    expect((await send(http, ["GET", "/status"], headers)).statusCode).toBe(200);
    await send(http, ["PATCH", `/users/${user.id}`], admin, { disabled: true });
    expect((await send(http, ["GET", "/status"], headers)).statusCode).toBe(401);
    const signIn = () => byPassword(http, { username: "tashi", password });
    expect((await signIn()).json()).toMatchObject({ code: "sign_in_refused" });
    await send(http, ["PATCH", `/users/${user.id}`], admin, { disabled: false });
    expect((await signIn()).statusCode).toBe(200);
    const relinked = await send(http, ["POST", `/users/${user.id}/link`], admin);
    expect((await comeIn(http, relinked.json())).cookie).toBeDefined();
    const list = await send(http, ["GET", "/users"], admin);
    expect(list.payload).not.toMatch(/scrypt|sealed/);
  });
});

describe("keys of programs", () => {
  const expiresAt = "2026-12-22T06:00:00Z";

  async function key(http: HttpFixture, headers: Headers, more: object = {}) {
    const body = { name: "scada", roles: ["manager"], access: "write", expiresAt, ...more };
    return send(http, ["POST", "/keys"], headers, body);
  }

  it("open what their roles, tenant and access say, until they expire or are revoked", async () => {
    const http = await openHttp();
    const admin = await firstRun(http);
    const made = (await key(http, admin)).json() as KeyCreated;
    expect(made.token).toMatch(/^zcp_[0-9a-f]{12}_[\w-]{43}$/);
    const bearer = { authorization: `Bearer ${made.token}` };
    const add = (id: string, headers: Headers) =>
      send(http, ["POST", "/enterprises"], headers, { id, name: id });
    expect((await add("one", bearer)).statusCode).toBe(201);
    expect((await send(http, ["GET", "/users"], bearer)).statusCode).toBe(403);
    const other = `${made.token.slice(0, -1)}${made.token.endsWith("A") ? "B" : "A"}`;
    expect((await add("two", { authorization: `Bearer ${other}` })).statusCode).toBe(401);
    const reader = (await key(http, admin, { access: "read" })).json() as KeyCreated;
    const readOnly = { authorization: `Bearer ${reader.token}` };
    expect((await send(http, ["GET", "/enterprises"], readOnly)).statusCode).toBe(200);
    expect((await add("two", readOnly)).json()).toMatchObject({ code: "read_only_key" });
    const tenant = { roles: ["enterprise"], enterpriseId: "acme", access: "read" };
    const acme = (await key(http, admin, tenant)).json() as KeyCreated;
    const seen = await send(http, ["GET", "/enterprises"], {
      authorization: `Bearer ${acme.token}`,
    });
    expect(seen.json().items.map(({ id }: { id: string }) => id)).toEqual(["acme"]);
    expect((await send(http, ["DELETE", `/keys/${made.id}`], admin)).statusCode).toBe(204);
    expect((await add("three", bearer)).statusCode).toBe(401);
    http.clock.nowMs = Date.parse(expiresAt);
    expect((await send(http, ["GET", "/enterprises"], readOnly)).statusCode).toBe(401);
    const entry = (await http.audited()).find(({ action }) => action === "enterprise.add");
    expect(entry?.actor).toBe(`key:${made.id}`);
  });

  it("are never an administrator's, and never without an end", async () => {
    const http = await openHttp();
    const admin = await firstRun(http);
    for (const [more, code] of [
      [{ roles: ["sysadmin"] }, "key_role"],
      [{ roles: ["secadmin"] }, "key_role"],
      [{ expiresAt: "2026-11-22T05:00:00Z" }, "key_expiry"],
      [{ expiresAt: "2036-11-22T05:00:00Z" }, "key_expiry"],
      [{ roles: ["enterprise"], enterpriseId: "nope" }, "unknown_reference"],
    ] as const) {
      expect((await key(http, admin, more)).json()).toMatchObject({ status: 422, code });
    }
    const list = await send(http, ["GET", "/keys"], admin);
    expect(list.json().items).toEqual([]);
  });
});
