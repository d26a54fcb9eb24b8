import { describe, expect, it } from "vitest";
import { minuteMs } from "../../../src/domain/time.ts";
import { type HttpFixture, openHttp } from "../../support/http-fixture.ts";

const startMs = Date.parse("2026-11-22T00:00:00Z");

/** Sends register values of one meter at minutes after the start. */
async function send(
  http: HttpFixture,
  [gateway, device]: readonly [string, string],
  samples: readonly (readonly [minute: number, values: Readonly<Record<string, number>>])[],
): Promise<void> {
  const answer = await http.call("POST", "/api/v1/telemetry", {
    ...{ gateway, device },
    samples: samples.map(([minute, values]) => ({ ts: startMs + minute * minuteMs, values })),
  });
  expect(answer.json()).toMatchObject({ accepted: samples.length, quarantined: [] });
}

describe("GET /energy/demand", () => {
  it("answers the largest measured quarter hour and what the meter says", async () => {
    const http = await openHttp();
    await send(
      http,
      ["gw-1", "m-acme"],
      [
        [0, { importKwh: 100 }],
        [15, { importKwh: 110, maxDemandKw: 61 }],
        [30, { importKwh: 125, maxDemandKw: 63 }],
        // An outage of five hours with 900 kWh: 45 a quarter hour, which nobody has measured.
        [330, { importKwh: 1025 }],
      ],
    );
    await http.settled();
    const answer = await http.call("GET", "/api/v1/energy/demand?scope=meter:m-acme&month=2026-11");
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      ...{ scope: "meter:m-acme", month: "2026-11", unit: "kW", blockMinutes: 15 },
      ...{ from: "2026-10-31T16:00:00.000Z", to: "2026-11-22T06:00:00.000Z" },
      maximum: { start: "2026-11-22T00:15:00.000Z", powerKw: 60, grade: "A" },
      estimatedMaximum: { powerKw: 180, grade: "E2" },
      ...{ blocksMeasured: 2, register: "importKwh", meters: ["m-acme"] },
      meterMaxDemand: { maxDemandKw: 63 },
    });
  });

  it("shows each tenant its own and refuses what is no month", async () => {
    const http = await openHttp();
    const headers = await http.signIn(["enterprise"], "beta");
    const ask = async (query: string): Promise<{ status: number; code: string | undefined }> => {
      const url = `/api/v1/energy/demand?${query}`;
      const answer = await http.inject({ method: "GET", url, headers });
      return { status: answer.statusCode, code: answer.json().code };
    };
    expect(await ask("scope=enterprise:beta&month=2026-11")).toMatchObject({ status: 200 });
    for (const scope of ["meter:m-acme", "enterprise:acme", "park"]) {
      expect(await ask(`scope=${scope}&month=2026-11`)).toEqual({ status: 404, code: "not_found" });
    }
    expect(await ask("scope=enterprise:beta&month=2026")).toEqual({
      ...{ status: 422, code: "invalid_period" },
    });
    expect(await ask("scope=enterprise:beta&month=2027-03")).toMatchObject({ status: 200 });
  });
});

const treePark = `
id: tree
name: { zh: 树, en: Tree }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
enterprises:
  - { id: acme, name: { zh: 甲企, en: Acme } }
  - { id: beta, name: { zh: 乙企, en: Beta } }
gateways: [{ id: gw-1 }]
meters:
  - { id: gate, gatewayId: gw-1, kind: electricity-meter, role: grid, accuracyClass: 0.5 }
  - { id: acme-1, gatewayId: gw-1, kind: electricity-meter, enterpriseId: acme, parentId: gate, accuracyClass: 1 }
  - { id: acme-hall, gatewayId: gw-1, kind: electricity-meter, enterpriseId: acme, parentId: acme-1, accuracyClass: 1 }
  - { id: beta-1, gatewayId: gw-1, kind: electricity-meter, enterpriseId: beta, parentId: gate, accuracyClass: 1 }
  - { id: main, gatewayId: gw-1, kind: water-meter, role: grid, accuracyClass: 2 }
  - { id: tap, gatewayId: gw-1, kind: water-meter, enterpriseId: acme, parentId: main, accuracyClass: 2 }
  - { id: reused, gatewayId: gw-1, kind: water-meter, enterpriseId: acme, role: check, accuracyClass: 2 }
`;

