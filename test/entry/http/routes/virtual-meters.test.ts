import { describe, expect, it } from "vitest";
import { parkFromYaml } from "../../../../src/adapters/files/load-park.ts";
import { minuteMs } from "../../../../src/domain/time.ts";
import { type HttpFixture, openHttp, smallPark } from "../../../support/http-fixture.ts";

const startMs = Date.parse("2026-11-22T00:00:00Z");
const span = "from=2026-11-22T00:00:00Z&to=2026-11-22T01:00:00Z";
const park = `${smallPark}
virtualMeters:
  - { id: rest, name: { zh: 余量, en: Rest }, formula: '"m-grid.importKwh" - "m-acme.importKwh" - "m-beta.importKwh"' }
`;

async function send(http: HttpFixture, device: string, amounts: readonly number[]): Promise<void> {
  const gateway = device === "m-beta" ? "gw-2" : "gw-1";
  let importKwh = 1000;
  const samples = [0, ...amounts].map((amount, index) => {
    importKwh += amount;
    return { ts: startMs + index * 15 * minuteMs, values: { importKwh } };
  });
  await http.call("POST", "/api/v1/telemetry", { gateway, device, samples });
}

describe("virtual meters", () => {
  it("are worked out for each quarter hour, and missing where an operand is", async () => {
    const http = await openHttp({ park });
    await send(http, "m-grid", [100, 100, 100, 100]);
    await send(http, "m-acme", [60, 50, 40, 30]);
    await send(http, "m-beta", [20, 20]);
    await http.settled();
    const half = { id: "half", formula: '0.5 * "virtual:rest"', enterpriseId: "acme" };
    const created = await http.call("POST", "/api/v1/virtual-meters", half);
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({ unit: "kWh", origin: "api", problem: null });
    expect(created.json().registers).toHaveLength(3);
    const answer = await http.call("GET", `/api/v1/virtual-meters/half/energy?${span}`);
    // (100 − 60 − 20) / 2 and (100 − 50 − 20) / 2; then beta is missing.
    expect(answer.json()).toMatchObject({
      ...{
        id: "half",
        unit: "kWh",
        total: { amount: 25, missingSlots: 2, grade: "A", coverage: 0.5 },
      },
      slots: [{ amount: 10 }, { amount: 15 }, { amount: null, grade: null }, { amount: null }],
    });
    const hour = await http.call("GET", `/api/v1/virtual-meters/rest/energy?${span}&step=1h`);
    expect(hour.json().slots).toMatchObject([{ amount: 50, missingSlots: 2 }]);
  });

  it("are shown to each tenant as far as they are its own", async () => {
    const http = await openHttp({ park });
    await http.call("POST", "/api/v1/virtual-meters", {
      ...{ id: "own", formula: '"m-beta.importKwh" / 2', enterpriseId: "beta" },
    });
    const headers = await http.signIn(["enterprise"], "beta");
    const get = (url: string) =>
      http.inject({ method: "GET", url: `/api/v1/virtual-meters${url}`, headers });
    expect((await get("")).json().items.map(({ id }: { id: string }) => id)).toEqual(["own"]);
    expect((await get(`/rest/energy?${span}`)).statusCode).toBe(404);
    const payload = { id: "more", formula: '"m-beta.importKwh"' };
    const post = await http.inject({
      method: "POST",
      url: "/api/v1/virtual-meters",
      headers,
      payload,
    });
    expect(post.statusCode).toBe(403);
  });

  it.each([
    ["itself", { id: "own", formula: '"virtual:own" + "m-acme.importKwh"' }, "formula_cycle"],
    ["a call", { id: "own", formula: 'process.exit("x")' }, "invalid_formula"],
    ["an unknown meter", { id: "own", formula: '"m-gone.importKwh"' }, "unknown_reference"],
    ["a gauge", { id: "own", formula: '"m-acme.powerKw"' }, "unknown_reference"],
    ["a share", { id: "own", formula: '"m-acme.importKwh" / "m-beta.importKwh"' }, "unit_mismatch"],
    ["a taken id", { id: "rest", formula: '"m-acme.importKwh"' }, "id_taken"],
  ])("with %s are refused", async (_name, body, code) => {
    const http = await openHttp({ park });
    const answer = await http.call("POST", "/api/v1/virtual-meters", body);
    expect(answer.json()).toMatchObject({ code, remedy: expect.any(String) });
  });

  it("in a park file are checked with it", () => {
    const broken = park.replace('"m-beta.importKwh"', '"virtual:rest"');
    expect(() => parkFromYaml("park.yaml", broken)).toThrow(/rest needs rest/);
    const unknown = park.replace("m-beta.importKwh", "m-gone.importKwh");
    expect(() => parkFromYaml("park.yaml", unknown)).toThrow(/there is no m-gone.importKwh/);
  });
});
