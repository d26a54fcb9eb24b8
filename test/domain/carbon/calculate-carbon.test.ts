import { describe, expect, it } from "vitest";
import type { CarbonCalculationPost } from "../../../src/contracts/carbon.ts";
import { calculated, refusalOf } from "../../support/carbon.ts";

type Electricity = NonNullable<CarbonCalculationPost["electricity"]>;

const withElectricity = (electricity: Electricity, rest: Partial<CarbonCalculationPost> = {}) =>
  calculated({ period: "2026", equivalentKgcePerKwh: 0.3, electricity, ...rest });
describe("an account of nothing", () => {
  const { energy, certificates, purposes, notes } = calculated({ period: "2026" });

  it("has zero emissions and no ratio, because nothing is not a number", () => {
    expect(energy).toMatchObject({ equivalentKgce: 0, calorificKgce: 0, lines: [] });
    expect(certificates).toMatchObject({ recognisedKwh: 0, unusedKwh: 0, residualKwh: 0 });
    expect(purposes.NDRC910_PARK).toEqual({
      emissionsKgCo2: 0,
      intensityTCo2PerTce: null,
      limitTCo2PerTce: 0.2,
      limitStatus: "threshold_unconfirmed",
      meetsLimit: null,
      directSupplyFraction: null,
      meetsDirectSupply: null,
      cleanEnergyFractionStrict: null,
      cleanEnergyFractionWithGas: null,
      greenElectricityFraction: null,
      distance: null,
      uncertainty: null,
      lines: [],
    });
    expect(purposes.NF_622).toMatchObject({ nonFossilKwh: 0, nonFossilFraction: null });
    expect(notes).toEqual([]);
  });

  it("is the same when every field is written as null", () => {
    const nothing: CarbonCalculationPost = {
      period: "2026",
      equivalentKgcePerKwh: null,
      provincialAllocation: null,
      fuelFactorSet: null,
      electricity: {
        offTakeKwh: null,
        directKwh: null,
        selfGeneratedKwh: null,
        exportedKwh: null,
        greenTradeKwh: null,
        certificates: [{ kwh: null, generationYear: null, cancelled: null }],
      },
      fuels: [{ carrier: null, quantity: null, unit: null }],
      heat: [{ origin: null, quantityGj: null }],
      processes: [{ material: null, massT: null, purity: null }],
    };
    expect(calculated(nothing)).toEqual(calculated({ period: "2026" }));
  });

  it("needs no factor for a fuel of quantity zero", () => {
    const nothing = calculated({
      period: "2026",
      fuels: [{ carrier: "methanol", quantity: 0, unit: "L" }],
    });
    expect(nothing.purposes.NDRC910_PARK.lines).toEqual([]);
  });

  it("has emissions without energy when only a process releases them", () => {
    const { purposes } = calculated({
      period: "2026",
      processes: [{ material: "MgCO3", massT: 2, purity: 0.5 }],
    });
    // 2 × 0.5 × 0.52197 = 0.52197 t.
    expect(purposes.NDRC910_PARK).toMatchObject({ intensityTCo2PerTce: null, meetsLimit: null });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(521.97, 9);
  });
});