/** A register that grows by the same amount each quarter hour. */
function steady(
  register: string,
  perQuarter: number,
  quarters: readonly [number, number],
): (readonly [number, Record<string, number>])[] {
  const [from, to] = quarters;
  return Array.from({ length: to - from + 1 }, (_, index) => [
    (from + index) * 15,
    { [register]: 1000 + perQuarter * (from + index) },
  ]);
}

describe("GET /energy/balance", () => {
  const url = "/api/v1/energy/balance?from=2026-11-22T00:00:00Z&to=2026-11-22T02:00:00Z";

  it("judges what all meters know, and says who is missing", async () => {
    const http = await openHttp({ park: treePark });
    await send(http, ["gw-1", "gate"], steady("importKwh", 100, [0, 8]));
    await send(http, ["gw-1", "acme-1"], steady("importKwh", 60, [0, 8]));
    await send(http, ["gw-1", "acme-hall"], steady("importKwh", 40, [0, 8]));
    // The register of beta is read for one of the two hours: 4 quarters of 20.
    await send(http, ["gw-1", "beta-1"], steady("importKwh", 20, [0, 4]));
    await http.settled();
    const answer = await http.call("GET", `${url}&carrier=electricity`);
    expect(answer.statusCode).toBe(200);
    const { places, water } = answer.json();
    expect(water).toBeNull();
    const byId = Object.fromEntries(places.map((place: { id: string }) => [place.id, place]));
    // Four quarters: 400 in, 240 + 80 out; allowed 8; band √(2² + 2.4² + 0.8²) = 3.225.
    expect(byId["node:gate"]).toMatchObject({
      ...{ verdict: "surplus", unit: "kWh", main: 400, parts: 320, slotsExpected: 8 },
      ...{ slotsCompared: 4, coverage: 0.5, grade: "A", missingMeters: ["beta-1"] },
      balance: { in: 400, out: 320, imbalance: 80, lossAllowance: 8, loss: 8, unmetered: 72 },
    });
    expect(byId["node:gate"].balance.excess).toBeCloseTo(72 - 3.225, 3);
    expect(byId["boundary:electricity"]).toMatchObject({ verdict: "surplus", main: null });
    expect(byId["node:acme-1"]).toMatchObject({
      ...{ verdict: "unmetered", main: 480, parts: 320, slotsCompared: 8 },
      // 2 % of 480 are allowed for: 9.6; the rest is used without a meter of its own.
      balance: { excess: 0, loss: 9.6, unmetered: 150.4 },
    });
    const feeder = await http.call("GET", `${url}&scope=meter:acme-1`);
    expect(feeder.json().places.map(({ id }: { id: string }) => id)).toEqual(["node:acme-1"]);
  });

  it("does not judge without figures, and never counts them as zero", async () => {
    const http = await openHttp({ park: treePark });
    await send(http, ["gw-1", "gate"], steady("importKwh", 100, [0, 8]));
    await http.settled();
    const { places } = (await http.call("GET", `${url}&carrier=electricity`)).json();
    expect(places[0]).toMatchObject({
      ...{ id: "boundary:electricity", verdict: "not-judged", reason: "no_common_quarter" },
      ...{ balance: null, main: null, parts: null, grade: null, coverage: 0, terms: [] },
    });
  });

  it("shows an enterprise the places of its own meters only", async () => {
    const http = await openHttp({ park: treePark });
    const headers = await http.signIn(["enterprise"], "acme");
    const answer = await http.inject({ method: "GET", url, headers });
    expect(answer.json().places.map(({ id }: { id: string }) => id)).toEqual(["node:acme-1"]);
    expect(answer.json().water).toBeNull();
    const foreign = await http.inject({ method: "GET", url: `${url}&scope=meter:beta-1`, headers });
    expect(foreign.statusCode).toBe(404);
    const wrong = await http.call("GET", `${url}&scope=enterprise:acme`);
    expect(wrong.json().code).toBe("invalid_scope");
  });

  it("finds what flows at night through no meter, and how much water is used again", async () => {
    const http = await openHttp({ park: treePark });
    // 17:00 to 21:00 UTC of the day before is the night of 22 November in the park.
    const night = [-30, -10] as const;
    await send(http, ["gw-1", "main"], steady("volumeM3", 5, [...night]));
    await send(http, ["gw-1", "tap"], steady("volumeM3", 1, [...night]));
    await send(http, ["gw-1", "reused"], steady("volumeM3", 15, [...night]));
    await http.settled();
    const from = "2026-11-21T16:00:00Z";
    const answer = await http.call(
      "GET",
      `/api/v1/energy/balance?carrier=water&from=${from}&to=2026-11-22T00:00:00Z`,
    );
    const { water } = answer.json();
    // In the hour 20 came in and 4 went through the meter; the band is √(0.4² + 0.08²) = 0.408.
    expect(water.nights).toMatchObject([
      {
        meterId: "main",
        verdict: "surplus",
        inM3: 20,
        meteredM3: 4,
        night: "2026-11-21T17:00:00.000Z",
      },
    ]);
    expect(water.nights[0].excessM3).toBeCloseTo(16 - 0.408, 2);
    // 15 of 15 + 5.
    expect(water.reuse).toMatchObject({ reuseFraction: 0.75, missingMeters: ["main", "reused"] });
  });
});

