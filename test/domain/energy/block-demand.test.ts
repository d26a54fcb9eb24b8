import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockDemand } from "../../../src/domain/energy/block-demand.ts";
import type { EnergyStep } from "../../../src/domain/energy/energy-steps.ts";
import { quarterHourMs } from "../../../src/domain/time.ts";

function step(index: number, importKwh: number | null, more: Partial<EnergyStep> = {}): EnergyStep {
  const isKnown = importKwh !== null;
  return {
    ...{ startMs: index * quarterHourMs, amounts: { importKwh }, grade: isKnown ? "A" : null },
    ...{ coverage: isKnown ? 1 : 0, estimatedFraction: 0, revision: 1 },
    ...{ missingSlotCount: isKnown ? 0 : 1, ...more },
  };
}

describe("the demand of a month", () => {
  it("is four times the energy of its largest quarter hour", () => {
    // 12.5 kWh in a quarter hour are 50 kW; the mean of 10, 50 and 30 kW is 30, the load factor 0.6.
    const demand = blockDemand(
      [step(0, 2.5), step(1, 12.5), step(2, 7.5), step(3, null)],
      "importKwh",
    );
    expect(demand).toMatchObject({
      ...{ maximum: { startMs: quarterHourMs, powerKw: 50, grade: "A" }, meanKw: 30 },
      ...{ loadFactor: 0.6, blocksExpected: 4, blocksMeasured: 3, coverage: 0.75, grade: "A" },
      estimatedMaximum: null,
    });
  });

  it("does not come from the reading after an outage, nor from an incomplete sum", () => {
    const spread = { grade: "E2", estimatedFraction: 1, coverage: 0 } as const;
    const demand = blockDemand(
      [step(0, 10), step(1, 953, spread), step(2, 300, { missingSlotCount: 1, coverage: 0.5 })],
      "importKwh",
    );
    expect(demand.maximum).toMatchObject({ startMs: 0, powerKw: 40 });
    expect(demand.estimatedMaximum).toMatchObject({ startMs: quarterHourMs, powerKw: 3812 });
    expect(demand.coverage).toBeCloseTo(1 / 3, 12);
  });

  it("is not known where nothing is measured", () => {
    const nothing = { maximum: null, meanKw: null, loadFactor: null, grade: null };
    expect(blockDemand([step(0, null)], "importKwh")).toMatchObject({ ...nothing, coverage: 0 });
    expect(blockDemand([], "importKwh")).toMatchObject({ ...nothing, coverage: null });
  });

  it("is the same in whatever order the quarter hours come, and never below their mean", () => {
    const amounts = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(amounts, (kwh) => {
        const steps = kwh.map((amount, index) => step(index, amount));
        const demand = blockDemand(steps, "importKwh");
        const backwards = blockDemand([...steps].reverse(), "importKwh");
        expect(backwards.maximum?.powerKw).toBe(demand.maximum?.powerKw);
        expect(demand.maximum?.powerKw).toBe(Math.max(...kwh) * 4);
        expect(demand.loadFactor ?? 0).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});
