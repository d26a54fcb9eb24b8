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
