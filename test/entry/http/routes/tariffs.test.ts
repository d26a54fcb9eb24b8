import { describe, expect, it } from "vitest";
import { minuteMs } from "../../../../src/domain/time.ts";
import { type HttpFixture, openHttp } from "../../../support/http-fixture.ts";

/** Half past eight in the park. */
const startMs = Date.parse("2026-11-21T00:30:00Z");
const costUrl = "/api/v1/energy/cost";

const tariff = {
  ...{ id: "trial", name: { zh: "试验电价", en: "Trial" }, validFrom: "2026-11-01" },
  ...{ source: "trial document 1", appliesTo: ["enterprise:acme"] },
  energy: {
    zones: [
      { from: "08:35", to: "11:30", period: "peak", priceCnyPerKwh: 1.2 },
      { from: "11:30", to: "08:35", period: "flat", priceCnyPerKwh: 0.6 },
    ],
  },
};

/** Quarter hours of 30 kWh from half past eight on. */
async function sendAcme(http: HttpFixture, quarters: number): Promise<void> {
  const samples = Array.from({ length: quarters + 1 }, (_, index) => ({
    ts: startMs + index * 15 * minuteMs,
    values: { importKwh: 1000 + 30 * index, importKvarh: 500 + 10 * index },
  }));
  await http.call("POST", "/api/v1/telemetry", { gateway: "gw-1", device: "m-acme", samples });
  await http.settled();
}

const ask = async (http: HttpFixture, query: string) =>
  (await http.call("GET", `${costUrl}?scope=enterprise:acme&${query}`)).json();

describe("GET /energy/cost", () => {
  it("says that a tariff is missing, and never that it costs nothing", async () => {
    const http = await openHttp();
    await sendAcme(http, 2);
    const answer = await ask(http, "period=2026-11-21");
    expect(answer).toMatchObject({
      ...{
        totalFen: null,
        knownFen: 0,
        missing: "tariff",
        unpricedDays: ["2026-11-21"],
        lines: [],
      },
      ...{ complete: true, currency: "CNY", energy: { kwh: 60, grade: "A", missingSlots: 94 } },
    });
    const nothing = await ask(http, "period=2026-11-20");
    expect(nothing).toMatchObject({ totalFen: null, missing: "energy", energy: { kwh: null } });
  });

  it("prices energy to the minute and rounds each line once", async () => {
    const http = await openHttp();
    await sendAcme(http, 2);
    expect((await http.call("POST", "/api/v1/tariffs", tariff)).statusCode).toBe(201);
    // Of the first quarter hour a third, 10 kWh, is flat: 6.00 yuan. 20 + 30 at 1.2 are 60.00 yuan.
    expect(await ask(http, "period=2026-11-21")).toMatchObject({
      ...{ totalFen: 6600, missing: null, unpricedDays: [] },
      lines: [
        { part: "energy", period: "flat", quantity: 10, priceCny: 0.6, amountFen: 600 },
        { part: "energy", period: "peak", quantity: 50, amountFen: 6000, splitKwh: 20 },
      ],
    });
    const month = await ask(http, "period=2026-11");
    expect(month).toMatchObject({
      totalFen: 6600,
      complete: false,
      to: "2026-11-22T06:00:00.000Z",
    });
  });

  it("adds what a month costs, and names what it lacks for that", async () => {
    const http = await openHttp();
    await sendAcme(http, 2);
    const monthly = {
      ...{ ...tariff, basic: { basis: "maximum-demand", priceCnyPerKwMonth: 38 } },
      powerFactor: [
        { atLeast: 0.9, percent: -0.75 },
        { atLeast: 0, percent: 10 },
      ],
    };
    await http.call("POST", "/api/v1/tariffs", monthly);
    // 30 kWh a quarter hour are 120 kW: 4,560.00 yuan. 60 kWh and 20 kvarh: cos φ 0.95; −0.75 % of
    // 66.00 + 4,560.00 are −34.695, half away from zero −34.70.
    const known = await ask(http, "period=2026-11");
    expect(known.lines.slice(2)).toMatchObject([
      { part: "basic", unit: "kW", quantity: 120, priceCny: 38, amountFen: 456_000 },
      { part: "power-factor", quantity: 0.95, percent: -0.75, priceCny: null, amountFen: -3470 },
    ]);
    expect(known.totalFen).toBe(6600 + 456_000 - 3470);
  });

  it("follows a restated quarter hour and a corrected tariff, and still knows what was before", async () => {
    const http = await openHttp();
    await sendAcme(http, 2);
    await http.call("POST", "/api/v1/tariffs", tariff);
    const before = new Date(http.clock.nowMs).toISOString();
    http.clock.nowMs += 60 * minuteMs;
    const dearer = { ...tariff, energy: { base: { priceCnyPerKwh: 2 } }, correction: "misread" };
    expect((await http.call("POST", "/api/v1/tariffs", dearer)).json()).toMatchObject({
      revision: 2,
    });
    expect((await ask(http, "period=2026-11-21")).totalFen).toBe(12_000);
    expect((await ask(http, `period=2026-11-21&asOf=${before}`)).totalFen).toBe(6600);
    const { items } = (await http.call("GET", "/api/v1/tariffs")).json();
    expect(items.map((one: { superseded: boolean }) => one.superseded)).toEqual([true, false]);
  });

  it("shows each tenant its own cost and tariffs", async () => {
    const http = await openHttp();
    await http.call("POST", "/api/v1/tariffs", tariff);
    const headers = await http.signIn(["enterprise"], "beta");
    const get = (url: string) => http.inject({ method: "GET", url, headers });
    expect((await get(`${costUrl}?scope=enterprise:acme&period=2026-11`)).statusCode).toBe(404);
    expect((await get(`${costUrl}?scope=enterprise:beta&period=2026-11`)).json().missing).toBe(
      "energy",
    );
    expect((await get("/api/v1/tariffs")).json().items).toEqual([]);
    const post = { method: "POST" as const, url: "/api/v1/tariffs", headers, payload: tariff };
    expect((await http.inject(post)).statusCode).toBe(403);
  });
});

