import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EnergySteps,
  type ExpectedPart,
  isOnStep,
  type StepInput,
  type StepName,
  stepStarts,
} from "../../../src/domain/energy/energy-steps.ts";
import { dayMs, hourMs, quarterHourMs } from "../../../src/domain/time.ts";

const zone = "Asia/Shanghai";

function slot(name: string, index: number, part: Partial<StepInput> = {}): StepInput {
  return {
    ...{ name, startMs: index * quarterHourMs, amount: 10, estimatedAmount: 0, grade: "A" },
    ...{ coverageSum: 1, meterCount: 1, revision: 1, ...part },
  };
}

function part(name: string, validFromMs: number | null = null): ExpectedPart {
  return { name, validFromMs };
}

/** Steps of so many quarter hours each, from the epoch on. */
function stepsOf(
  inputs: readonly StepInput[],
  { slotsPerStep = 4, slots = 4, names = ["importKwh"], parts = [part("importKwh")] } = {},
) {
  const starts = Array.from(
    { length: slots / slotsPerStep },
    (_, index) => index * slotsPerStep * quarterHourMs,
  );
  const steps = new EnergySteps({ starts, endMs: slots * quarterHourMs, names, parts });
  steps.add(inputs);
  return steps.steps();
}

describe("an energy step", () => {
  it("adds its quarter hours up, and several names apart", () => {
    const inputs = [0, 1, 2, 3].flatMap((index) => [
      slot("importKwh", index, { amount: index }),
      slot("exportKwh", index, { amount: 0 }),
    ]);
    const names = ["importKwh", "exportKwh"];
    const [hour] = stepsOf(inputs, { names, parts: names.map((name) => part(name)) });
    expect(hour).toEqual({
      startMs: 0,
      amounts: { importKwh: 6, exportKwh: 0 },
      grade: "A",
      coverage: 1,
      estimatedFraction: 0,
      revision: 1,
      missingSlotCount: 0,
    });
  });

  it("is null where nothing is known, and 0 where nothing flowed", () => {
    const steps = stepsOf([slot("importKwh", 0, { amount: 0 })], { slotsPerStep: 1, slots: 2 });
    expect(steps[0]).toMatchObject({ amounts: { importKwh: 0 }, grade: "A", missingSlotCount: 0 });
    expect(steps[1]).toMatchObject({
      ...{ amounts: { importKwh: null }, grade: null, coverage: 0, revision: 0 },
      ...{ estimatedFraction: 0, missingSlotCount: 1 },
    });
  });

  it("carries the worst grade, the newest revision and the estimated share of its energy", () => {
    const [hour] = stepsOf([
      slot("importKwh", 0, { amount: 30 }),
      slot("importKwh", 1, { amount: 6, estimatedAmount: 6, grade: "E2", coverageSum: 0 }),
      slot("importKwh", 2, { amount: 4, estimatedAmount: 2, grade: "E1", coverageSum: 0.5 }),
      slot("importKwh", 3, { amount: 0, revision: 7 }),
    ]);
    // 8 of 40 kWh are estimated; 1 + 0 + 0.5 + 1 of 4 slots are covered.
    expect(hour).toMatchObject({
      ...{ grade: "E2", estimatedFraction: 0.2, coverage: 0.625, revision: 7, missingSlotCount: 0 },
    });
  });

  it("counts a quarter hour as missing when one of its meters has no figure", () => {
    const parts = [part("importKwh"), part("importKwh")];
    const [hour] = stepsOf(
      [
        slot("importKwh", 0, { coverageSum: 2, meterCount: 2 }),
        slot("importKwh", 1, { coverageSum: 1, meterCount: 1 }),
      ],
      { parts },
    );
    expect(hour).toMatchObject({ missingSlotCount: 3, coverage: 3 / 8 });
  });

  it("expects a meter from the first whole slot of its registration on", () => {
    const since = quarterHourMs + 1;
    const parts = [part("importKwh"), part("importKwh", since)];
    const inputs = [0, 1, 2, 3].map((index) => {
      const count = index < 2 ? 1 : 2;
      return slot("importKwh", index, { coverageSum: count, meterCount: count });
    });
    expect(stepsOf(inputs, { parts })[0]).toMatchObject({ missingSlotCount: 0, coverage: 1 });
  });

  it("is missing before any of its meters was there", () => {
    const parts = [part("importKwh", 2 * quarterHourMs)];
    const inputs = [slot("importKwh", 2), slot("importKwh", 3)];
    expect(stepsOf(inputs, { parts })[0]).toMatchObject({ missingSlotCount: 2, coverage: 0.5 });
    expect(stepsOf([], { parts: [] })[0]).toMatchObject({ missingSlotCount: 4, coverage: 0 });
  });

  it("leaves out what lies outside of the interval", () => {
    const inputs = [slot("importKwh", -1), slot("importKwh", 4), slot("importKwh", 0)];
    expect(stepsOf(inputs)[0]).toMatchObject({ amounts: { importKwh: 10 }, missingSlotCount: 3 });
  });

  it("does not depend on the order and the portions in which its quarter hours come", () => {
    const amounts = fc.array(fc.record({ at: fc.nat({ max: 95 }), amount: fc.nat({ max: 1000 }) }));
    fc.assert(
      fc.property(amounts, (list) => {
        const distinct = [...new Map(list.map((one) => [one.at, one])).values()];
        const inputs = distinct.map(({ at, amount }) => slot("importKwh", at, { amount }));
        const starts = Array.from({ length: 24 }, (_, hour) => hour * hourMs);
        const plan = { starts, endMs: dayMs, names: ["importKwh"], parts: [part("importKwh")] };
        const [whole, apart] = [new EnergySteps(plan), new EnergySteps(plan)];
        whole.add(inputs);
        for (const input of [...inputs].reverse()) apart.add([input]);
        expect(apart.steps()).toEqual(whole.steps());
        for (const [hour, step] of whole.steps().entries()) {
          const own = distinct.filter(({ at }) => Math.floor(at / 4) === hour);
          const sum = own.reduce((total, { amount }) => total + amount, 0);
          expect(step.amounts.importKwh).toBe(own.length === 0 ? null : sum);
          expect(step.missingSlotCount).toBe(4 - own.length);
        }
      }),
    );
  });
});

