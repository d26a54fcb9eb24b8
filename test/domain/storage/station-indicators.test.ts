import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stationFindings } from "../../../src/domain/storage/station-findings.ts";
import {
  type StationEnergies,
  type StationIndicatorId,
  type StationPeriod,
  stationIndicators,
} from "../../../src/domain/storage/station-indicators.ts";

/** Thirty days of a station of 63 MW and 252 MWh. */
const month: StationPeriod = {
  hours: 720,
  ratedPowerKw: 63_000,
  ratedCapacityKwh: 252_000,
  energies: {
    ...{ gridImportKwh: 7_560_000, gridExportKwh: 6_350_000 },
    ...{ chargeKwh: 7_410_000, dischargeKwh: 6_480_000 },
    ...{ chargeDcKwh: 7_262_000, dischargeDcKwh: 6_605_000 },
    auxiliaryKwh: null,
  },
  outages: { plannedHours: 18, unplannedHours: 4.5 },
  storedRiseKwh: 0,
  dischargeEfficiency: 0.945,
};

function withEnergies(change: Partial<StationEnergies>): StationPeriod {
  return { ...month, energies: { ...month.energies, ...change } };
}

function figure(period: StationPeriod, id: StationIndicatorId): number | null {
  return stationIndicators(period).find((indicator) => indicator.id === id)?.value ?? null;
}

describe("indicators of a station month", () => {
  it.each<[StationIndicatorId, number, number]>([
    ["overallEfficiency", 0.83995, 5],
    ["conversionEfficiency", 0.87449, 5],
    ["conversionEfficiencyDc", 0.90953, 5],
    ["storageLossFraction", 0.12302, 5],
    ["auxiliaryKwh", 280_000, 6],
    ["auxiliaryFraction", 0.03704, 5],
    ["utilisationFraction", 0.30622, 5],
    ["equivalentHours", 220.48, 2],
    ["cyclesByDischarge", 26.21, 2],
    ["cyclesByThroughput", 27.51, 2],
    ["availabilityFraction", 0.96875, 9],
    ["plannedOutageFraction", 0.025, 9],
    ["unplannedOutageFraction", 0.00625, 9],
  ])("%s is %s", (id, value, digits) => {
    expect(figure(month, id)).toBeCloseTo(value, digits);
  });

  it("say where they come from", () => {
    const [overall] = stationIndicators(month);
    expect(overall).toMatchObject({
      state: "assessed",
      formula: "E_on / E_off",
      formulaVersion: "GB/T 36549-2018 family, version 1",
      meters: ["station"],
      evidence: "quoted",
    });
  });

  it("add up: efficiency, storage loss and own consumption are the whole", () => {
    const kwh = fc.integer({ min: 1_000_000, max: 9_000_000 });
    const rise = fc.integer({ min: -200_000, max: 200_000 });
    fc.assert(
      fc.property(kwh, kwh, kwh, fc.tuple(kwh, rise), (off, on, charge, [discharge, riseKwh]) => {
        const period = {
          ...withEnergies({
            ...{ gridImportKwh: off, gridExportKwh: on },
            ...{ chargeKwh: charge, dischargeKwh: discharge },
          }),
          storedRiseKwh: riseKwh,
        };
        const [whole, loss, own] = (
          ["overallEfficiency", "storageLossFraction", "auxiliaryFraction"] as const
        ).map((id) => figure(period, id) ?? Number.NaN);
        expect(1 - (loss ?? 0) - (own ?? 0)).toBeCloseTo(whole ?? 0, 9);
      }),
    );
  });

  it("count what is left in store as delivered, less what its delivery would lose", () => {
    // 100 MWh more in store would give 94.5 MWh: (6350 + 94.5) / 7560.
    const fuller = { ...month, storedRiseKwh: 100_000 };
    expect(figure(fuller, "overallEfficiency")).toBeCloseTo(6444.5 / 7560, 9);
    expect(figure(fuller, "conversionEfficiencyDc")).toBeCloseTo(6705 / 7262, 9);
    expect(figure(fuller, "auxiliaryKwh")).toBeCloseTo(280_000, 6);
    // Cycles and hours count what really flowed.
    expect(figure(fuller, "cyclesByThroughput")).toBeCloseTo(27.51, 2);
  });

  it("have no value where an energy is missing, and nothing is taken for zero", () => {
    const blind = stationIndicators(withEnergies({ gridExportKwh: null }));
    const missing = blind.filter(({ state }) => state === "missing").map(({ id }) => id);
    expect(missing).toEqual([
      "overallEfficiency",
      "auxiliaryKwh",
      "auxiliaryFraction",
      "transformationLossFraction",
    ]);
    const unlogged = { ...month, outages: { plannedHours: null, unplannedHours: 0 } };
    expect(figure(unlogged, "availabilityFraction")).toBeNull();
  });

  it("do not judge efficiency below three tenths of a cycle", () => {
    // 75 MWh each way on 252 MWh are 0.298 cycles, 76 are 0.302.
    const little = (kwh: number) => withEnergies({ chargeDcKwh: kwh, dischargeDcKwh: kwh });
    const states = (period: StationPeriod) =>
      Object.fromEntries(stationIndicators(period).map(({ id, state }) => [id, state]));
    expect(states(little(75_000))).toMatchObject({
      overallEfficiency: "not-assessable",
      auxiliaryFraction: "not-assessable",
      auxiliaryKwh: "assessed",
      utilisationFraction: "assessed",
      availabilityFraction: "assessed",
    });
    expect(states(little(76_000)).overallEfficiency).toBe("assessed");
  });

  it("split own consumption and transformer loss when own consumption has a meter", () => {
    const metered = withEnergies({ auxiliaryKwh: 200_000 });
    expect(figure(metered, "transformationLossFraction")).toBeCloseTo(80 / 7560, 9);
  });
});

describe("meters that contradict each other", () => {
  const codes = (period: StationPeriod) => stationFindings(period).map(({ code }) => code);

  it("are not found in a sound month", () => {
    expect(codes(month)).toEqual([]);
  });

  it.each<[string, Partial<StationEnergies>, readonly string[]]>([
    ["more charged than taken", { chargeKwh: 7_700_000 }, ["charge-above-import"]],
    ["more delivered than discharged", { gridExportKwh: 6_600_000 }, ["export-above-discharge"]],
    ["more own use than is left", { auxiliaryKwh: 400_000 }, ["auxiliary-above-difference"]],
    ["more on the DC side of charging", { chargeDcKwh: 7_600_000 }, ["charge-dc-above-ac"]],
    [
      "less on the DC side of discharging",
      { dischargeDcKwh: 6_300_000 },
      ["discharge-ac-above-dc"],
    ],
  ])("are found in %s", (_what, change, found) => {
    expect(codes(withEnergies(change))).toEqual(found);
  });

  it("are not compared where an energy is missing, and get the tolerance of their class", () => {
    expect(codes(withEnergies({ gridImportKwh: null, chargeDcKwh: null }))).toEqual([]);
    expect(codes(withEnergies({ gridExportKwh: 6_540_000 }))).toEqual([]);
  });

  it("may give more than they took when the storage was emptied", () => {
    const drained = withEnergies({
      ...{ chargeKwh: 100_000, chargeDcKwh: 98_000, dischargeKwh: 190_000 },
      ...{ dischargeDcKwh: 200_000, gridImportKwh: 110_000, gridExportKwh: 180_000 },
    });
    expect(codes(drained)).toEqual(["gain-in-converters", "gain-in-batteries"]);
    expect(codes({ ...drained, storedRiseKwh: -110_000 })).toEqual([]);
  });
});
