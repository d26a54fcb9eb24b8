import { describe, expect, it } from "vitest";
import type { CarbonCalculationPost } from "../../../src/contracts/carbon.ts";
import {
  declineFraction,
  energyForDeclineKgce,
  energyPerProduct,
  energyPerValueAdded,
} from "../../../src/domain/carbon/intensity.ts";
import { calculated } from "../../support/carbon.ts";

/** Worked examples are printed in tonnes with four digits, so half of the last digit in kg. */
const printedKg = 0.05;

/** A brewery's month: grid 1,200 MWh of which 300 green, roof 150 MWh, gas and diesel. */
const breweryMonth: CarbonCalculationPost = {
  period: "2026",
  equivalentKgcePerKwh: 0.3024,
  electricity: { offTakeKwh: 1_200_000, selfGeneratedKwh: 150_000, greenTradeKwh: 300_000 },
  fuels: [
    { carrier: "natural-gas", quantity: 60_000, unit: "Nm3" },
    { carrier: "diesel", quantity: 12_000, unit: "L" },
  ],
};

/** A park's year in the tier of 200,000 to 1,000,000 tce. */
const parkYear: CarbonCalculationPost = {
  period: "2026",
  equivalentKgcePerKwh: 0.3024,
  electricity: {
    offTakeKwh: 380_000_000,
    directKwh: 620_000_000,
    certificates: [{ kwh: 300_000_000, generationYear: 2026, cancelled: true }],
  },
  fuels: [
    { carrier: "natural-gas", quantity: 8_000_000, unit: "Nm3" },
    { carrier: "diesel", quantity: 3000, unit: "t" },
  ],
  heat: [{ origin: "fossil", quantityGj: 50_000 }],
};

describe("the month of an enterprise with grid, green trade, roof, gas and diesel", () => {
  const { purposes, certificates } = calculated(breweryMonth);
  const [gas, diesel] = purposes.NDRC910_PARK.lines;

  it("burns gas and diesel", () => {
    // Gas: 6 × 21.621888 = 129.731328 t. Diesel: 12,000 L × 0.84 kg/L = 10.08 t × 3.09591 = 31.2067728 t.
    expect(gas).toMatchObject({ source: "natural-gas", quantity: 60_000, unit: "Nm3" });
    expect(gas?.emissionsKgCo2).toBeCloseTo(129_731.328, 6);
    expect(diesel).toMatchObject({ source: "diesel", quantity: 12_000, unit: "L" });
    expect(diesel?.emissionsKgCo2).toBeCloseTo(31_206.7728, 6);
  });

  it("has three electricities: by location, by market and as the park method sees it", () => {
    // Location 1,200 MWh × 0.5306 = 636.72 t; market 900 × 0.6096 = 548.64 t; park 900 × 0.8325 = 749.25 t.
    // With the 160.9381008 t of the fuels: 797.6581, 709.5781 and 910.1881 t.
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(797_658.1008, 6);
    expect(purposes.ENTERPRISE_GHG_MARKET.emissionsKgCo2).toBeCloseTo(709_578.1008, 6);
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(910_188.1008, 6);
    expect(certificates).toMatchObject({ recognisedKwh: 0, unusedKwh: 0, residualKwh: 900_000 });
  });
});

describe("the comprehensive energy of the same month", () => {
  it("is 260.4026 tce calorific and 502.7276 tce equivalent", () => {
    // Electricity 1,350 MWh: × 0.1229 = 165.915 tce, × 0.3024 = 408.24 tce.
    // Gas 60,000 × 1.33 kgce = 79.8 tce; diesel 10,080 kg × 1.4571 = 14.687568 tce.
    const { energy } = calculated(breweryMonth);
    expect(energy.calorificKgce).toBeCloseTo(260_402.568, 6);
    expect(energy.equivalentKgce).toBeCloseTo(502_727.568, 6);
  });

  it("shows fresh water beside it, for the enterprise only", () => {
    // 20,000 t × 0.2571 kgce = 5.142 tce, so 265.5446 tce with water.
    const { energy } = calculated({
      ...breweryMonth,
      energyMedia: [{ medium: "fresh-water", quantity: 20_000 }],
    });
    expect(energy.calorificKgce + energy.mediaKgce).toBeCloseTo(265_544.568, 6);
    expect(energy.equivalentKgce).toBeCloseTo(502_727.568, 6);
  });

  it("is 62.0006 kgce for each of 4,200 kL", () => {
    // 260,402.568 / 4,200 = 62.000611…
    const { energy } = calculated(breweryMonth);
    expect(energyPerProduct(energy.calorificKgce, 4200)).toBeCloseTo(62.0006, 4);
  });
});

