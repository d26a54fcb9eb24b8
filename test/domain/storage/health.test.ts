import { describe, expect, it } from "vitest";
import {
  type CapacitySegment,
  capacityEstimate,
  singleCapacityKwh,
  sohFraction,
  stationSohFraction,
} from "../../../src/domain/storage/capacity.ts";
import { resistanceAt25Ohm, stepResistanceOhm } from "../../../src/domain/storage/resistance.ts";
import { needsFullCharge, socDrift } from "../../../src/domain/storage/soc-drift.ts";
import { dayMs } from "../../../src/domain/time.ts";

const segment = (from: number, to: number, energyKwh: number, day = 0): CapacitySegment => ({
  ...{ socFromFraction: from, socToFraction: to, energyKwh },
  endedMs: day * dayMs,
});
const segments = [
  segment(0.1, 0.95, 206_100, 1),
  segment(0.12, 0.9, 189_000, 9),
  segment(0.08, 0.97, 215_600, 5),
  segment(0.35, 0.62, 66_400, 7),
];
const errors = { anchorSocFraction: 0.01, segmentEnergyKwh: 1000 };

describe("capacity from anchored segments", () => {
  it("of one segment is its energy over its swing, if the swing is large enough", () => {
    const singles = segments.map(singleCapacityKwh);
    expect(singles.map((kwh) => (kwh === null ? null : Number((kwh / 1000).toFixed(2))))).toEqual([
      242.47,
      242.31,
      242.25,
      null,
    ]);
  });

  it("of all of them weighs large swings more", () => {
    // Plain least squares gives 242.460; with errors in both it is 242.461 MWh, 96.2 % of 252.
    const estimate = capacityEstimate(segments, errors);
    expect((estimate?.capacityKwh ?? 0) / 1000).toBeCloseTo(242.461, 3);
    expect(sohFraction(estimate?.capacityKwh ?? 0, 252_000)).toBeCloseTo(0.962, 3);
    expect(estimate).toMatchObject({ segmentCount: 4, newestMs: 9 * dayMs });
  });

  it("says how sure it is", () => {
    // One segment of swing 0.85: σ = √(1000² + (242 471 × 0.014142)²) / 0.85 = 4201 kWh.
    const [one] = segments;
    const single = capacityEstimate(one === undefined ? [] : [one], errors);
    expect(single?.capacityKwh).toBeCloseTo(242_470.6, 1);
    expect(single?.standardErrorKwh).toBeCloseTo(4201, -1);
    const all = capacityEstimate(segments, errors);
    expect(all?.standardErrorKwh).toBeLessThan(single?.standardErrorKwh ?? 0);
    // Anchors of 1.5 %: 2.5 % of the capacity at a swing of 0.85, 7.9 % at 0.27.
    const poor = { anchorSocFraction: 0.015, segmentEnergyKwh: 0 };
    const shareOf = (swing: number) => {
      const found = capacityEstimate([segment(0, swing, 200_000 * swing)], poor);
      return (found?.standardErrorKwh ?? 0) / (found?.capacityKwh ?? 1);
    };
    expect(shareOf(0.85)).toBeCloseTo(0.025, 3);
    expect(shareOf(0.27)).toBeCloseTo(0.079, 3);
  });

  it("is unknown without a swing", () => {
    expect(capacityEstimate([], errors)).toBeNull();
    expect(capacityEstimate([segment(0.5, 0.5, 10)], errors)).toBeNull();
  });

  it("of a station is the sum of its clusters, and unknown with one of them", () => {
    const clusters = [{ capacityKwh: 90 }, { capacityKwh: 80 }];
    expect(stationSohFraction(clusters, 200)).toBeCloseTo(0.85, 12);
    expect(stationSohFraction([...clusters, { capacityKwh: null }], 300)).toBeNull();
    expect(stationSohFraction([], 300)).toBeNull();
  });
});

describe("resistance", () => {
  const before = { tsMs: 0, voltageV: 1332.8, currentA: -20 };
  const after = { tsMs: 1000, voltageV: 1318.4, currentA: -180 };

  it("is the step of the voltage over the step of the current", () => {
    expect(stepResistanceOhm(before, after, 280)).toBeCloseTo(0.09, 12);
  });

  it("is not read from slow or small steps", () => {
    expect(stepResistanceOhm(before, { ...after, tsMs: 2001 }, 280)).toBeNull();
    expect(stepResistanceOhm(before, { ...after, currentA: -75 }, 280)).toBeNull();
    expect(stepResistanceOhm(before, { ...after, tsMs: 0 }, 280)).toBeNull();
  });

  it("is brought to 25 °C", () => {
    expect(resistanceAt25Ohm(0.09, 25)).toBeCloseTo(0.09, 12);
    // At 10 °C: exp(−25000 / 8.3145 × (1/283.15 − 1/298.15)) = exp(−0.53426) = 0.5861.
    expect(resistanceAt25Ohm(1, 10)).toBeCloseTo(0.5861, 4);
    expect(resistanceAt25Ohm(1, 40)).toBeGreaterThan(1);
  });
});

describe("drift of the counted SOC", () => {
  const anchor = (day: number, bmsFraction: number, cycles: number) => ({
    ...{ tsMs: day * dayMs, bmsFraction, anchorFraction: 1, cycles },
  });

  it("is the BMS less the anchor, per day and per cycle", () => {
    const drift = socDrift([anchor(0, 0.99, 100), anchor(10, 0.96, 106)]);
    expect(drift?.driftFraction).toBeCloseTo(-0.04, 12);
    expect(drift?.perDayFraction).toBeCloseTo(-0.003, 12);
    expect(drift?.perCycleFraction).toBeCloseTo(-0.005, 12);
    expect(drift?.isOff).toBe(true);
  });

  it("is a figure without a rate with one anchor, and nothing with none", () => {
    expect(socDrift([anchor(0, 0.98, 1)])).toMatchObject({ perDayFraction: null, isOff: false });
    expect(socDrift([])).toBeNull();
  });

  it("calls for a full charge when no anchor came for two weeks", () => {
    expect(needsFullCharge([anchor(0, 1, 0)], 13 * dayMs)).toBe(false);
    expect(needsFullCharge([anchor(0, 1, 0)], 14 * dayMs)).toBe(true);
    expect(needsFullCharge([], 0)).toBe(true);
  });
});
