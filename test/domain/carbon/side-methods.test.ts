import { describe, expect, it } from "vitest";
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
import {
  carbonDioxideEquivalent,
  gasLossKg,
  wasteWaterMethaneKg,
} from "../../../src/domain/carbon/other-gases.ts";
import {
  amountUncertainty,
  factorUncertainty,
  lineUncertainty,
  totalUncertainty,
  uncertaintyTier,
} from "../../../src/domain/carbon/uncertainty.ts";
import { context2026, refusalOf } from "../../support/carbon.ts";

describe("other gases", () => {
  it("escape as what came in and is neither left nor recovered", () => {
    // 10 + 4 − 9 − 2 = 3 kg of R-410A × 1,924 = 5,772 kg CO2e.
    const massKg = gasLossKg({
      gas: "R-410A",
      openingKg: 10,
      purchasedKg: 4,
      closingKg: 9,
      recoveredKg: 2,
    });
    const release = { gas: "R-410A", massKg, gwpSet: "AR5" };
    const line = carbonDioxideEquivalent(release, context2026, "ENTERPRISE_GHG_MARKET");
    expect(line).toMatchObject({ massKg: 3, emissionsKgCo2e: 5772, gwpConfirmed: false });
  });

  it("are never priced with the potential of another set", () => {
    const release = { gas: "SF6", massKg: 1, gwpSet: "SAR" };
    expect(
      refusalOf(() => carbonDioxideEquivalent(release, context2026, "ENTERPRISE_GHG_MARKET")).code,
    ).toBe("factor_missing");
  });

  it("earn no credit when more methane was caught than arises", () => {
    const activity = {
      volumeM3: 100,
      codInKgPerM3: 1,
      codOutKgPerM3: 0,
      sludgeCodKg: 20,
      recoveredCh4Kg: 0,
      methaneCorrectionFraction: 0.8,
    };
    const purpose = "ENTERPRISE_GHG_LOCATION";
    // (100 − 20) × 0.25 × 0.8 = 16 kg.
    expect(wasteWaterMethaneKg(activity, context2026, purpose)).toBeCloseTo(16, 12);
    const caught = { ...activity, recoveredCh4Kg: 17 };
    expect(wasteWaterMethaneKg(caught, context2026, purpose)).toBe(0);
  });
});

describe("steam", () => {
  it("brings its enthalpy above feed water", () => {
    // 10 t × (2,777 − 83.74) kJ/kg = 26.9326 GJ.
    expect(steamHeatGj(10, 2777)).toBeCloseTo(26.9326, 10);
  });
});

describe("uncertainty", () => {
  it("of a line is the root of the squares of its two parts", () => {
    expect(
      lineUncertainty({ amountUncertaintyFraction: 0.03, factorUncertaintyFraction: 0.04 }),
    ).toBeCloseTo(0.05, 12);
  });

  it("of a total weighs the lines by their emissions", () => {
    // Lines of 300 and 100 kg with 5 % each: √(15² + 5²) / 400 = 15.8113883 / 400 = 3.9528 %.
    const parts = { amountUncertaintyFraction: 0.03, factorUncertaintyFraction: 0.04 };
    const total = totalUncertainty([
      { emissionsKgCo2: 300, ...parts },
      { emissionsKgCo2: 100, ...parts },
    ]);
    expect(total).toBeCloseTo(0.0395284708, 9);
    expect(uncertaintyTier(total ?? 1)).toBe("high");
    expect([0.05, 0.06, 0.1, 0.11].map(uncertaintyTier)).toEqual([
      "high",
      "medium",
      "medium",
      "low",
    ]);
  });

  it("of nothing is unknown", () => {
    expect(totalUncertainty([])).toBeNull();
  });

  it("has a default for every way in which a figure arises", () => {
    expect(Object.values(amountUncertainty).every((value) => value > 0 && value < 1)).toBe(true);
    expect(factorUncertainty["process-default"]).toBeGreaterThan(factorUncertainty.measured);
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
