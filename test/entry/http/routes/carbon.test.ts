import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CarbonCalculationBody } from "../../../../src/contracts/carbon.ts";
import type { FactorBody } from "../../../../src/contracts/factors.ts";
import type { ParameterBody } from "../../../../src/contracts/parameters.ts";
import type { Problem } from "../../../../src/contracts/problem.ts";
import { type Principal, type RoleName, roleNames } from "../../../../src/domain/principal.ts";
import { buildServer } from "../../../../src/entry/http/build-server.ts";
import type { HttpServices } from "../../../../src/entry/http/http-services.ts";
import { shippedFactors, testDay } from "../../../support/carbon.ts";

let server: FastifyInstance;

/** The machine may be busy while the plugins load. */
const startDeadlineMs = 60_000;

/** Whoever sends a bearer token is somebody of the role that the token names. */
const signIn = {
  principalOfBearer: (token: string): Principal | null => {
    const role = roleNames.find((name) => name === token);
    return role === undefined ? null : somebody(role);
  },
};

function somebody(role: RoleName): Principal {
  const enterpriseId = role === "enterprise" ? "acme" : null;
  return {
    id: `user:${role}`,
    name: role,
    parkId: "p",
    roles: [role],
    enterpriseId,
    gatewayId: null,
  };
}

beforeAll(async () => {
  // The two routes stand on the carbon services alone; nothing else is called.
  const services = {
    signIn,
    registry: {},
    audit: () => undefined,
    status: { version: "1.0.0" },
    carbon: {
      factors: shippedFactors,
      parameterChanges: [
        {
          parameter: "equivalentKgcePerKwh",
          value: 0.31,
          validFrom: "2027-01-01",
          source: "decision of the park",
        },
      ],
      timezone: "Asia/Shanghai",
      clock: { nowMs: () => Date.parse(`${testDay}T04:00:00Z`) },
    },
  } as unknown as HttpServices;
  server = await buildServer({ log: pino({ level: "silent" }), consoleDir: null, services });
}, startDeadlineMs);
afterAll(() => server.close());