describe("electricity", () => {
  it("from a direct line alone is free of carbon and wholly direct", () => {
    const { purposes, energy } = withElectricity({ directKwh: 1_000_000 });
    expect(energy.equivalentKgce).toBeCloseTo(300_000, 6);
    expect(purposes.NDRC910_PARK).toMatchObject({
      emissionsKgCo2: 0,
      intensityTCo2PerTce: 0,
      meetsLimit: true,
      directSupplyFraction: 1,
      cleanEnergyFractionStrict: 1,
    });
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBe(0);
    expect(purposes.ENTERPRISE_GHG_LOCATION.lines[0]).toMatchObject({
      source: "direct-electricity",
      quantity: 1_000_000,
      factorId: "electricity.own-or-direct",
    });
    expect(purposes.NF_622.nonFossilFraction).toBe(1);
  });

  it("that is exported leaves own generation first and earns no credit", () => {
    // Consumption 100 + 60 + 50 − 20 = 190; own use 30, direct 60; direct share 90/190.
    const { electricity, purposes } = withElectricity({
      offTakeKwh: 100,
      directKwh: 60,
      selfGeneratedKwh: 50,
      exportedKwh: 20,
    });
    expect(electricity).toMatchObject({ consumptionKwh: 190, selfUsedKwh: 30, directUsedKwh: 60 });
    expect(purposes.NDRC910_PARK.directSupplyFraction).toBeCloseTo(90 / 190, 12);
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(83.25, 9);
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(53.06, 9);
  });

  it("that is exported beyond own generation leaves the direct line then", () => {
    // 70 out of 50 own and 60 direct: own use 0, direct 40; consumption 100 + 60 + 50 − 70 = 140.
    const { electricity, purposes } = withElectricity({
      offTakeKwh: 100,
      directKwh: 60,
      selfGeneratedKwh: 50,
      exportedKwh: 70,
    });
    expect(electricity).toMatchObject({ consumptionKwh: 140, selfUsedKwh: 0, directUsedKwh: 40 });
    expect(purposes.NF_622).toMatchObject({ nonFossilKwh: 40, physicalKwh: 40 });
    expect(purposes.NDRC910_PARK.directSupplyFraction).toBeCloseTo(40 / 140, 12);
  });

  it("that is wholly exported leaves no consumption, whatever floating point makes of it", () => {
    // 26,843,216.102 + 900.692 − 26,844,116.794 is not 0 in binary; nor is 0.3 − (0.1 + 0.2).
    const exported = withElectricity({
      directKwh: 26_843_216.102,
      selfGeneratedKwh: 900.692,
      exportedKwh: 26_844_116.794,
    });
    expect(exported.electricity).toMatchObject({ consumptionKwh: 0, directUsedKwh: 0 });
    expect(exported.purposes.NDRC910_PARK.directSupplyFraction).toBeNull();
    const covered = withElectricity({
      offTakeKwh: 0.1 + 0.2,
      greenTradeKwh: 0.1,
      certificates: [{ kwh: 0.2, generationYear: 2026, cancelled: true }],
    });
    expect(covered.certificates.residualKwh).toBe(0);
    expect(covered.purposes.NDRC910_PARK.emissionsKgCo2).toBe(0);
  });

  it.each([
    ["more exported than there was", { offTakeKwh: 100, selfGeneratedKwh: 50, exportedKwh: 51 }],
    ["more green trade than off-take", { offTakeKwh: 100, greenTradeKwh: 101 }],
    ["more attributes sold than used", { selfGeneratedKwh: 50, attributeSoldKwh: 51 }],
  ])("is refused with %s", (_what, electricity) => {
    const [last = ""] = Object.keys(electricity).slice(-1);
    const { code, pointer } = refusalOf(() => withElectricity(electricity));
    expect(pointer).toBe(`/electricity/${last}`);
    expect([
      "export_exceeds_supply",
      "green_trade_exceeds_off_take",
      "attribute_exceeds_use",
    ]).toContain(code);
  });

  it("counts as remaining when its renewable attribute was sold", () => {
    // 40 of 100 own kWh sold: 40 × 0.8325 in the park, 40 × 0.6096 by market, 0 by location.
    const { purposes, certificates } = withElectricity({
      selfGeneratedKwh: 100,
      attributeSoldKwh: 40,
    });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(33.3, 9);
    expect(purposes.ENTERPRISE_GHG_MARKET.emissionsKgCo2).toBeCloseTo(24.384, 9);
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBe(0);
    expect(purposes.NDRC910_PARK).toMatchObject({
      directSupplyFraction: 0.6,
      cleanEnergyFractionStrict: 0.6,
    });
    expect(purposes.NF_622.nonFossilFraction).toBe(0.6);
    expect(certificates.residualKwh).toBe(0);
  });
});