describe("GET /energy/flows", () => {
  const url = "/api/v1/energy/flows?from=2026-11-22T00:00:00Z&to=2026-11-22T02:00:00Z";

  it("answers nodes and links of the quarter hours whose supply is known", async () => {
    const http = await openHttp({ park: treePark });
    await send(http, ["gw-1", "gate"], steady("importKwh", 100, [0, 6]));
    await send(http, ["gw-1", "acme-1"], steady("importKwh", 60, [0, 8]));
    await send(http, ["gw-1", "beta-1"], steady("importKwh", 20, [0, 4]));
    await http.settled();
    const flows = (await http.call("GET", url)).json();
    // Six quarters of 100; acme 60 in each, beta 20 in four of them.
    expect(flows).toMatchObject({
      ...{
        unit: "kWh",
        slotsExpected: 8,
        slotsShown: 6,
        coverage: 0.75,
        missingMeters: ["beta-1"],
      },
    });
    expect(flows.links).toEqual([
      { from: "grid", to: "bus", amount: 600 },
      { from: "bus", to: "group:", amount: 440 },
      { from: "group:", to: "enterprise:acme", amount: 360 },
      { from: "group:", to: "enterprise:beta", amount: 80 },
      { from: "bus", to: "unmetered", amount: 160 },
    ]);
    const acme = flows.nodes.find(({ id }: { id: string }) => id === "enterprise:acme");
    expect(acme).toMatchObject({
      type: "enterprise",
      amount: 360,
      name: { zh: "甲企", en: "Acme" },
    });
    const water = (await http.call("GET", `${url}&carrier=water`)).json();
    expect(water).toMatchObject({ nodes: [], links: [], slotsShown: 0, grade: null });
  });

  it("is for those who may look at the park as a whole", async () => {
    const http = await openHttp({ park: treePark });
    const headers = await http.signIn(["enterprise"], "acme");
    expect((await http.inject({ method: "GET", url, headers })).statusCode).toBe(403);
  });
});