describe("POST /tariffs", () => {
  it.each<[name: string, change: object, status: number, code: string, pointer: string]>([
    [
      "a hole",
      { energy: { zones: [tariff.energy.zones[0]] } },
      422,
      "tariff_hole",
      "/energy/zones",
    ],
    [
      "an overlap",
      { energy: { zones: [...tariff.energy.zones, tariff.energy.zones[0]] } },
      422,
      "tariff_overlap",
      "/energy/zones/2",
    ],
    [
      "an unknown enterprise",
      { appliesTo: ["enterprise:gamma"] },
      422,
      "unknown_reference",
      "/appliesTo/0",
    ],
    ["nothing to correct", { correction: "misread" }, 422, "invalid_tariff", "/correction"],
    [
      "a seventh decimal",
      { energy: { base: { priceCnyPerKwh: 0.1234567 } } },
      422,
      "custom",
      "/energy/base/priceCnyPerKwh",
    ],
    ["no source", { source: "" }, 422, "too_small", "/source"],
  ])("refuses %s with the place and what to do", async (_name, change, ...wanted) => {
    const [status, code, pointer] = wanted;
    const http = await openHttp();
    const answer = await http.call("POST", "/api/v1/tariffs", { ...tariff, ...change });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({
      remedy: expect.any(String),
      errors: [{ pointer, code }],
    });
  });

  it("refuses the same day without a reason, and another tariff for the same scope", async () => {
    const http = await openHttp();
    await http.call("POST", "/api/v1/tariffs", tariff);
    const again = await http.call("POST", "/api/v1/tariffs", tariff);
    expect([again.statusCode, again.json().code]).toEqual([409, "tariff_exists"]);
    const other = await http.call("POST", "/api/v1/tariffs", { ...tariff, id: "other" });
    expect([other.statusCode, other.json().code]).toEqual([422, "tariff_overlap"]);
    const later = { ...tariff, validFrom: "2026-12-01" };
    expect((await http.call("POST", "/api/v1/tariffs", later)).statusCode).toBe(201);
  });
});