describe("the quality of each name", () => {
  // Four quarter hours. The grid has one meter and all four; PV has two meters, of which one is
  // silent in the last slot, and one slot of both is an estimate.
  const inputs = [
    slot("generationKwh", 0, { coverageSum: 2, meterCount: 2 }),
    slot("generationKwh", 1, { coverageSum: 2, meterCount: 2 }),
    slot("generationKwh", 2, { coverageSum: 0, meterCount: 2, grade: "E1", estimatedAmount: 10 }),
    slot("generationKwh", 3, { coverageSum: 1, meterCount: 1 }),
  ];

  it("counts the meters of that name", () => {
    const names = ["generationKwh"];
    const parts = [part("generationKwh"), part("generationKwh")];
    // Covered: 2 + 2 + 0 + 1 of 8 meter slots; estimated: 10 of 40 kWh.
    expect(stepsOf(inputs, { names, parts })[0]).toMatchObject({
      ...{ grade: "E1", coverage: 5 / 8, estimatedFraction: 0.25, missingSlotCount: 1 },
    });
  });
});

describe("the steps of an interval", () => {
  const at = (text: string): number => Date.parse(text);

  it.each<[step: StepName, from: string, to: string, lastStarts: [count: number, last: string]]>([
    ["15m", "2026-11-22T00:00:00Z", "2026-11-22T01:00:00Z", [4, "2026-11-22T00:45:00Z"]],
    ["1h", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", [24, "2026-11-22T23:00:00Z"]],
    ["1d", "2026-11-21T16:00:00Z", "2026-11-23T16:00:00Z", [2, "2026-11-22T16:00:00Z"]],
    ["1mo", "2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z", [12, "2026-11-30T16:00:00Z"]],
  ])("of %s follow the calendar of the park", (step, from, to, [count, lastStart]) => {
    const starts = stepStarts({ startMs: at(from), endMs: at(to) }, step, zone);
    expect(starts).toHaveLength(count);
    expect(starts[0]).toBe(at(from));
    expect(starts.at(-1)).toBe(at(lastStart));
  });

  it("give every month its own length", () => {
    const year = { startMs: at("2027-12-31T16:00:00Z"), endMs: at("2028-12-31T16:00:00Z") };
    const starts = [...stepStarts(year, "1mo", zone), year.endMs];
    const days = starts.slice(1).map((end, index) => (end - (starts[index] ?? 0)) / dayMs);
    expect(days).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
  });

  it("have 23 and 25 hours where the clocks change", () => {
    const days = { startMs: at("2026-03-28T23:00:00Z"), endMs: at("2026-03-30T22:00:00Z") };
    const [first, second] = stepStarts(days, "1d", "Europe/Berlin");
    expect(((second ?? 0) - (first ?? 0)) / hourMs).toBe(23);
  });

  it.each<[step: StepName, instant: string, expected: boolean]>([
    ["15m", "2026-11-22T00:15:00Z", true],
    ["15m", "2026-11-22T00:14:59.999Z", false],
    ["1h", "2026-11-22T00:15:00Z", false],
    ["1h", "2026-11-22T01:00:00Z", true],
    ["1d", "2026-11-22T00:00:00Z", false],
    ["1d", "2026-11-22T16:00:00Z", true],
    ["1mo", "2026-11-22T16:00:00Z", false],
    ["1mo", "2026-11-30T16:00:00Z", true],
  ])("of %s begin at %s: %s", (step, instant, expected) => {
    expect(isOnStep(at(instant), step, zone)).toBe(expected);
  });
});