async function post(payload: string | object, role = "enterprise") {
  const answer = await server.inject({
    method: "POST",
    url: "/api/v1/carbon/calculations",
    headers: { authorization: `Bearer ${role}`, "content-type": "application/json" },
    payload,
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function refused(payload: string | object): Promise<Problem> {
  const { status, body } = await post(payload);
  expect(status).toBe(422);
  return body;
}

describe("POST /api/v1/carbon/calculations", () => {
  it("answers the month of the contract's example", async () => {
    const { status, body } = await post({
      period: "2026",
      equivalentKgcePerKwh: 0.3024,
      provincialAllocation: 0.85,
      fuelFactorSet: "prov2025",
      electricity: {
        offTakeKwh: 1_200_000,
        directKwh: 0,
        selfGeneratedKwh: 150_000,
        exportedKwh: 0,
        greenTradeKwh: 300_000,
        certificates: [{ kwh: 0, generationYear: 2026, cancelled: true }],
      },
      fuels: [
        { carrier: "natural-gas", quantity: 60_000, unit: "Nm3" },
        { carrier: "diesel", quantity: 12_000, unit: "L" },
      ],
      heat: [{ origin: "fossil", quantityGj: 0 }],
      processes: [{ material: "CaCO3", massT: 300, purity: 0.98 }],
    });
    const { energy, certificates, purposes } = body as CarbonCalculationBody;
    expect(status).toBe(200);
    expect(energy.equivalentKgce).toBeCloseTo(502_727.568, 6);
    expect(energy.calorificKgce).toBeCloseTo(260_402.568, 6);
    expect(certificates).toMatchObject({ recognisedKwh: 0, unusedKwh: 0, residualKwh: 900_000 });
    // 910,188.1008 kg as without a process, and 300 × 0.98 × 439.71 = 129,274.74 kg of limestone.
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(1_039_462.8408, 6);
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(926_932.8408, 6);
    expect(purposes.ENTERPRISE_GHG_MARKET.emissionsKgCo2).toBeCloseTo(838_852.8408, 6);
    // 150,000 + 300,000 + 900,000 × 0.85 = 1,215,000 of 1,350,000 kWh.
    expect(purposes.NF_622).toMatchObject({ nonFossilKwh: 1_215_000, nonFossilFraction: 0.9 });
    for (const purpose of [
      "NDRC910_PARK",
      "ENTERPRISE_GHG_LOCATION",
      "ENTERPRISE_GHG_MARKET",
    ] as const) {
      for (const line of purposes[purpose].lines) {
        expect(line.source).not.toBe("");
        expect(line.unit).not.toBe("");
        expect(line.factorId).not.toBe("");
        expect(line.quantity).toBeGreaterThan(0);
        expect(line.fuelFactorSet).toBe(line.kind === "fuel" ? "prov2025" : null);
      }
    }
    expect(body).toMatchObject({ origin: "entered", period: "2026" });
  });

  it("needs a period and nothing else", async () => {
    expect((await post({ period: "2026" })).status).toBe(200);
    const { code, errors } = await refused({});
    expect(code).toBe("invalid_request");
    expect(errors?.map(({ pointer }) => pointer)).toEqual(["/period"]);
  });

  it.each([
    ["a negative amount", { electricity: { offTakeKwh: -1 } }, "/electricity/offTakeKwh"],
    ["a carrier that it does not know", fuel("peat", 1, "t"), "/fuels/0/carrier"],
    ["a unit that it does not know", fuel("diesel", 1, "gallon"), "/fuels/0/unit"],
    ["a unit that does not fit", fuel("diesel", 1, "Nm3"), "/fuels/0/unit"],
    ["an amount without a carrier", { fuels: [{ quantity: 1, unit: "t" }] }, "/fuels/0/carrier"],
    ["an amount without a unit", { fuels: [{ carrier: "lng", quantity: 1 }] }, "/fuels/0/unit"],
    [
      "a purity in percent",
      { processes: [{ material: "CaCO3", massT: 1, purity: 98 }] },
      "/processes/0/purity",
    ],
    [
      "an origin that it does not know",
      { heat: [{ origin: "magic", quantityGj: 1 }] },
      "/heat/0/origin",
    ],
    ["a share above one", { provincialAllocation: 1.1 }, "/provincialAllocation"],
    [
      "a field that it does not know",
      { electricity: { offTakeKWh: 1 } },
      "/electricity/offTakeKWh",
    ],
    ["a text as a number", { electricity: { offTakeKwh: "1" } }, "/electricity/offTakeKwh"],
    ["a period that does not exist", { period: "2026-1" }, "/period"],
  ])("refuses %s and says where", async (_what, change, pointer) => {
    const { code, errors } = await refused({ period: "2026", ...change });
    expect(code).toMatch(/^(?:invalid_request|unit_mismatch)$/);
    expect(errors?.[0]?.pointer).toBe(pointer);
  });

  it("refuses infinity that looks like a number", async () => {
    const { errors } = await refused('{"period":"2026","electricity":{"offTakeKwh":1e999}}');
    expect(errors?.[0]?.pointer).toBe("/electricity/offTakeKwh");
  });

  it("refuses a fuel without factor or density by name and place", async () => {
    expect(await refused({ period: "2026", ...fuel("methanol", 1, "t") })).toMatchObject({
      code: "factor_missing",
      errors: [{ pointer: "/fuels/0/carrier", code: "factor_missing" }],
    });
    expect(await refused({ period: "2026", ...fuel("kerosene", 1, "L") })).toMatchObject({
      code: "factor_missing",
      errors: [{ pointer: "/fuels/0/unit", code: "factor_missing" }],
    });
  });

  it("is for people who account, not for a wall display or a stranger", async () => {
    expect((await post({ period: "2026" }, "display")).status).toBe(403);
    expect((await post({ period: "2026" }, "nobody")).status).toBe(401);
    expect((await post({ period: "2026" }, "regulator")).status).toBe(200);
  });
});

function fuel(carrier: string, quantity: number, unit: string) {
  return { fuels: [{ carrier, quantity, unit }] };
}

describe("GET /api/v1/factors", () => {
  async function list(query: string): Promise<{ items: FactorBody[]; next: string | null }> {
    const headers = { authorization: "Bearer manager" };
    const answer = await server.inject({ url: `/api/v1/factors${query}`, headers });
    expect(answer.statusCode).toBe(200);
    return answer.json();
  }

  it("lists every factor once, page by page", async () => {
    const ids: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page = await list(`?limit=50${next === "" ? "" : `&cursor=${next}`}`);
      ids.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    expect(ids).toHaveLength(shippedFactors.current.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it("shows source, evidence and purposes of each", async () => {
    const { items } = await list("?kind=electricity&purpose=ENTERPRISE_GHG_LOCATION&year=2023");
    expect(items).toMatchObject([
      {
        id: "electricity.average.cn.2023",
        value: 0.5306,
        unit: "kgCO2/kWh",
        year: 2023,
        evidence: "secondary",
        confirmed: true,
        purposes: ["ENTERPRISE_GHG_LOCATION", "INTERNAL_HOURLY"],
        source: { number: "生态环境部、国家统计局 公告2025年第47号", date: "2025-12-31" },
      },
    ]);
  });

  it("has Tibet without a value, and says why", async () => {
    const { items } = await list("?region=CN-XZ");
    expect(items).toMatchObject([{ value: null, note: { zh: expect.stringContaining("西藏") } }]);
  });

  it("narrows by what is not confirmed", async () => {
    const { items } = await list("?confirmed=false&limit=1000");
    expect(items.length).toBeGreaterThan(30);
    expect(items.every(({ confirmed }) => !confirmed)).toBe(true);
    expect((await list("?set=ndrc24&subject=diesel")).items.map(({ value }) => value)).toEqual([
      3.145122,
    ]);
  });
});

describe("GET /api/v1/parameters", () => {
  async function list(query: string): Promise<{ items: ParameterBody[] }> {
    const headers = { authorization: "Bearer regulator" };
    const answer = await server.inject({ url: `/api/v1/parameters${query}`, headers });
    expect(answer.statusCode).toBe(200);
    return answer.json();
  }

  it("shows each open question with the reading and the value in force", async () => {
    const { items } = await list("");
    expect(items.map(({ id }) => id)).toContain("D17");
    const d1 = items.find(({ id }) => id === "D1");
    expect(d1).toMatchObject({
      question: { zh: expect.stringContaining("0.8325") },
      values: [{ parameter: "residualFactor", value: "park-residual", isDefault: true }],
    });
  });

  it("shows what the park decided, from its day on", async () => {
    const valueOn = async (on: string) =>
      (await list(`?on=${on}`)).items.find(({ id }) => id === "D2")?.values[0];
    expect(await valueOn("2026-12-31")).toMatchObject({ value: null, isDefault: true });
    expect(await valueOn("2027-01-01")).toEqual({
      parameter: "equivalentKgcePerKwh",
      value: 0.31,
      isDefault: false,
      validFrom: "2027-01-01",
      source: "decision of the park",
    });
  });
});
