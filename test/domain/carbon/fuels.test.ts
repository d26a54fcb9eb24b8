import { describe, expect, it } from "vitest";
import type { CarbonCalculationPost } from "../../../src/contracts/carbon.ts";
import { calculated, refusalOf } from "../../support/carbon.ts";

type Fuel = NonNullable<CarbonCalculationPost["fuels"]>[number];

const withFuel = (fuel: Fuel, rest: Partial<CarbonCalculationPost> = {}) =>
  calculated({ period: "2026", fuels: [fuel], ...rest });

describe("fuels", () => {
  it.each([
    // EF in t/t × 1 t = kg × 1000; kgce from the norm, coals from the NCV of the CO2 factor.
    ["diesel", 3095.91, 1457.1, "prov2025"],
    ["gasoline", 2925.056, 1471.4, "prov2025"],
    ["lpg", 3101.33, 1714.3, "prov2025"],
    ["lng", 2831.257, 1757.2, "prov2025"],
    ["fuel-oil", 3170.461, 1428.6, "prov2025"],
    ["crude-oil", 3020.202, 1428.6, "prov2025"],
    ["coke", 2860.419, 971.4, "prov2025"],
    ["kerosene", 3151.713, 1471.4, "ndrc24"],
    ["bituminous-coal", 1741.75, (19.57 / 29.3076) * 1000, "prov2025"],
    ["lignite", 1172.864, (11.9 / 29.3076) * 1000, "prov2025"],
    ["anthracite", 2322.768, (24.515 / 29.3076) * 1000, "ndrc24"],
    ["petroleum-coke", 3211.542, (32.5 / 29.3076) * 1000, "prov2025"],
  ] as const)("burn: a tonne of %s is %f kg CO2 and %f kgce by %s", (carrier, kg, kgce, set) => {
    const { purposes, energy } = withFuel({ carrier, quantity: 1, unit: "t" });
    const [line] = purposes.NDRC910_PARK.lines;
    expect(line?.emissionsKgCo2).toBeCloseTo(kg, 6);
    expect(line?.fuelFactorSet).toBe(set);
    expect(energy.calorificKgce).toBeCloseTo(kgce, 6);
    expect(energy.equivalentKgce).toBe(energy.calorificKgce);
    expect(purposes.ENTERPRISE_GHG_MARKET.lines).toEqual(purposes.NDRC910_PARK.lines);
  });

  it("by the sector guidelines take their NCV too, so coal and carbon stay one coal", () => {
    const { purposes, energy } = withFuel(
      { carrier: "bituminous-coal", quantity: 1, unit: "t" },
      { fuelFactorSet: "ndrc24" },
    );
    expect(purposes.NDRC910_PARK.lines[0]).toMatchObject({
      fuelFactorSet: "ndrc24",
      factorId: "fuel.bituminous-coal.ndrc24",
    });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(2071.509, 6);
    expect(energy.calorificKgce).toBeCloseTo((23.204 / 29.3076) * 1000, 6);
  });

  it.each([
    ["natural-gas", [1000, "Nm3"], [38.931, "GJ"]],
    ["natural-gas", [1000, "Nm3"], [38_931 / 3.6, "kWh"]],
    ["natural-gas", [3.6, "GJ"], [1, "MWh"]],
    ["diesel", [1000, "L"], [840, "kg"]],
    ["gasoline", [1000, "L"], [0.73, "t"]],
    ["diesel", [1, "t"], [42.652, "GJ"]],
    ["bituminous-coal", [1000, "kg"], [19.57, "GJ"]],
    ["ethanol", [1, "t"], [26.8, "GJ"]],
    ["hydrogen", [1000, "Nm3"], [9.756, "GJ"]],
  ] as const)("give the same in every unit: %s as %j and %j", (carrier, first, second) => {
    const [one, other] = [first, second].map(([quantity, unit]) =>
      withFuel({ carrier, quantity, unit }),
    );
    expect(other?.energy.calorificKgce).toBeCloseTo(one?.energy.calorificKgce ?? 0, 6);
    expect(other?.purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(
      one?.purposes.NDRC910_PARK.emissionsKgCo2 ?? 0,
      6,
    );
  });

  it.each([
    ["diesel", "Nm3"],
    ["diesel", "kWh"],
    ["natural-gas", "L"],
    ["natural-gas", "t"],
    ["bituminous-coal", "L"],
    ["hydrogen", "kg"],
    ["coke", "Nm3"],
  ] as const)("do not come in every unit: %s in %s", (carrier, unit) => {
    expect(refusalOf(() => withFuel({ carrier, quantity: 1, unit }))).toEqual({
      code: "unit_mismatch",
      pointer: "/fuels/0/unit",
    });
  });

  it.each([
    ["a density of kerosene", "kerosene", "L", "/fuels/0/unit"],
    ["a density of ethanol", "ethanol", "L", "/fuels/0/unit"],
    ["a CO2 factor of methanol", "methanol", "t", "/fuels/0/carrier"],
  ] as const)("are refused without %s", (_what, carrier, unit, pointer) => {
    const asked = () => withFuel({ carrier, quantity: 1, unit });
    expect(refusalOf(asked)).toEqual({ code: "factor_missing", pointer });
  });

  it("are refused when the chosen set has no factor, and when there is no such set", () => {
    const ofSet = (fuelFactorSet: string) => () =>
      withFuel({ carrier: "lng", quantity: 1, unit: "t" }, { fuelFactorSet });
    expect(refusalOf(ofSet("ndrc24")).code).toBe("factor_missing");
    expect(refusalOf(ofSet("ipcc"))).toEqual({
      code: "unknown_factor_set",
      pointer: "/fuelFactorSet",
    });
  });

  it("hydrogen is energy without carbon, and not clean without proof of origin", () => {
    const { purposes, energy } = withFuel({ carrier: "hydrogen", quantity: 1000, unit: "Nm3" });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBe(0);
    expect(energy.calorificKgce).toBeCloseTo(332.9, 9);
    expect(purposes.NDRC910_PARK.cleanEnergyFractionStrict).toBe(0);
  });

  it("ethanol counts zero, with its carbon dioxide as a memo", () => {
    // 2 t × 1.91057 = 3,821.14 kg outside the total.
    const { purposes, energy } = withFuel({ carrier: "ethanol", quantity: 2, unit: "t" });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBe(0);
    expect(purposes.NDRC910_PARK.lines[0]?.memo?.biogenicKgCo2).toBeCloseTo(3821.14, 9);
    expect(purposes.NDRC910_PARK.cleanEnergyFractionStrict).toBe(1);
    expect(energy.calorificKgce).toBeCloseTo(1828.8, 9);
  });

  it("biogas has a memo without a figure, because none is published", () => {
    const { purposes } = withFuel({ carrier: "biogas", quantity: 2, unit: "Nm3" });
    expect(purposes.NDRC910_PARK.lines[0]?.memo).toEqual({ biogenicKgCo2: null });
  });

  it("natural gas is clean in the wide view only", () => {
    const { purposes, energy } = withFuel({ carrier: "natural-gas", quantity: 100, unit: "Nm3" });
    expect(energy.calorificKgce).toBeCloseTo(133, 9);
    expect(purposes.NDRC910_PARK).toMatchObject({
      cleanEnergyFractionStrict: 0,
      cleanEnergyFractionWithGas: 1,
    });
    // 21.621888 / 13.3 = 1.62570… tCO2/tce.
    expect(purposes.NDRC910_PARK.intensityTCo2PerTce).toBeCloseTo(1.6257, 4);
  });

  it("as feedstock are energy without combustion emissions", () => {
    const { purposes, energy } = withFuel({
      carrier: "natural-gas",
      quantity: 100,
      unit: "Nm3",
      use: "feedstock",
    });
    expect(purposes.NDRC910_PARK.lines).toEqual([]);
    expect(energy.lines[0]).toMatchObject({ isFeedstock: true });
    expect(energy.calorificKgce).toBeCloseTo(133, 9);
  });
});

describe("measured fuel values", () => {
  const measured = { ncvMj: 20, carbonTPerGj: 0.026, oxidationFraction: 0.95 };
  const coal = { carrier: "bituminous-coal", quantity: 1, unit: "t" } as const;

  it("beat the defaults one by one", () => {
    // NCV 20 GJ/t with the default 0.0261 and 0.93: 20 × 0.0261 × 0.93 × 44/12 = 1.78002 t; k = 20/29.3076.
    const { purposes, energy } = withFuel({ ...coal, measured: { ncvMj: 20 } });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(1780.02, 6);
    expect(purposes.NDRC910_PARK.lines[0]).toMatchObject({
      factorId: "fuel.bituminous-coal.prov2025",
      measuredInputs: ["ncvMj"],
    });
    expect(energy.calorificKgce).toBeCloseTo((20 / 29.3076) * 1000, 9);
  });

  it("need no default when all three are there", () => {
    // 20 × 0.026 × 0.95 × 44/12 = 1.811333… t.
    const methanol = withFuel({ carrier: "methanol", quantity: 1, unit: "t", measured });
    expect(methanol.purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(1811.333333, 6);
    expect(methanol.purposes.NDRC910_PARK.lines[0]).toMatchObject({
      factorId: "measured",
      evidence: "measured",
      fuelFactorSet: null,
    });
  });

  it("of a gas are per normal cubic metre", () => {
    // 36 MJ/Nm³ × 0.0153 t/GJ × 0.99 × 44/12 = 1.999404 kg/Nm³; k = 36/29.3076.
    const { purposes, energy } = withFuel({
      carrier: "natural-gas",
      quantity: 1000,
      unit: "Nm3",
      measured: { ncvMj: 36 },
    });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(1999.404, 6);
    expect(energy.calorificKgce).toBeCloseTo((36 / 29.3076) * 1000, 9);
  });

  it("cannot replace a part of a factor that has no parts", () => {
    const asked = () =>
      withFuel({ carrier: "hydrogen", quantity: 1, unit: "Nm3", measured: { ncvMj: 10 } });
    expect(refusalOf(asked)).toEqual({
      code: "measured_not_applicable",
      pointer: "/fuels/0/carrier",
    });
  });
});
