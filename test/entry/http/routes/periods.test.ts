import { describe, expect, it } from "vitest";
import { closeDuePeriods, type PeriodDependencies } from "../../../../src/app/manage-periods.ts";
import { servicePrincipal } from "../../../../src/domain/principal.ts";
import { type HttpFixture, openHttp } from "../../../support/http-fixture.ts";
import { quietLog } from "../../../support/memory-pipeline.ts";

/** 20 October in the park's afternoon; the clock of the fixture stands on 22 November. */
const start = Date.parse("2026-10-20T04:00:00Z");
const hour = "from=2026-10-20T04:00:00Z&to=2026-10-20T05:00:00Z";
const october = "/api/v1/periods/2026-10";
const reason = "books are done";

/** Sends register values a quarter hour apart, the first of them so many quarter hours after the start. */
async function send(http: HttpFixture, values: readonly number[], quarter = 0): Promise<void> {
  const samples = values.map((importKwh, index) => ({
    ts: start + (quarter + index) * 15 * 60_000,
    values: { importKwh },
  }));
  const answer = await http.call("POST", "/api/v1/telemetry", {
    ...{ gateway: "gw-1", device: "m-acme", samples },
  });
  expect(answer.json().quarantined).toEqual([]);
  await http.settled();
}

async function amounts(http: HttpFixture): Promise<unknown[]> {
  const answer = await http.call("GET", `/api/v1/energy?scope=meter:m-acme&step=15m&${hour}`);
  return answer.json().slots.map((slot: Record<string, unknown>) => slot.importKwh);
}

async function waiting(http: HttpFixture) {
  return (await http.call("GET", "/api/v1/amendments?state=waiting")).json().items;
}

/** A meter that was silent from 04:15 to 04:45: the 30 kWh of that time are spread evenly. */
async function closedOctober(): Promise<HttpFixture> {
  const http = await openHttp();
  await send(http, [100, 110]);
  await send(http, [140, 150], 3);
  expect(await amounts(http)).toEqual([10, 15, 15, 10]);
  const closed = await http.call("POST", `${october}/close`, { reason });
  expect(closed.json()).toMatchObject({ month: "2026-10", state: "closed" });
  // The reading of 04:30 says that the first of the two quarter hours had 25 kWh and the second 5.
  await send(http, [135], 2);
  return http;
}

