import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import type { Ledger } from "../../src/app/ports.ts";
import { type EnergyAnswer, queryEnergy } from "../../src/app/query-energy.ts";
import type { Registry } from "../../src/app/registry.ts";
import type { EnergyStep } from "../../src/domain/energy/energy-steps.ts";
import type { Meter } from "../../src/domain/park.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import type { Grade, Slot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";
import { tempDir } from "../support/temp-dir.ts";

const timezone = "Asia/Shanghai";
/** 29 October to 3 November in the park: the days of two months. */
const startMs = Date.parse("2026-10-28T16:00:00Z");
const days = { startMs, endMs: startMs + 6 * dayMs };
/** October and November in the park. */
const months = {
  startMs: Date.parse("2026-09-30T16:00:00Z"),
  endMs: Date.parse("2026-11-30T16:00:00Z"),
};
const principal = servicePrincipal("tiny", "test");
/** Nothing waits for a decision. */
const dropTasks = { dropTasks: async () => [] };

function registryOf(meters: readonly Meter[]): Registry {
  return {
    park: { timezone },
    meter: (id: string) => meters.find((meter) => meter.id === id),
    meters: () => meters,
    enterprise: (id: string) => (id === "a" ? { id } : undefined),
  } as unknown as Registry;
}

/** What a ledger says that keeps no totals. */
function withoutDays(ledger: Ledger): Pick<Ledger, "sums" | "days" | "series"> {
  return {
    sums: (query) => ledger.sums(query),
    series: () => ledger.series(),
    days: async () => null,
  };
}

/** A stretch of slots of one meter, long enough to make days whole now and then. */
const stretch = fc.record({
  meterId: fc.constantFrom("m1", "m2", "m3"),
  register: fc.constantFrom("importKwh", "exportKwh"),
  from: fc.nat(6 * 96 - 1),
  length: fc.integer({ min: 1, max: 300 }),
  amount: fc.oneof(fc.double({ min: 0, max: 5000, noNaN: true }), fc.constant(null)),
  grade: fc.constantFrom<Grade>("A", "C", "E1", "E2", "E3"),
  coverage: fc.double({ min: 0, max: 1, noNaN: true }),
  estimatedFraction: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer Value> ? Value : never;

function slotsOf({ from, length, grade, ...figures }: Stretch): Slot[] {
  const known = { ...figures, grade: figures.amount === null ? null : grade };
  return Array.from({ length: Math.min(length, 6 * 96 - from) }, (_, index) => {
    return { ...known, startMs: startMs + (from + index) * quarterHourMs };
  });
}

/** When a meter's registration begins: never, at a midnight, or within a quarter hour. */
const validFrom = fc.oneof(
  fc.constant(null),
  fc.constant(startMs + 2 * dayMs),
  fc.nat(6 * 96).map((quarters) => startMs + quarters * quarterHourMs + 60_000),
);

function expectSameStep(found: EnergyStep, wanted: EnergyStep): void {
  const { amounts, coverage, estimatedFraction, ...exact } = wanted;
  expect(found).toMatchObject(exact);
  expect(found.coverage).toBeCloseTo(coverage, 9);
  expect(found.estimatedFraction).toBeCloseTo(estimatedFraction, 9);
  for (const [name, amount] of Object.entries(amounts)) {
    if (amount === null) expect(found.amounts[name]).toBeNull();
    else {
      const difference = Math.abs((found.amounts[name] ?? Number.NaN) - amount);
      expect(difference).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(amount)));
    }
  }
}

function expectSame(found: EnergyAnswer, wanted: EnergyAnswer): void {
  expect(found.steps).toHaveLength(wanted.steps.length);
  for (const [index, step] of wanted.steps.entries()) {
    expectSameStep(found.steps[index] as EnergyStep, step);
  }
  expectSameStep(found.total, wanted.total);
  expect(Object.keys(found.registers)).toEqual(Object.keys(wanted.registers));
  for (const [name, step] of Object.entries(wanted.registers)) {
    expectSameStep(found.registers[name] as EnergyStep, step);
  }
}

async function check(
  ledger: Ledger,
  stretches: readonly Stretch[],
  starts: readonly (number | null)[],
): Promise<void> {
  for (const [index, one] of stretches.entries()) {
    await ledger.record([{ slots: slotsOf(one), reason: "late_reading", knownAtMs: index }], []);
  }
  const meters = starts.map((validFromMs, index) =>
    meterOf({ id: `m${index + 1}`, enterpriseId: "a", role: "load", validFromMs }),
  );
  const registry = registryOf(meters);
  for (const scope of ["meter:m1", "enterprise:a", "park"]) {
    for (const [step, interval] of [
      ["1d", days],
      ["1mo", months],
    ] as const) {
      const request = { scope, carrier: undefined, step, interval };
      const fromDays = await queryEnergy({ registry, ledger, dropTasks }, principal, request);
      const slow = { registry, ledger: withoutDays(ledger), dropTasks };
      expectSame(fromDays, await queryEnergy(slow, principal, request));
    }
  }
}

describe("days and months from the totals of days", () => {
  const cases = fc.tuple(
    fc.array(stretch, { minLength: 1, maxLength: 8 }),
    fc.tuple(validFrom, validFrom, validFrom),
  );

  it("say what their quarter hours say", async () => {
    await fc.assert(
      fc.asyncProperty(cases, ([stretches, starts]) =>
        check(new MemoryLedger(timezone), stretches, starts),
      ),
      { numRuns: 40 },
    );
  });

  it("say so in the database as well", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([stretches, starts]) => {
        const state = await openSqliteState(join(tempDir(), "state.db"));
        onTestFinished(() => state.close());
        const ledger = new SqlLedger(state, { timezone });
        await ledger.fillDays();
        await check(ledger, stretches, starts);
      }),
      { numRuns: 6 },
    );
  }, 90_000);

  it("are not asked for what was known earlier", async () => {
    const ledger = new MemoryLedger(timezone);
    const whole = Array.from({ length: 96 }, (_, index) => index);
    const slots = whole.map((index): Slot => {
      const start = startMs + index * quarterHourMs;
      const figures = { amount: 1, grade: "A" as const, coverage: 1, estimatedFraction: 0 };
      return { meterId: "m1", register: "importKwh", startMs: start, ...figures };
    });
    await ledger.record([{ slots, reason: "r", knownAtMs: 100 }], []);
    const later = slots.map((slot) => ({ ...slot, amount: 2 }));
    await ledger.record([{ slots: later, reason: "r", knownAtMs: 200 }], []);
    const registry = registryOf([meterOf()]);
    const request = { scope: "meter:m1", carrier: undefined, step: "1d", interval: days } as const;
    const now = await queryEnergy({ registry, ledger, dropTasks }, principal, request);
    expect(now.total.amounts.importKwh).toBe(192);
    const then = await queryEnergy({ registry, ledger, dropTasks }, principal, {
      ...request,
      asOfMs: 150,
    });
    expect(then.total).toMatchObject({ amounts: { importKwh: 96 }, revision: 1 });
  });
});
