import { describe, expect, it } from "vitest";
import type { CarbonCalculationPost } from "../../../src/contracts/carbon.ts";
import { steamHeatGj } from "../../../src/domain/carbon/comprehensive-energy.ts";
import {
  declineFraction,
  energyForDeclineKgce,
  energyPerProduct,
  energyPerValueAdded,
} from "../../../src/domain/carbon/intensity.ts";
import {
  defaultParameters,
  factorSetOrder,
  parametersAt,
} from "../../../src/domain/carbon/interpretation.ts";
import { interpretations } from "../../../src/domain/carbon/interpretations.ts";
import { accountUncertainty } from "../../../src/domain/carbon/uncertainty.ts";
import { calculated, refusalOf, shippedFactors, testDay } from "../../support/carbon.ts";

describe("other gases", () => {
  const gasesOf = (rest: Partial<CarbonCalculationPost>) =>
    calculated({ period: "2026", ...rest }).otherGases;
  const stock = { gas: "R-410A", openingKg: 10, purchasedKg: 4, closingKg: 9, recoveredKg: 2 };

  it("escape as what came in and is neither left nor recovered", () => {
    // 10 + 4 − 9 − 2 = 3 kg of R-410A × 1,924 = 5,772 kg CO2e.
    const gases = gasesOf({ gasStocks: [stock] });
    expect(gases).toMatchObject({ gwpSet: "AR5", emissionsKgCo2e: 5772 });
    expect(gases.lines).toMatchObject([
      { source: "gas-stock", massKg: 3, factorId: "gwp.R-410A.AR5", confirmed: false },
    ]);
  });

  it("are refused when more is left than came in", () => {
    expect(refusalOf(() => gasesOf({ gasStocks: [{ ...stock, closingKg: 13 }] }))).toEqual({
      code: "gas_stock_grows",
      pointer: "/gasStocks/0/closingKg",
    });
  });

  it("are never priced with the potential of another set", () => {
    const asked = () => gasesOf({ gasStocks: [{ ...stock, gas: "SF6" }], gwpSet: "SAR" });
    expect(refusalOf(asked)).toEqual({ code: "factor_missing", pointer: "/gasStocks/0/gas" });
  });

  it("do not touch any account of carbon dioxide, and no purpose of the park may price them", () => {
    const { purposes } = calculated({ period: "2026", gasStocks: [stock] });
    expect(purposes).toEqual(calculated({ period: "2026" }).purposes);
    const asked = () =>
      shippedFactors.find({
        ...{ kind: "gwp", subject: "CH4", sets: ["AR5"], purpose: "NDRC910_PARK" },
        ...{ year: 2026, onDate: testDay },
      });
    expect(refusalOf(asked).code).toBe("factor_purpose_mismatch");
  });

  it("of waste water follow the treatment, or what was measured", () => {
    const wasteWater = { volumeM3: 100, codInKgPerM3: 1, sludgeCodKg: 20 };
    const methaneKg = (rest: object) =>
      gasesOf({ wasteWater: [{ ...wasteWater, ...rest }] }).lines[0]?.massKg;
    // (100 − 20) × 0.25 = 20 kg: × 0.8 in a reactor, × 0.5 of beverages, × 0.1 measured.
    expect(methaneKg({ treatment: "anaerobic-reactor" })).toBeCloseTo(16, 12);
    expect(methaneKg({ treatment: "beverage" })).toBeCloseTo(10, 12);
    expect(methaneKg({ treatment: "aerobic-well-run" })).toBe(0);
    expect(methaneKg({ treatment: "food", methaneCorrectionFraction: 0.1 })).toBeCloseTo(2, 12);
  });

  it("earn no credit when more methane was caught than arises", () => {
    const entry = {
      volumeM3: 100,
      codInKgPerM3: 1,
      recoveredCh4Kg: 21,
      treatment: "anaerobic-reactor" as const,
    };
    expect(gasesOf({ wasteWater: [entry] }).emissionsKgCo2e).toBe(0);
  });
});

describe("steam", () => {
  it("brings its enthalpy above feed water", () => {
    // 10 t × (2,777 − 83.74) kJ/kg = 26.9326 GJ.
    expect(steamHeatGj(10, 2777)).toBeCloseTo(26.9326, 10);
  });
});

