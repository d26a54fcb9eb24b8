import { describe, expect, it } from "vitest";
import { qualityByName, type StepInput } from "../../../src/domain/energy/energy-steps.ts";
import { quarterHourMs } from "../../../src/domain/time.ts";

function slot(name: string, index: number, part: Partial<StepInput> = {}): StepInput {
  return {
    ...{ name, startMs: index * quarterHourMs, amount: 10, estimatedAmount: 0, grade: "A" },
    ...{ coverageSum: 1, meterCount: 1, revision: 1, ...part },
  };
}

describe("the quality of each name", () => {
  // Four quarter hours. The grid has one meter and all four; PV has two meters, of which one is
  // silent in the last slot, and one slot of both is an estimate.
  const interval = { startMs: 0, endMs: 4 * quarterHourMs };
  const expected = new Map([
    ["importKwh", 1],
    ["generationKwh", 2],
    ["exportKwh", 1],
  ]);
  const inputs = [
    ...[0, 1, 2, 3].map((index) => slot("importKwh", index)),
    slot("generationKwh", 0, { coverageSum: 2, meterCount: 2 }),
    slot("generationKwh", 1, { coverageSum: 2, meterCount: 2 }),
    slot("generationKwh", 2, { coverageSum: 0, meterCount: 2, grade: "E1", estimatedAmount: 10 }),
    slot("generationKwh", 3, { coverageSum: 1, meterCount: 1 }),
  ];

  it("does not let a gap of one colour the others", () => {
    const quality = qualityByName(inputs, interval, expected);
    expect(quality.importKwh).toMatchObject({ grade: "A", coverage: 1, missingSlotCount: 0 });
    expect(quality.importKwh?.amounts).toEqual({ importKwh: 40 });
    // Covered: 2 + 2 + 0 + 1 of 8 meter slots; estimated: 10 of 40 kWh.
    expect(quality.generationKwh).toMatchObject({
      ...{ grade: "E1", coverage: 5 / 8, estimatedFraction: 0.25, missingSlotCount: 1 },
    });
  });

  it("names what is wholly missing, without a figure", () => {
    const quality = qualityByName(inputs, interval, expected);
    expect(quality.exportKwh).toMatchObject({
      ...{ grade: null, coverage: 0, missingSlotCount: 4, amounts: { exportKwh: null } },
    });
  });
});