describe("certificates", () => {
  const certificate = (
    kwh: number,
    generationYear?: number | null,
    cancelled?: boolean | null,
  ) => ({
    kwh,
    generationYear,
    cancelled,
  });

  it("count up to the off-take that green trade leaves; the rest stays unused", () => {
    // Off-take 1,000, trade 300: room for 700; eligible 900, so 200 unused and nothing residual.
    const { certificates, purposes } = withElectricity({
      offTakeKwh: 1000,
      greenTradeKwh: 300,
      certificates: [certificate(400, 2026, true), certificate(500, 2026, true)],
    });
    expect(certificates).toMatchObject({ recognisedKwh: 700, unusedKwh: 200, residualKwh: 0 });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBe(0);
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(530.6, 9);
    expect(purposes.ENTERPRISE_GHG_MARKET.emissionsKgCo2).toBe(0);
    expect(purposes.NF_622).toMatchObject({ nonFossilKwh: 1000, nonFossilFraction: 1 });
  });

  it("do not cover a direct line or own generation", () => {
    const { certificates } = withElectricity({
      directKwh: 500,
      selfGeneratedKwh: 500,
      certificates: [certificate(100, 2026, true)],
    });
    expect(certificates).toMatchObject({ recognisedKwh: 0, unusedKwh: 100, residualKwh: 0 });
  });

  it("count only when cancelled and generated in the year of the period", () => {
    const { certificates, notes } = withElectricity({
      offTakeKwh: 1000,
      certificates: [
        certificate(10, 2026, false),
        certificate(20, 2025, true),
        certificate(30, 2027, true),
        certificate(40, null, true),
        certificate(50, 2026, null),
        certificate(60, 2026, true),
      ],
    });
    expect(certificates).toEqual({
      eligibleKwh: 60,
      recognisedKwh: 60,
      unusedKwh: 0,
      residualKwh: 940,
      refused: [
        { index: 0, kwh: 10, reason: "not_cancelled" },
        { index: 1, kwh: 20, reason: "other_year" },
        { index: 2, kwh: 30, reason: "other_year" },
        { index: 3, kwh: 40, reason: "year_unknown" },
        { index: 4, kwh: 50, reason: "not_cancelled" },
      ],
    });
    expect(notes.filter(({ id }) => id === "certificate_not_counted")).toHaveLength(5);
  });

  it.each(["2026", "2026-03", "2026-12-31"])("of the year count in the period %s", (period) => {
    const { certificates } = calculated({
      period,
      electricity: { offTakeKwh: 100, certificates: [certificate(10, 2026, true)] },
    });
    expect(certificates.recognisedKwh).toBe(10);
  });
});

describe("the limit of a park", () => {
  // With 1 kgce/kWh the consumption in kWh is the consumption in kgce.
  const ofTce = (tce: number) =>
    calculated({
      period: "2026",
      equivalentKgcePerKwh: 1,
      electricity: { directKwh: tce * 1000 },
    }).purposes.NDRC910_PARK;

  it.each([
    [199_999.9, 0.2, "threshold_unconfirmed"],
    [200_000, 0.2, "printed"],
    [999_999.9, 0.2, "printed"],
    [1_000_000, 0.3, "printed"],
  ])("for %f tce is %f, %s", (tce, limitTCo2PerTce, limitStatus) => {
    expect(ofTce(tce)).toMatchObject({ limitTCo2PerTce, limitStatus, meetsLimit: true });
  });

  it("is met exactly at the limit and missed just above", () => {
    // An all-electric park passes with at most 0.2 × 0.3024 / 0.8325 = 7.2648… % uncovered.
    const share = (0.2 * 0.3024) / 0.8325;
    expect(share).toBeCloseTo(0.0726, 4);
    const uncovered = (fraction: number) =>
      calculated({
        period: "2026",
        equivalentKgcePerKwh: 0.3024,
        electricity: { offTakeKwh: fraction * 1e9, directKwh: (1 - fraction) * 1e9 },
      }).purposes.NDRC910_PARK;
    expect(uncovered(share).meetsLimit).toBe(true);
    expect(uncovered(share + 1e-6).meetsLimit).toBe(false);
    expect(uncovered(0.07).limitStatus).toBe("printed");
  });

  it("is met by what floating point puts a hair above it", () => {
    // 88 × 0.8325 = 73.26 kg; (88 + 1,133) × 0.3 = 366.3 kgce; 0.2 exactly, 0.20000000000000004 in binary.
    const { purposes } = withElectricity({ offTakeKwh: 88, directKwh: 1133 });
    expect(purposes.NDRC910_PARK.intensityTCo2PerTce).toBeGreaterThan(0.2);
    expect(purposes.NDRC910_PARK.meetsLimit).toBe(true);
  });

  it.each([0, 1000])("is out of reach of certificates when fuel exceeds it, with %i kWh", (kwh) => {
    const { distance } = calculated({
      period: "2026",
      electricity: { offTakeKwh: kwh },
      fuels: [{ carrier: "diesel", quantity: 10, unit: "t" }],
    }).purposes.NDRC910_PARK;
    expect(distance?.excessKgCo2).toBeGreaterThan(0);
    expect(distance).toMatchObject({ coverNeededKwh: null, certificatesNeeded: null });
  });

  it("speaks of the year, so a month says that it was judged by itself", () => {
    const ids = (period: string) =>
      calculated({ period, electricity: { offTakeKwh: 1 } }).notes.map(({ id }) => id);
    expect(ids("2026-11")).toContain("period_not_a_year");
    expect(ids("2026")).not.toContain("period_not_a_year");
  });
});