describe("the year of a park with direct supply, certificates, gas, diesel and bought heat", () => {
  const { energy, purposes, certificates } = calculated(parkYear);
  const park = purposes.NDRC910_PARK;

  it("consumes 319,117.3 tce and emits 98,685.2404 t", () => {
    // C = 1,000,000 MWh × 0.3024 + 10,640 + 4,371.3 + 50,000 GJ × 0.03412 (1,706) = 319,117.3 tce.
    // E = 80,000 × 0.8325 (66,600) + 800 × 21.621888 (17,297.5104) + 3,000 × 3.09591 (9,287.73) + 5,500 t.
    expect(energy.equivalentKgce).toBeCloseTo(319_117_300, 3);
    expect(park.emissionsKgCo2).toBeCloseTo(98_685_240.4, 3);
    expect(certificates).toEqual({
      recognisedKwh: 300_000_000,
      unusedKwh: 0,
      residualKwh: 80_000_000,
      eligibleKwh: 300_000_000,
      refused: [],
    });
  });

  it("misses the printed limit of its tier and has enough direct supply", () => {
    // 98,685.2404 / 319,117.3 = 0.30924440…
    expect(park.intensityTCo2PerTce).toBeCloseTo(0.309244, 6);
    expect(park).toMatchObject({
      limitTCo2PerTce: 0.2,
      limitStatus: "printed",
      meetsLimit: false,
      directSupplyFraction: 0.62,
      meetsDirectSupply: true,
    });
  });

  it("says how much more has to be covered", () => {
    // Allowed 0.2 × 319,117.3 = 63,823.46 t; without electricity 32,085.2404 t are emitted, so
    // 31,738.2196 / 0.8325 = 38,123.99 MWh may stay uncovered and 41,876.01 MWh need cover.
    expect(park.distance?.allowedKgCo2).toBeCloseTo(63_823_460, 3);
    expect((park.distance?.residualAllowedKwh ?? 0) / 1000).toBeCloseTo(38_123.99, 2);
    expect((park.distance?.coverNeededKwh ?? 0) / 1000).toBeCloseTo(41_876.01, 2);
    expect(park.distance?.certificatesNeeded).toBe(41_877);
  });

  it("is the case in which the two definitions of clean energy disagree", () => {
    // Clean 920,000 MWh × 0.3024 = 278,208 tce: / 319,117.3 = 87.1805 %; with gas (+ 10,640) 90.5147 %.
    expect(park.cleanEnergyFractionStrict).toBeCloseTo(0.871805, 6);
    expect(park.cleanEnergyFractionWithGas).toBeCloseTo(0.905147, 6);
  });

  it("meets the limit once that much more is covered, and not with one certificate less", () => {
    const covered = (certificateMwh: number) =>
      calculated({
        ...parkYear,
        electricity: {
          ...parkYear.electricity,
          certificates: [{ kwh: certificateMwh * 1000, generationYear: 2026, cancelled: true }],
        },
      }).purposes.NDRC910_PARK;
    expect(covered(300_000 + 41_877).meetsLimit).toBe(true);
    expect(covered(300_000 + 41_876).meetsLimit).toBe(false);
  });
});

describe("energy per value added", () => {
  const base = { energyKgce: 30_000_000, valueAdded10kCny: 380_000 };
  const later = { energyKgce: 31_500_000, valueAdded10kCny: 490_000 };

  it("is 0.067308 tce per 10,000 CNY for 35,000 tce and 5.2 billion CNY", () => {
    expect(energyPerValueAdded({ energyKgce: 35_000_000, valueAdded10kCny: 520_000 })).toBeCloseTo(
      0.067308,
      6,
    );
  });

  it("declines by 18.5714 %, which misses 20 %, for which 30,947.37 tce would be the most", () => {
    // 31,500 / 490,000 = 0.0642857; 30,000 / 380,000 = 0.0789474; 1 − 0.814286 = 0.185714.
    expect((declineFraction(base, later) ?? 0) * 100).toBeCloseTo(18.5714, 4);
    expect((energyForDeclineKgce(base, 490_000, 0.2) ?? 0) / 1000).toBeCloseTo(30_947.37, 2);
  });
});

describe("a building-material plant with waste water", () => {
  it("sets 178.6041 t free from carbonates, in the park indicator too", () => {
    // 300 × 0.98 × 0.43971 = 129.27474; 120 × 0.99 × 0.41523 = 49.329324; together 178.604064 t.
    const { purposes } = calculated({
      period: "2026",
      processes: [
        { material: "CaCO3", massT: 300, purity: 0.98 },
        { material: "Na2CO3", massT: 120, purity: 0.99 },
      ],
    });
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBeCloseTo(178_604.064, 6);
    expect(purposes.ENTERPRISE_GHG_LOCATION.emissionsKgCo2).toBeCloseTo(178_604.064, 6);
    expect(Math.abs(purposes.NDRC910_PARK.emissionsKgCo2 - 178_604.1)).toBeLessThan(printedKg);
  });

  it("lets 11,200 kg of methane go: 313.6 t CO2e with AR5, 235.2 t with SAR, none in the park", () => {
    // 180,000 m³ × (2.8 − 0.08) kg/m³ = 489,600 kg COD × 0.25 × 0.5 = 61,200 kg − 50,000 kg recovered.
    const withSet = (gwpSet: string) =>
      calculated({
        period: "2026",
        gwpSet,
        wasteWater: [
          {
            volumeM3: 180_000,
            codInKgPerM3: 2.8,
            codOutKgPerM3: 0.08,
            recoveredCh4Kg: 50_000,
            treatment: "beverage",
          },
        ],
      });
    const { otherGases, purposes } = withSet("AR5");
    expect(otherGases.lines[0]?.massKg).toBeCloseTo(11_200, 6);
    expect(otherGases.emissionsKgCo2e).toBeCloseTo(313_600, 5);
    expect(withSet("SAR").otherGases.emissionsKgCo2e).toBeCloseTo(235_200, 5);
    expect(purposes.NDRC910_PARK.emissionsKgCo2).toBe(0);
  });
});
