import { request } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { bearer, openHttp, sharedHttp } from "../../support/http-fixture.ts";

const url = "/api/v1/dispatch/solutions";

/** 10 MW / 20 MWh, 0.9 each way, empty; two hours of 10 MW at 0.3 and 0.9. The optimum costs 7710. */
const arbitrage = {
  start: "2026-11-22T08:00:00+08:00",
  stepMinutes: 60,
  loadKw: [10_000, 10_000],
  importPriceCnyPerKwh: [0.3, 0.9],
  storage: {
    ...{ capacityKwh: 20_000, minKwh: 0, maxKwh: 20_000, initialKwh: 0, terminalMinKwh: 0 },
    ...{ chargeMaxKw: 10_000, dischargeMaxKw: 10_000 },
    ...{ chargeEfficiency: 0.9, dischargeEfficiency: 0.9 },
  },
};

describe("a plan on request", () => {
  const http = sharedHttp();

  it("comes with costs, slots in UTC and the result of the check", async () => {
    const response = await http().call("POST", url, arbitrage);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      status: "optimal",
      objectiveCny: expect.closeTo(7710, 6),
      costs: {
        ...{ energyCny: expect.closeTo(7710, 6), exportCny: 0, demandCny: 0 },
        ...{ carbonCny: 0, wearCny: 0, curtailmentCny: 0 },
      },
      emissionsKgCo2: 0,
      peakKw: expect.closeTo(20_000, 6),
      slots: [
        {
          start: "2026-11-22T00:00:00.000Z",
          ...{ chargeKw: expect.closeTo(10_000, 6), dischargeKw: 0, unservedKw: 0 },
          storedKwh: expect.closeTo(9000, 6),
          marginalCnyPerKwh: expect.closeTo(0.3, 9),
        },
        { start: "2026-11-22T01:00:00.000Z", importKw: expect.closeTo(1900, 6), exportKw: 0 },
      ],
      breaches: [],
      check: { ok: true, findings: [] },
      solveMs: expect.any(Number),
    });
  });

  it("names the limits that it could not keep", async () => {
    const storage = { ...arbitrage.storage, terminalMinKwh: 19_000 };
    const body = (await http().call("POST", url, { ...arbitrage, storage })).json();
    // Two hours of charging store 18 of 19 MWh.
    expect(body).toMatchObject({
      status: "degraded",
      breaches: [
        {
          limit: "terminalMinKwh",
          start: "2026-11-22T01:00:00.000Z",
          amount: expect.closeTo(1000, 4),
          unit: "kWh",
        },
      ],
      check: { ok: true },
    });
  });

  it("says why there is none, and what to do", async () => {
    const storage = { ...arbitrage.storage, minKwh: 15_000 };
    const response = await http().call("POST", url, { ...arbitrage, storage });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      ...{ status: "infeasible", objectiveCny: null, costs: null, slots: [], breaches: [] },
      check: { ok: false },
      reason: expect.stringContaining("below minKwh 15000"),
      remedy: expect.stringContaining("initialKwh"),
    });
  });

  it("takes null for what is optional, and limits as arrays", async () => {
    const storage = { ...arbitrage.storage, chargeMaxKw: [10_000, 0], terminalMinKwh: null };
    const optional = {
      ...{ pvKw: null, directKw: null, exportPriceCnyPerKwh: null, gridKgCo2PerKwh: null },
      ...{ carbonPriceCnyPerKg: null, emissionsCapKgCo2: null, importLimitKw: [25_000, 25_000] },
      ...{ exportLimitKw: null, exportFromStorage: null, curtailmentPenaltyCnyPerKwh: null },
      demand: { priceCnyPerKw: null, peakSoFarKw: null, floorKw: null },
    };
    const body = (await http().call("POST", url, { ...arbitrage, ...optional, storage })).json();
    expect(body).toMatchObject({ status: "optimal", objectiveCny: expect.closeTo(7710, 6) });
  });

  it.each([
    ["a tariff with a hole", { importPriceCnyPerKwh: [0.3, null] }, "/importPriceCnyPerKwh/1"],
    ["a series that is too short", { pvKw: [1] }, "/pvKw"],
    ["no steps", { loadKw: [], importPriceCnyPerKwh: [] }, "/loadKw"],
    ["negative load", { loadKw: [-1, 1] }, "/loadKw/0"],
    ["a start without offset", { start: "2026-11-22T08:00:00" }, "/start"],
    ["steps of no length", { stepMinutes: 0 }, "/stepMinutes"],
    ["a field that does not exist", { tariff: 1 }, "/tariff"],
    ["no load", { loadKw: undefined }, "/loadKw"],
    ["no storage", { storage: undefined }, "/storage"],
    [
      "limits that cross",
      { storage: { ...arbitrage.storage, minKwh: 9, maxKwh: 8 } },
      "/storage/minKwh",
    ],
    [
      "an efficiency above one",
      { storage: { ...arbitrage.storage, chargeEfficiency: 1.1 } },
      "/storage/chargeEfficiency",
    ],
  ])("is refused with a pointer for %s", async (_what, change, pointer) => {
    const response = await http().call("POST", url, { ...arbitrage, ...change });
    expect(response.statusCode).toBe(422);
    expect(response.json().errors[0].pointer).toBe(pointer);
  });

  it("is refused when a number is beyond all numbers", async () => {
    const payload = JSON.stringify(arbitrage).replace("[10000,10000]", "[1e999,10000]");
    const headers = { ...bearer, "content-type": "application/json" };
    const response = await http().inject({ method: "POST", url, headers, payload });
    expect(response.statusCode).toBe(422);
    expect(response.json().errors[0].pointer).toBe("/loadKw/0");
  });

  it("is for those who plan", async () => {
    const { inject, signIn } = http();
    const post = async (headers: Record<string, string>) =>
      (await inject({ method: "POST", url, headers, payload: arbitrage })).statusCode;
    expect(await post(await signIn(["manager"]))).toBe(200);
    expect(await post(await signIn(["enterprise"], "acme"))).toBe(200);
    expect(await post(await signIn(["display"]))).toBe(403);
    expect(await post({})).toBe(401);
  });
});

it("a caller who leaves frees the planner", async () => {
  const given: (AbortSignal | undefined)[] = [];
  const http = await openHttp({
    services: (services) => ({
      ...services,
      solveDispatch: {
        solve: (_principal, _input, signal) => {
          given.push(signal);
          return new Promise((_resolve, reject) => {
            signal?.addEventListener("abort", () => reject(signal.reason));
          });
        },
      },
    }),
  });
  const origin = await http.server.listen({ host: "127.0.0.1", port: 0 });
  const headers = { ...bearer, "content-type": "application/json" };
  const leaving = request(`${origin}${url}`, { method: "POST", headers });
  leaving.on("error", () => undefined);
  leaving.end(JSON.stringify(arbitrage));
  await vi.waitFor(() => expect(given).toHaveLength(1), { timeout: 15_000 });
  expect(given[0]?.aborted).toBe(false);
  leaving.destroy();
  await vi.waitFor(() => expect(given[0]?.aborted).toBe(true), { timeout: 15_000 });
});