describe("accounting periods", () => {
  it("are listed newest first, with where each month stands", async () => {
    const http = await openHttp();
    await send(http, [100, 110]);
    const { items } = (await http.call("GET", "/api/v1/periods")).json();
    expect(items).toMatchObject([
      { month: "2026-11", state: "open", closesNotBefore: "2026-12-09T16:00:00.000Z" },
      { month: "2026-10", state: "closing", from: "2026-09-30T16:00:00.000Z", changes: [] },
    ]);
  });

  it("keep what they say while late readings wait for a person", async () => {
    const http = await closedOctober();
    expect(await amounts(http)).toEqual([10, 15, 15, 10]);
    const { ledger } = (await http.call("GET", "/api/v1/status")).json();
    expect(ledger.touchedSlots).toBe(0);
    const [amendment, ...others] = await waiting(http);
    expect(others).toEqual([]);
    expect(amendment).toMatchObject({
      ...{ meterId: "m-acme", month: "2026-10", reason: "late_reading", state: "waiting" },
      ...{ from: "2026-10-20T04:15:00.000Z", to: "2026-10-20T04:45:00.000Z", decision: null },
    });
    const detail = await http.call("GET", `/api/v1/amendments/${amendment.id}`);
    expect(detail.json().effects).toEqual([
      { register: "importKwh", slots: 2, before: 30, after: 30 },
    ]);
    const months = (await http.call("GET", "/api/v1/periods")).json().items;
    expect(months[1]).toMatchObject({ month: "2026-10", state: "closed", amendmentsWaiting: 1 });
  });

  it("take in what a person accepts, as revisions that say so", async () => {
    const http = await closedOctober();
    const [{ id }] = await waiting(http);
    const accepted = await http.call("POST", `/api/v1/amendments/${id}/accept`, { reason });
    expect(accepted.json()).toMatchObject({ state: "accepted", decision: { by: "bootstrap" } });
    await http.settled();
    expect(await amounts(http)).toEqual([10, 25, 5, 10]);
    expect(await waiting(http)).toEqual([]);
    const revisions = await http.call("GET", `/api/v1/energy/revisions?meter=m-acme&${hour}`);
    const second = revisions.json().items.filter(({ revision }: { revision: number }) => {
      return revision === 2;
    });
    expect(second).toMatchObject([
      { before: 15, after: 25, reason: "amendment" },
      { before: 15, after: 5, reason: "amendment" },
    ]);
    const again = await http.call("POST", `/api/v1/amendments/${id}/reject`, { reason });
    expect([again.statusCode, again.json().code]).toEqual([409, "amendment_decided"]);
    expect(await http.audited()).toContainEqual(
      expect.objectContaining({ action: "amendment.accept" }),
    );
  });

  it("stay as they are when a person rejects; the readings are kept", async () => {
    const http = await closedOctober();
    const [{ id }] = await waiting(http);
    const rejected = await http.call("POST", `/api/v1/amendments/${id}/reject`, { reason });
    expect(rejected.json()).toMatchObject({ state: "rejected", decision: { reason } });
    await http.settled();
    expect(await amounts(http)).toEqual([10, 15, 15, 10]);
    const readings = await http.call("GET", `/api/v1/meters/m-acme/readings?${hour}`);
    expect(JSON.stringify(readings.json())).toContain("135");
  });

  it("let what is recorded about a meter wait for a person as well", async () => {
    const http = await openHttp();
    await send(http, [100, 110, 120, 130, 140]);
    await http.call("POST", `${october}/close`, { reason });
    const body = { type: "multiplier", at: "2026-10-20T04:30:00Z", value: 40, reason: "CT ratio" };
    const recorded = await http.call("POST", "/api/v1/meters/m-acme/events", body);
    expect(recorded.statusCode).toBe(201);
    await http.settled();
    expect(await amounts(http)).toEqual([10, 10, 10, 10]);
    const [amendment, ...others] = await waiting(http);
    expect(others).toEqual([]);
    expect(amendment).toMatchObject({ meterId: "m-acme", reason: "multiplier" });
    const path = `/api/v1/amendments/${amendment.id}/accept`;
    expect((await http.call("POST", path, { reason: "seen on site" })).statusCode).toBe(200);
    await http.settled();
    // Ten units a quarter hour; from 04:30 on times 40.
    expect(await amounts(http)).toEqual([10, 10, 400, 400]);
  });

  it("make no amendment of what changes nothing", async () => {
    const http = await closedOctober();
    const [{ id }] = await waiting(http);
    await http.call("POST", `/api/v1/amendments/${id}/accept`, { reason });
    await http.settled();
    await send(http, [135], 2);
    expect(await waiting(http)).toEqual([]);
  });

  it("take in what has waited when they are opened again", async () => {
    const http = await closedOctober();
    const opened = await http.call("POST", `${october}/reopen`, { reason });
    expect(opened.json()).toMatchObject({
      state: "closing",
      changes: [{ action: "close" }, { action: "reopen", by: "bootstrap", reason }],
    });
    await http.settled();
    expect(await amounts(http)).toEqual([10, 25, 5, 10]);
    expect(await waiting(http)).toEqual([]);
    const twice = await http.call("POST", `${october}/reopen`, { reason });
    expect([twice.statusCode, twice.json().code]).toEqual([409, "period_open"]);
  });

  it.each([
    ["a month that runs", "/api/v1/periods/2026-11/close", 409, "period_not_over"],
    ["a year", "/api/v1/periods/2026/close", 422, "invalid_period"],
    ["a thirteenth month", "/api/v1/periods/2026-13/close", 422, "invalid_period"],
    ["an amendment that is not there", "/api/v1/amendments/am-1/accept", 404, "not_found"],
  ])("are not closed and decided for %s", async (_name, url, status, code) => {
    const http = await openHttp();
    const answer = await http.call("POST", url, { reason });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it("are closed once, with a reason, by those who answer for the figures", async () => {
    const http = await openHttp();
    const close = (headers: Record<string, string>, payload: object) =>
      http.inject({ method: "POST", url: `${october}/close`, headers, payload });
    const manager = await http.signIn(["manager"]);
    expect((await close(manager, {})).statusCode).toBe(422);
    for (const role of ["sysadmin", "auditor", "regulator", "display"] as const) {
      expect((await close(await http.signIn([role]), { reason })).statusCode).toBe(403);
    }
    expect((await close(manager, { reason })).statusCode).toBe(200);
    const again = await close(manager, { reason });
    expect([again.statusCode, again.json().code]).toEqual([409, "period_closed"]);
  });
});

describe("months that close by themselves", () => {
  async function closedOn(http: HttpFixture, now: string): Promise<string[]> {
    http.clock.nowMs = Date.parse(now);
    const dependencies: PeriodDependencies = http.services.amendments;
    const log = quietLog();
    const job = servicePrincipal("north", "period-close");
    await closeDuePeriods(dependencies, job, { day: 10, log });
    const changes = await http.stores.periods.changes();
    return changes.map(({ month, action, actor }) => `${month} ${action} ${actor}`);
  }

  it("do so from their day on, and not again after a person has opened them", async () => {
    const http = await openHttp();
    await send(http, [100, 110]);
    expect(await closedOn(http, "2026-11-09T15:59:00Z")).toEqual([]);
    const closed = ["2026-10 close job:period-close"];
    expect(await closedOn(http, "2026-11-09T16:00:00Z")).toEqual(closed);
    await http.call("POST", `${october}/reopen`, { reason });
    expect(await closedOn(http, "2026-12-01T00:00:00Z")).toHaveLength(2);
  });
});
