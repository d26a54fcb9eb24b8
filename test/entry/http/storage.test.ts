import { describe, expect, it } from "vitest";
import type { SocBody } from "../../../src/contracts/storage.ts";
import { openHttp } from "../../support/http-fixture.ts";

const park = `
id: north
name: { zh: 北园, en: North }
location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }
storage: [{ id: ess, name: { zh: 储能站, en: Storage }, powerMaxKw: 3000, capacityKwh: 4000 }]
enterprises: [{ id: acme, name: { zh: 甲企, en: Acme } }]
gateways: [{ id: gw-1 }]
meters:
  - { id: pcs-1, gatewayId: gw-1, kind: storage-pcs, capacityKwh: 3000 }
  - { id: pcs-2, gatewayId: gw-1, kind: storage-pcs, capacityKwh: 1000 }
`;

const quarterMs = 900_000;
const path = (fromMs: number, toMs: number): string =>
  `/api/v1/storage/ess/soc?from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;

describe("the state of charge over time", () => {
  it("is weighted by capacity, and says how much of the station is known", async () => {
    const http = await openHttp({ park });
    const endMs = Math.floor(http.clock.nowMs / quarterMs) * quarterMs;
    const send = (device: string, samples: object[]) =>
      http.call("POST", "/api/v1/telemetry", { gateway: "gw-1", device, samples });
    const at = (quarter: number, socFraction: number) => ({
      ts: endMs - 2 * quarterMs + quarter * quarterMs + 60_000,
      values: { socFraction },
    });
    await send("pcs-1", [at(0, 0.5), at(1, 0.6)]);
    await send("pcs-2", [at(0, 0.9)]);
    await http.settled();
    const answer = await http.call("GET", path(endMs - 3 * quarterMs, endMs));
    expect(answer.statusCode).toBe(200);
    const { items } = answer.json<SocBody>();
    // (0.5 x 3,000 + 0.9 x 1,000) / 4,000 = 0.6; then 0.6 of the larger unit alone.
    expect(items.map(({ socFraction, coverage }) => [socFraction, coverage])).toEqual([
      [null, 0],
      [expect.closeTo(0.6, 9), 1],
      [expect.closeTo(0.6, 9), 0.75],
    ]);
  });

  it("is refused off the quarter hour, for an unknown station and to one enterprise", async () => {
    const http = await openHttp({ park });
    const off = await http.call("GET", path(1, quarterMs));
    expect([off.statusCode, off.json().code]).toEqual([422, "invalid_interval"]);
    const unknown = await http.call("GET", path(0, quarterMs).replace("ess", "other"));
    expect(unknown.statusCode).toBe(404);
    const headers = await http.signIn(["enterprise"], "acme");
    const foreign = await http.inject({ method: "GET", url: path(0, quarterMs), headers });
    expect(foreign.statusCode).toBe(403);
  });
});
