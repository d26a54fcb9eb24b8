import { expect, it } from "vitest";
import type { CarbonCalculationBody } from "../../src/contracts/carbon.ts";
import { openHttp, smallPark } from "../support/http-fixture.ts";

const deadlineMs = 60_000;

it(
  "calculates with the shipped factors and the readings of the park file",
  async () => {
    const { call, signIn, inject } = await openHttp({
      park: `${smallPark}parameters:
  - { parameter: equivalentKgcePerKwh, value: 0.31, validFrom: 2026-01-01, source: test }
`,
    });
    const body = { period: "2026", electricity: { offTakeKwh: 1000 } };
    const answer = await call("POST", "/api/v1/carbon/calculations", body);
    expect(answer.statusCode).toBe(200);
    const { energy, parameters, purposes } = answer.json<CarbonCalculationBody>();
    // 1,000 kWh × 0.31 kgce, because the park decided so; × 0.8325 and × 0.5306 kg CO2.
    expect(energy.equivalentKgce).toBeCloseTo(310, 9);
    expect(parameters).toMatchObject({ equivalentKgcePerKwh: 0.31, equivalentFactorId: null });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(832.5, 9);
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(530.6, 9);

    const clerk = await signIn(["enterprise"], "acme");
    const tried = await inject({
      method: "POST",
      url: "/api/v1/carbon/calculations",
      headers: clerk,
      payload: { ...body, equivalentKgcePerKwh: 0.29 },
    });
    expect(tried.json<CarbonCalculationBody>().energy.equivalentKgce).toBeCloseTo(290, 9);
    const factors = await call("GET", "/api/v1/factors?subject=park-residual");
    expect(factors.json()).toMatchObject({ items: [{ value: 0.8325 }], next: null });
  },
  deadlineMs,
);