describe("uncertainty", () => {
  const fuel = { kind: "fuel", evidence: "secondary" } as const;

  it("of one line is the root of the squares of its two parts", () => {
    // Estimate 15 % and a national default 5 %: √(0.0225 + 0.0025) = 15.8114 %.
    expect(accountUncertainty([{ emissionsKgCo2: 7, ...fuel }], "estimate")).toEqual({
      uncertaintyFraction: expect.closeTo(0.158113883, 9),
      tier: "low",
    });
  });

  it("of a total weighs the lines by their emissions", () => {
    // Legal meter 1 %: fuel √(0.01² + 0.05²) = 5.0990 %, process √(0.01² + 0.1²) = 10.0499 %.
    // Lines of 300 and 100 kg: √(15.2971² + 10.0499²) / 400 = 18.3030 / 400 = 4.5758 %.
    const lines = [
      { emissionsKgCo2: 300, ...fuel },
      { emissionsKgCo2: 100, kind: "process", evidence: "calculated" },
    ] as const;
    expect(accountUncertainty(lines, "legal-meter")).toEqual({
      uncertaintyFraction: expect.closeTo(0.0457575, 6),
      tier: "high",
    });
    // Stock balance 5 %: fuel 7.0711 %, process 11.1803 %; √(21.2132² + 11.1803²) / 400 = 5.9948 %.
    expect(accountUncertainty(lines, "stock-balance")?.tier).toBe("medium");
  });

  it("is smaller for a factor that was measured", () => {
    const measured = { emissionsKgCo2: 1, kind: "fuel", evidence: "measured" } as const;
    // √(0.01² + 0.02²) = 2.2361 %.
    expect(accountUncertainty([measured], "legal-meter")?.uncertaintyFraction).toBeCloseTo(
      0.02236068,
      8,
    );
  });

  it("of nothing is unknown", () => {
    expect(accountUncertainty([], "invoice")).toBeNull();
    const zero = { emissionsKgCo2: 0, ...fuel };
    expect(accountUncertainty([zero], "invoice")).toBeNull();
  });

  it("stands beside each account, estimated unless the amounts are better", () => {
    const body = { period: "2026", electricity: { offTakeKwh: 1000 } };
    const { purposes } = calculated(body);
    expect(purposes.NDRC910_PARK.uncertainty?.tier).toBe("low");
    expect(purposes.ENTERPRISE_GHG_MARKET.uncertainty?.uncertaintyFraction).toBeCloseTo(0.1581, 4);
    const metered = calculated({ ...body, amountOrigin: "legal-meter" });
    expect(metered.purposes.ENTERPRISE_GHG_LOCATION.uncertainty?.uncertaintyFraction).toBeCloseTo(
      0.05099,
      5,
    );
  });
});

describe("ratios of nothing", () => {
  it("are unknown, not zero", () => {
    expect(energyPerValueAdded({ energyKgce: 1, valueAdded10kCny: 0 })).toBeNull();
    expect(energyPerProduct(1, 0)).toBeNull();
    const none = { energyKgce: 0, valueAdded10kCny: 0 };
    const some = { energyKgce: 1000, valueAdded10kCny: 10 };
    expect(declineFraction(none, some)).toBeNull();
    expect(declineFraction(some, none)).toBeNull();
    expect(energyForDeclineKgce(none, 10, 0.2)).toBeNull();
  });
});

describe("the interpretations", () => {
  it("answer D1 to D17, each once, in both languages, from a source, since a day", () => {
    expect(interpretations.map(({ id }) => id)).toEqual(
      Array.from({ length: 17 }, (_, index) => `D${index + 1}`),
    );
    for (const { question, answer, source, validFrom } of interpretations) {
      for (const text of [question.zh, question.en, answer.zh, answer.en, source]) {
        expect(text).not.toBe("");
      }
      expect(validFrom).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
  });

  it("name every parameter that a park can decide, except its order of factor sets", () => {
    const named = interpretations.flatMap(({ parameters }) => parameters);
    const decidable = Object.keys(defaultParameters).filter((name) => name !== "fuelFactorSets");
    expect([...named].sort()).toEqual(decidable.sort());
  });

  it("change on their day, the latest that has begun counting", () => {
    const change = (value: number, validFrom: string) => ({
      parameter: "provincialAllocation" as const,
      value,
      validFrom,
      source: "test",
    });
    const changes = [change(0.9, "2027-01-01"), change(0.8, "2026-01-01")];
    const at = (day: string) => parametersAt(changes, day).provincialAllocation;
    expect(at("2025-12-31")).toBeNull();
    expect(at("2026-01-01")).toBe(0.8);
    expect(at("2027-06-30")).toBe(0.9);
    expect(defaultParameters.provincialAllocation).toBeNull();
  });

  it("fall back along the park's order of factor sets only", () => {
    const order = ["prov2025", "ndrc24"];
    expect(factorSetOrder("prov2025", order)).toEqual(["prov2025", "ndrc24"]);
    expect(factorSetOrder("ndrc24", order)).toEqual(["ndrc24"]);
    expect(factorSetOrder("national", order)).toEqual(["national"]);
  });
});
