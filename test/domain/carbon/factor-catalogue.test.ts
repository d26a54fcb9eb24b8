import { describe, expect, it } from "vitest";
import type { Factor } from "../../../src/domain/carbon/factor.ts";
import {
  createFactorCatalogue,
  type FactorAsk,
} from "../../../src/domain/carbon/factor-catalogue.ts";
import { refusalOf, shippedFactors, testDay } from "../../support/carbon.ts";

const average: FactorAsk = {
  kind: "electricity",
  subject: "average",
  purpose: "ENTERPRISE_GHG_LOCATION",
  year: 2023,
  onDate: testDay,
};

describe("looking a factor up", () => {
  it.each([
    [2021, 0.5568, 2021, false],
    [2022, 0.5366, 2022, false],
    [2023, 0.5306, 2023, false],
    [2024, 0.5306, 2023, true],
    [2026, 0.5306, 2023, true],
  ])(
    "serves %i with %f of %i and says whether that is a stand-in: %s",
    (year, value, of, stand) => {
      const { factor, isFallbackYear } = shippedFactors.find({ ...average, year });
      expect(factor.value).toBe(value);
      expect(factor.dataYear).toBe(of);
      expect(isFallbackYear).toBe(stand);
    },
  );

  it("never serves a year before the first that is published", () => {
    const asked = () => shippedFactors.find({ ...average, year: 2020, pointer: "/period" });
    expect(refusalOf(asked)).toEqual({ code: "factor_missing", pointer: "/period" });
  });

  it.each([
    ["a footprint factor in an inventory", "electricity-footprint", "average", "NDRC910_PARK"],
    ["the national average in the park indicator", "electricity", "average", "NDRC910_PARK"],
    ["the park's factor in a location-based total", "electricity", "park-residual", undefined],
    ["the park's zero in a market-based total", "electricity", "park-certified", undefined],
    ["a factor of the carbon market of old", "electricity", "average-ets", undefined],
    ["the average in a market-based total", "electricity", "average", "ENTERPRISE_GHG_MARKET"],
    ["fresh water in the energy of a park", "coal-equivalent", "fresh-water", "NDRC910_PARK"],
  ] as const)("refuses %s", (_what, kind, subject, purpose) => {
    const asked = () =>
      shippedFactors.find({ ...average, kind, subject, purpose: purpose ?? average.purpose });
    expect(refusalOf(asked).code).toBe("factor_purpose_mismatch");
  });

  it("refuses a region's average in the place of the national one", () => {
    const asked = () => shippedFactors.find({ ...average, region: "CN-southwest" });
    expect(refusalOf(asked).code).toBe("factor_purpose_mismatch");
    const shown = shippedFactors.find({
      ...average,
      region: "CN-southwest",
      purpose: "DISCLOSURE",
    });
    expect(shown.factor.value).toBe(0.2472);
  });

  it("has no provincial factor of Tibet, for any year", () => {
    const tibet = shippedFactors.current.filter(({ region }) => region === "CN-XZ");
    expect(tibet.map(({ id, value }) => ({ id, value }))).toEqual([
      { id: "electricity.average.cn-xz.2023", value: null },
    ]);
    const asked = () =>
      shippedFactors.find({ ...average, region: "CN-XZ", purpose: "DISCLOSURE", year: 2026 });
    expect(refusalOf(asked).code).toBe("factor_missing");
  });

  it("takes the first set that has the fuel", () => {
    const fuel = { ...average, kind: "fuel", sets: ["prov2025", "ndrc24"] } as const;
    expect(shippedFactors.find({ ...fuel, subject: "diesel" }).factor.set).toBe("prov2025");
    expect(shippedFactors.find({ ...fuel, subject: "kerosene" }).factor.set).toBe("ndrc24");
    const guideline = { ...fuel, sets: ["ndrc24"] };
    expect(shippedFactors.find({ ...guideline, subject: "diesel" }).factor.value).toBe(3.145122);
    expect(refusalOf(() => shippedFactors.find({ ...guideline, subject: "lng" })).code).toBe(
      "factor_missing",
    );
  });
});

describe("versions of a catalogue", () => {
  const [base] = shippedFactors.current.filter(({ id }) => id === "electricity.average.cn.2023");
  if (base === undefined) throw new Error("the shipped catalogue lacks the factor of this test");
  const corrected: Factor = { ...base, version: 2, value: 0.53 };
  const catalogue = createFactorCatalogue([corrected, base]);

  it("let a higher version replace the factor for new accounts, whatever their order", () => {
    expect(catalogue.find(average).factor.value).toBe(0.53);
    expect(catalogue.current).toHaveLength(1);
  });

  it("keep the earlier one for accounts that were made with it", () => {
    expect(catalogue.get(base.id, 1)?.value).toBe(0.5306);
    expect(catalogue.get(base.id, 2)?.value).toBe(0.53);
    expect(catalogue.get(base.id, 3)).toBeUndefined();
    expect(catalogue.get(base.id)?.value).toBe(0.53);
  });

  it("take a factor up from its first day to its last", () => {
    const bounded: Factor = { ...base, validFrom: "2026-01-01", validTo: "2026-12-31" };
    const on = (onDate: string) => () =>
      createFactorCatalogue([bounded]).find({ ...average, onDate });
    expect(on("2026-01-01")().factor.value).toBe(0.5306);
    expect(on("2026-12-31")().factor.value).toBe(0.5306);
    expect(refusalOf(on("2025-12-31")).code).toBe("factor_missing");
    expect(refusalOf(on("2027-01-01")).code).toBe("factor_missing");
  });
});