describe("heat and processes", () => {
  it("fossil heat emits, other heat is clean energy", () => {
    // 100 GJ fossil: 11 t; 200 GJ geothermal: 0; energy 300 × 34.12 kgce; clean 200/300.
    const { purposes, energy } = calculated({
      period: "2026",
      heat: [
        { origin: "fossil", quantityGj: 100 },
        { origin: "geothermal", quantityGj: 200 },
      ],
    });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(11_000, 9);
    expect(purposes.ENTERPRISE_GHG_MARKET.emissionsKgCo2).toBeCloseTo(11_000, 9);
    expect(energy.calorificKgce).toBeCloseTo(10_236, 9);
    expect(purposes.NDRC910_PARK.cleanEnergyFractionStrict).toBeCloseTo(2 / 3, 12);
  });

  it.each([
    ["limestone", "CaCO3", 0.43971],
    ["soda-ash", "Na2CO3", 0.41523],
    ["CaMg(CO3)2", "dolomite", 0.47732],
    ["clinker", "clinker", 0.538],
  ] as const)("%s counts as %s", (material, subject, factor) => {
    const { purposes, notes } = calculated({
      period: "2026",
      processes: [{ material, massT: 10 }],
    });
    expect(purposes.NDRC910_PARK.lines[0]?.factorId).toBe(`process.${subject}`);
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(factor * 10_000, 6);
    expect(notes.map(({ id }) => id)).toContain("purity_assumed");
  });

  it("only what decomposes is set free", () => {
    const { purposes } = calculated({
      period: "2026",
      processes: [{ material: "CaCO3", massT: 100, purity: 0.9, decompositionFraction: 0.5 }],
    });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(45 * 439.71, 6);
  });
});

describe("the non-fossil view", () => {
  it("allocates the rest of the off-take with the provincial coefficient, which the park ignores", () => {
    // Off-take 1,000, trade 200, certificates 100, own 300: (1,000 − 300) × 0.85 = 595.
    // NF = 300 + 200 + 100 + 595 = 1,195 of 1,300.
    const body = {
      offTakeKwh: 1000,
      greenTradeKwh: 200,
      selfGeneratedKwh: 300,
      certificates: [{ kwh: 100, generationYear: 2026, cancelled: true }],
    };
    const { purposes } = withElectricity(body, { provincialAllocation: 0.85 });
    expect(purposes.NF_622).toEqual({
      nonFossilKwh: 1195,
      nonFossilFraction: 1195 / 1300,
      physicalKwh: 300,
      energyTradeKwh: 200,
      certificateKwh: 100,
      allocationKwh: 595,
      provincialAllocation: 0.85,
    });
    const without = withElectricity(body);
    expect(without.purposes.NDRC910_PARK).toEqual(purposes.NDRC910_PARK);
    expect(without.purposes.NF_622).toMatchObject({ nonFossilKwh: 600, allocationKwh: 0 });
    expect(without.notes.map(({ id }) => id)).toContain("no_provincial_allocation");
  });
});

