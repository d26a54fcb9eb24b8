import { beforeAll, describe, expect, it } from "vitest";
import { EnergyBody, ReadingsBody } from "../../../src/contracts/energy.ts";
import { type HttpFixture, sharedHttp } from "../../support/http-fixture.ts";

/** Quarter hours of 10, 20 and 30 kWh from 04:00 to 04:45, and nothing from 05:00 on. */
async function feed(http: HttpFixture, device: string, gateway: string): Promise<void> {
  const start = Date.parse("2026-11-22T04:00:00Z");
  const samples = [100, 110, 130, 160].map((importKwh, index) => ({
    ts: start + index * 15 * 60_000,
    values: { importKwh, powerKw: 40 },
  }));
  await http.call("POST", "/api/v1/telemetry", { gateway, device, samples });
  await http.settled();
}

const hour = "from=2026-11-22T04:00:00Z&to=2026-11-22T05:00:00Z";

describe("energy", () => {
  const shared = sharedHttp();
  beforeAll(async () => {
    await feed(shared(), "m-acme", "gw-1");
    await feed(shared(), "m-beta", "gw-2");
  });

  it("has an entry for every step, and null where nothing is known", async () => {
    const { call } = shared();
    const answer = await call("GET", `/api/v1/energy?scope=meter:m-acme&step=15m&${hour}`);
    EnergyBody.parse(answer.json());
    const { slots, total, ...rest } = answer.json();
    expect(rest).toMatchObject({
      scope: "meter:m-acme",
      carrier: "electricity",
      unit: "kWh",
      step: "15m",
      meters: ["m-acme"],
    });
    const slot = { grade: "A", coverage: 1, estimatedFraction: 0, revision: 1 };
    expect(slots).toMatchObject([
      { ...slot, start: "2026-11-22T04:00:00.000Z", importKwh: 10 },
      { ...slot, start: "2026-11-22T04:15:00.000Z", importKwh: 20 },
      { ...slot, start: "2026-11-22T04:30:00.000Z", importKwh: 30 },
      {
        start: "2026-11-22T04:45:00.000Z",
        importKwh: null,
        grade: null,
        coverage: 0,
        estimatedFraction: 0,
      },
    ]);
    expect(total).toMatchObject({ importKwh: 60, coverage: 0.75, missingSlots: 1, grade: "A" });
  });

  it("lists every enterprise in one answer, each with the total of its own scope", async () => {
    const { call } = shared();
    const list = await call("GET", `/api/v1/energy/enterprises?${hour}`);
    const { items, next } = list.json();
    expect(next).toBeNull();
    expect(items.map((item: { enterpriseId: string }) => item.enterpriseId)).toEqual([
      ...["acme", "beta"],
    ]);
    for (const { enterpriseId, total, registers, meters, unit, revision } of items) {
      const one = await call("GET", `/api/v1/energy?scope=enterprise:${enterpriseId}&${hour}`);
      expect({ total, registers, meters, unit }).toEqual({
        ...{ total: one.json().total, registers: one.json().registers },
        ...{ meters: one.json().meters, unit: one.json().unit },
      });
      expect(total.importKwh).toBe(60);
      expect(revision).toBe(1);
    }
    const first = await call("GET", `/api/v1/energy/enterprises?limit=1&${hour}`);
    expect(first.json()).toMatchObject({ items: [{ enterpriseId: "acme" }], next: "acme" });
  });

  it("adds up hours and park days", async () => {
    const { call } = shared();
    const hourly = await call("GET", `/api/v1/energy?scope=enterprise:acme&step=1h&${hour}`);
    expect(hourly.json().slots).toMatchObject([{ importKwh: 60, coverage: 0.75 }]);
    const day = await call(
      "GET",
      "/api/v1/energy?scope=meter:m-acme&step=1d&from=2026-11-21T16:00:00Z&to=2026-11-22T16:00:00Z",
    );
    expect(day.json().slots).toMatchObject([{ start: "2026-11-21T16:00:00.000Z", importKwh: 60 }]);
  });

  it("reads an offset whose plus sign came through the address as a space", async () => {
    const { call } = shared();
    const response = await call(
      "GET",
      "/api/v1/energy?scope=meter:m-acme&from=2026-11-22T12:00:00+08:00&to=2026-11-22T12:15:00+08:00",
    );
    expect(response.json().slots).toMatchObject([
      { start: "2026-11-22T04:00:00.000Z", importKwh: 10 },
    ]);
  });

  it("answers as it was known at an instant", async () => {
    const { call } = shared();
    const before = await call(
      "GET",
      `/api/v1/energy?scope=meter:m-acme&${hour}&asOf=2026-11-22T05:00:00Z`,
    );
    expect(before.json().total).toMatchObject({ importKwh: null, missingSlots: 4 });
  });

  it.each([
    [
      "off the step",
      "scope=meter:m-acme&from=2026-11-22T04:01:00Z&to=2026-11-22T05:00:00Z",
      "off_step",
    ],
    [
      "backwards",
      "scope=meter:m-acme&from=2026-11-22T05:00:00Z&to=2026-11-22T04:00:00Z",
      "invalid_interval",
    ],
    [
      "ten years",
      "scope=meter:m-acme&from=2016-11-22T04:00:00Z&to=2026-11-22T04:00:00Z",
      "interval_too_long",
    ],
    ["a scope that is none", `scope=planet:earth&${hour}`, "invalid_scope"],
    ["no from", "scope=park&to=2026-11-22T04:00:00Z", "invalid_request"],
    ["a step of a second", `scope=park&step=1s&${hour}`, "invalid_request"],
    ["a carrier nobody has", `scope=park&carrier=mana&${hour}`, "invalid_request"],
    ["a misspelt parameter", `scope=park&asof=2026-11-22T04:00:00Z&${hour}`, "invalid_request"],
    ["an injected id", `scope=meter:x'%20OR%201=1--&${hour}`, "not_found"],
  ])("refuses %s", async (_case, query, code) => {
    const response = await shared().call("GET", `/api/v1/energy?${query}`);
    expect(response.json()).toMatchObject({ code, status: code === "not_found" ? 404 : 422 });
  });

  it("lists what the ledger has ever said, with what it said before", async () => {
    const { call, clock, settled } = shared();
    const [first] = (await call("GET", `/api/v1/energy/revisions?meter=m-acme&${hour}`)).json()
      .items;
    expect(first).toEqual({
      start: "2026-11-22T04:00:00.000Z",
      step: "15m",
      register: "importKwh",
      revision: 1,
      reason: expect.any(String),
      before: null,
      after: 10,
      grade: "A",
      knownAt: "2026-11-22T06:00:00.000Z",
    });
    clock.nowMs += 60_000;
    // A reading in the middle of the gap: 10 kWh to 05:00, latched there.
    await call("POST", "/api/v1/telemetry", {
      gateway: "gw-1",
      device: "m-acme",
      ts: "2026-11-22T05:00:00Z",
      values: { importKwh: 170 },
    });
    await settled();
    const { items, next } = (
      await call("GET", `/api/v1/energy/revisions?meter=m-acme&${hour}`)
    ).json();
    expect(next).toBeNull();
    expect(items.at(-1)).toMatchObject({
      start: "2026-11-22T04:45:00.000Z",
      after: 10,
      knownAt: "2026-11-22T06:01:00.000Z",
    });
  });

  it("says how completely each meter is known", async () => {
    const { call } = shared();
    const { items, ...rest } = (await call("GET", `/api/v1/energy/quality?${hour}`)).json();
    expect(rest).toMatchObject({ from: "2026-11-22T04:00:00.000Z", slotsExpected: 4 });
    const beta = items.find(({ meterId }: { meterId: string }) => meterId === "m-beta");
    expect(beta).toEqual({
      meterId: "m-beta",
      slotsExpected: 4,
      slotsMeasured: 3,
      slotsEstimated: 0,
      slotsMissing: 1,
      coverage: 0.75,
    });
  });
});

