import { describe, expect, it } from "vitest";
import type { LiveNews } from "../../../../src/app/live-news.ts";
import { RestatementEvent } from "../../../../src/contracts/live.ts";
import { RestatementBody } from "../../../../src/contracts/restatements.ts";
import { servicePrincipal } from "../../../../src/domain/principal.ts";
import { type HttpFixture, openHttp } from "../../../support/http-fixture.ts";

/** Half an hour before the park's midnight between 20 and 21 October; the clock stands in November. */
const start = Date.parse("2026-10-20T15:30:00Z");

/** Sends register values at minutes after the start. */
async function send(
  http: HttpFixture,
  device: string,
  pairs: readonly (readonly [minute: number, importKwh: number])[],
): Promise<void> {
  const gateway = device === "m-beta" ? "gw-2" : "gw-1";
  const samples = pairs.map(([minute, importKwh]) => {
    return { ts: start + minute * 60_000, values: { importKwh } };
  });
  await http.call("POST", "/api/v1/telemetry", { gateway, device, samples });
  await http.settled();
}

async function feed(http: HttpFixture, query = "", headers?: Record<string, string>) {
  const url = `/api/v1/restatements${query}`;
  const answer =
    headers === undefined
      ? await http.call("GET", url)
      : await http.inject({ method: "GET", url, headers });
  return answer.json();
}

/**
 * A meter is silent around midnight: 40 kWh from 15:30 to 16:30 are spread as 10 a quarter hour, so
 * either day has 20. Then the reading of midnight arrives: 32 had flowed before, 8 after it.
 */
async function lateMidnight(http: HttpFixture, device = "m-acme"): Promise<void> {
  await send(http, device, [
    [0, 1000],
    [60, 1040],
  ]);
  await send(http, device, [[30, 1032]]);
}

describe("the feed of restatements", () => {
  it("tells each day's before and after, its reason, and what changed with it", async () => {
    const http = await openHttp();
    await lateMidnight(http);
    const { items, next } = await feed(http);
    expect(next).toBeNull();
    for (const item of items) RestatementBody.parse(item);
    const common = {
      ...{ meterId: "m-acme", register: "importKwh", unit: "kWh", slots: 2 },
      reason: "late_reading",
    };
    const byDay = [...items].sort((a, b) => a.from.localeCompare(b.from));
    expect(byDay).toMatchObject([
      {
        ...{ ...common, from: "2026-10-19T16:00:00.000Z", to: "2026-10-20T16:00:00.000Z" },
        ...{ before: { amount: 20 }, after: { amount: 32 } },
        dependants: [
          { kind: "day_total", id: "2026-10-20", unit: "kWh", before: 20, after: 32 },
          // The other day is as it is now, 8: 20 + 8 became 32 + 8.
          { kind: "month_total", id: "2026-10", before: 28, after: 40 },
          { kind: "period", id: "2026-10", before: 28, after: 40 },
        ],
      },
      {
        ...{ ...common, from: "2026-10-20T16:00:00.000Z" },
        ...{ before: { amount: 20 }, after: { amount: 8 } },
        dependants: [
          { kind: "day_total", id: "2026-10-21", before: 20, after: 8 },
          { kind: "month_total", id: "2026-10", before: 52, after: 40 },
          { kind: "period", id: "2026-10", before: 52, after: 40 },
        ],
      },
    ]);
  });

  it("is silent about figures that are said for the first time or again", async () => {
    const http = await openHttp();
    const pairs = [
      [0, 1000],
      [15, 1010],
      [30, 1020],
    ] as const;
    await send(http, "m-acme", pairs);
    await send(http, "m-acme", pairs);
    expect((await feed(http)).items).toEqual([]);
  });

  it("is read by scope, by days and page by page, and by each tenant for itself", async () => {
    const http = await openHttp();
    await lateMidnight(http, "m-acme");
    await lateMidnight(http, "m-beta");
    const meters = async (query: string, headers?: Record<string, string>) =>
      (await feed(http, query, headers)).items.map((item: { meterId: string }) => item.meterId);
    expect((await meters("")).sort()).toEqual(["m-acme", "m-acme", "m-beta", "m-beta"]);
    expect(await meters("?scope=meter:m-beta")).toEqual(["m-beta", "m-beta"]);
    expect(await meters("?scope=enterprise:acme")).toEqual(["m-acme", "m-acme"]);
    const first = "from=2026-10-19T16:00:00Z&to=2026-10-20T16:00:00Z";
    expect(await meters(`?scope=park&${first}`)).toHaveLength(2);
    expect(await meters("?from=2026-10-22T00:00:00Z")).toEqual([]);
    const page = await feed(http, "?limit=3");
    expect(page.items).toHaveLength(3);
    const rest = await feed(http, `?limit=3&cursor=${page.next}`);
    expect([rest.items.length, rest.next]).toEqual([1, null]);
    const acme = await http.signIn(["enterprise"], "acme");
    expect(await meters("", acme)).toEqual(["m-acme", "m-acme"]);
    for (const scope of ["park", "meter:m-beta", "enterprise:beta"]) {
      expect(await feed(http, `?scope=${scope}`, acme)).toMatchObject({ code: "not_found" });
    }
    expect(await feed(http, "?scope=planet")).toMatchObject({ code: "invalid_scope" });
  });

  it("is announced on the live stream, to each tenant its own", async () => {
    const http = await openHttp();
    const heard = new Map<string, LiveNews[]>();
    for (const enterpriseId of [null, "acme", "beta"]) {
      const news: LiveNews[] = [];
      heard.set(enterpriseId ?? "park", news);
      const principal = { ...servicePrincipal("north", "test"), enterpriseId };
      const send = (_id: string, one: LiveNews): number => news.push(one);
      http.parts.events.subscribe(principal, { pendingBytes: 0, send, end: () => undefined }, null);
    }
    await lateMidnight(http);
    http.parts.events.tick();
    const events = (name: string) =>
      (heard.get(name) ?? []).flatMap((one) => (one.kind === "restatement" ? [one.body] : []));
    expect(events("park").length).toBeGreaterThan(0);
    expect(events("acme")).toEqual(events("park"));
    expect(events("beta")).toEqual([]);
    const bodies = events("park").map((body) => RestatementEvent.parse(body));
    expect(bodies.reduce((sum, { restatements }) => sum + restatements, 0)).toBe(2);
    expect(bodies[0]).toMatchObject({ meterIds: ["m-acme"], reasons: ["late_reading"] });
  });

  it("tells what a person accepted for a closed month", async () => {
    const http = await openHttp();
    await send(http, "m-acme", [
      [0, 1000],
      [60, 1040],
    ]);
    const reason = "books are done";
    await http.call("POST", "/api/v1/periods/2026-10/close", { reason });
    await send(http, "m-acme", [[30, 1032]]);
    expect((await feed(http)).items).toEqual([]);
    const [{ id }] = (await http.call("GET", "/api/v1/amendments")).json().items;
    await http.call("POST", `/api/v1/amendments/${id}/accept`, { reason });
    await http.settled();
    const { items } = await feed(http);
    expect(items.map((item: { reason: string }) => item.reason)).toEqual([
      ...["amendment", "amendment"],
    ]);
  });
});