describe("the year of an account", () => {
  const gridOf = (period: string) =>
    calculated({ period, electricity: { offTakeKwh: 1000 } }).purposes;

  it("takes the averages of its own year, or says that it had to take an earlier one", () => {
    expect(gridOf("2022").ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(536.6, 9);
    expect(gridOf("2022-05").ENTERPRISE_GHG_MARKET.emissionsKgCo2).toBeCloseTo(585.6, 9);
    expect(gridOf("2022").ENTERPRISE_GHG_LOCATION.lines[0]?.isFallbackYear).toBe(false);
    expect(gridOf("2026").ENTERPRISE_GHG_LOCATION.lines[0]).toMatchObject({
      factorId: "electricity.average.cn.2023",
      factorYear: 2023,
      isFallbackYear: true,
      evidence: "secondary",
    });
    const { notes } = calculated({ period: "2026", electricity: { offTakeKwh: 1000 } });
    expect(notes.filter(({ id }) => id === "factor_year_fallback")).toHaveLength(2);
  });

  it("has the printed park factor in every year, also before the year that it describes", () => {
    for (const period of ["2021", "2023", "2025", "2026", "2030"]) {
      expect(gridOf(period).NDRC910_PARK.emissionsKgCo2).toBeCloseTo(832.5, 9);
      expect(gridOf(period).NDRC910_PARK.lines[0]?.isFallbackYear).toBe(false);
    }
  });

  it("is refused before the first published average, unless no grid electricity was used", () => {
    expect(refusalOf(() => gridOf("2020"))).toEqual({
      code: "factor_missing",
      pointer: "/electricity/offTakeKwh",
    });
    expect(
      calculated({ period: "2020", electricity: { directKwh: 1 } }).purposes.NDRC910_PARK
        .emissionsKgCo2,
    ).toBe(0);
  });

  it.each(["2026-13", "2026-02-30", "0000-00"])("does not exist in %s", (period) => {
    expect(refusalOf(() => calculated({ period })).code).toBe("invalid_period");
  });
});

describe("the parameters of a park", () => {
  it("choose the newest fossil factor from the day on which the park decides so", () => {
    const change = {
      parameter: "residualFactor",
      value: "fossil-power",
      validFrom: "2026-01-01",
      source: "test",
    } as const;
    const emissions = (period: string) =>
      calculated({ period, electricity: { offTakeKwh: 1000 } }, [change]).purposes.NDRC910_PARK
        .emissionsKgCo2;
    expect(emissions("2026")).toBeCloseTo(827.3, 9);
    expect(emissions("2025")).toBeCloseTo(832.5, 9);
  });

  it("may leave own use out of direct supply and feedstock out of the energy", () => {
    const changes = [
      { parameter: "isSelfUseDirectSupply", value: false, validFrom: "2025-01-01", source: "test" },
      { parameter: "isFeedstockCounted", value: false, validFrom: "2025-01-01", source: "test" },
    ] as const;
    const park = calculated(
      {
        period: "2026",
        equivalentKgcePerKwh: 0.3,
        electricity: { selfGeneratedKwh: 600, directKwh: 400 },
        fuels: [{ carrier: "natural-gas", quantity: 100, unit: "Nm3", use: "feedstock" }],
      },
      changes,
    ).purposes.NDRC910_PARK;
    expect(park).toMatchObject({ directSupplyFraction: 0.4, cleanEnergyFractionStrict: 1 });
  });

  it("give way to what the request tries", () => {
    const change = {
      parameter: "equivalentKgcePerKwh",
      value: 0.31,
      validFrom: "2026-01-01",
      source: "test",
    } as const;
    const body = { period: "2026", electricity: { offTakeKwh: 1000 } };
    expect(calculated(body).energy.equivalentKgce).toBeCloseTo(302.4, 9);
    expect(calculated(body).parameters.equivalentFactorId).toBe(
      "coal-equivalent.electricity-equivalent.2024",
    );
    expect(calculated(body, [change]).energy.equivalentKgce).toBeCloseTo(310, 9);
    expect(
      calculated({ ...body, equivalentKgcePerKwh: 0.29 }, [change]).energy.equivalentKgce,
    ).toBeCloseTo(290, 9);
  });
});