describe("readings", () => {
  const shared = sharedHttp();
  beforeAll(() => feed(shared(), "m-acme", "gw-1"));

  it("come as they were sent, page by page", async () => {
    const { call } = shared();
    const url = `/api/v1/meters/m-acme/readings?limit=3&${hour}`;
    const first = ReadingsBody.parse((await call("GET", url)).json());
    expect(first.items[0]).toEqual({
      ts: "2026-11-22T04:00:00.000Z",
      receivedAt: "2026-11-22T06:00:00.000Z",
      values: { importKwh: 100, powerKw: 40 },
      doubts: {},
      conflicts: [],
    });
    expect(first.items).toHaveLength(3);
    const second = (await call("GET", `${url}&cursor=${first.next}`)).json();
    expect(second.items.map(({ ts }: { ts: string }) => ts)).toEqual(["2026-11-22T04:45:00.000Z"]);
    expect(second.next).toBeNull();
  });

  it("stay inside the span whatever the cursor says", async () => {
    const url = `/api/v1/meters/m-acme/readings?limit=3&cursor=2026-11-01T00:00:00Z&from=2026-11-22T04:15:00Z&to=2026-11-22T05:00:00Z`;
    const { items } = (await shared().call("GET", url)).json();
    expect(items[0].ts).toBe("2026-11-22T04:15:00.000Z");
  });

  it("are bounded however long the span is", async () => {
    const { call } = shared();
    const decade = "from=2016-01-01T00:00:00Z&to=2026-12-01T00:00:00Z";
    const page = (await call("GET", `/api/v1/meters/m-acme/readings?limit=2&${decade}`)).json();
    expect(page.items).toHaveLength(2);
    const much = await call("GET", `/api/v1/meters/m-acme/readings?limit=999999&${decade}`);
    expect(much.statusCode).toBe(422);
  });

  it("keep both values of one instant on one page, and say that there are two", async () => {
    const { call, settled } = shared();
    await call("POST", "/api/v1/telemetry", {
      gateway: "gw-1",
      device: "m-acme",
      ts: "2026-11-22T04:15:00Z",
      values: { importKwh: 111 },
    });
    await settled();
    const url = `/api/v1/meters/m-acme/readings?limit=2&${hour}`;
    const first = (await call("GET", url)).json();
    expect(first.items).toHaveLength(1);
    const second = (await call("GET", `${url}&cursor=${first.next}`)).json();
    const imports = second.items.map((item: { values: { importKwh: number } }) => {
      return item.values.importKwh;
    });
    expect(imports.sort()).toEqual([110, 111]);
    // Only the first of the two told of the power, so that there is no second opinion on it.
    expect(second.items.map((item: { conflicts: string[] }) => item.conflicts)).toEqual([
      ["importKwh"],
      ["importKwh"],
    ]);
  });
});
