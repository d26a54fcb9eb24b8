import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import type { DaySum } from "../../src/app/ledger-ports.ts";
import type { Ledger } from "../../src/app/ports.ts";
import { markedSlots } from "../../src/domain/energy/slot-marks.ts";
import type { Grade, Slot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { onBothDatabases } from "../support/state-databases.ts";

/** Midnight of 22 November in the park; UTC is eight hours behind. */
const startMs = Date.parse("2026-11-21T16:00:00Z");
const day = { startMs, endMs: startMs + dayMs };
const week = { startMs, endMs: startMs + 7 * dayMs };

function slot(index: number, amount: number | null, more: Partial<Slot> = {}): Slot {
  return {
    ...{ meterId: "m1", register: "importKwh", startMs: startMs + index * quarterHourMs, amount },
    ...{ grade: amount === null ? null : "A", coverage: 1, estimatedFraction: 0, ...more },
  };
}

async function record(ledger: Ledger, slots: readonly Slot[], knownAtMs = 100): Promise<void> {
  await ledger.record([{ slots, reason: "late_reading", knownAtMs }], []);
}

async function daysOf(ledger: Ledger, more: { readonly meterIds?: string[] } = {}) {
  while (await ledger.fillDays()) {
    // Portions until none is left.
  }
  const days = await ledger.days({ meterIds: ["m1"], interval: week, ...more });
  if (days === null) throw new Error("the totals are not whole");
  return days;
}

/** Numbers of the quarter hours that the first partial series of a day has. */
function present({ partial: [marks] }: DaySum): number[] {
  return marks === undefined ? [] : markedSlots(marks);
}

function daySuite(open: (timezone: string) => Promise<Ledger>): void {
  it("sums the days of the park, not those of UTC", async () => {
    const ledger = await open("Asia/Shanghai");
    await record(ledger, [slot(0, 1), slot(95, 2), slot(96, 4), slot(-1, 8)]);
    const days = await daysOf(ledger);
    expect(days.map(({ day: { startMs: fromMs }, amount }) => [fromMs, amount])).toEqual([
      [startMs, 3],
      [startMs + dayMs, 4],
    ]);
    expect(days[0] && present(days[0])).toEqual([0, 95]);
    expect(days[0]).toMatchObject({ wholeCount: 0, worstGrade: "A", coverageSum: 2, day });
  });

  it("carries grade, coverage, what is estimated and the newest revision", async () => {
    const ledger = await open("Asia/Shanghai");
    const estimated = { grade: "E2" as const, coverage: 0.25, estimatedFraction: 0.5 };
    await record(ledger, [slot(0, 10), slot(1, 4, estimated), slot(2, null)]);
    await record(ledger, [slot(0, 11)], 200);
    // 11 + 4; half of the 4 is estimated; the slot without a figure counts for nothing.
    const [sum] = await daysOf(ledger);
    expect(sum).toMatchObject({
      ...{ amount: 15, estimatedAmount: 2, worstGrade: "E2", coverageSum: 1.25, revisionMax: 2 },
    });
    expect(sum && present(sum)).toEqual([0, 1]);
  });

  it("is never stale: a figure that goes takes its share of the day with it", async () => {
    const ledger = await open("Asia/Shanghai");
    await record(ledger, [slot(3, 5)]);
    await record(ledger, [slot(3, null)], 200);
    expect(await daysOf(ledger)).toEqual([]);
    await record(ledger, [slot(3, 7)], 300);
    expect(await daysOf(ledger)).toMatchObject([{ amount: 7, revisionMax: 3 }]);
  });

  it("counts who has the whole day and adds up who has not", async () => {
    const ledger = await open("Asia/Shanghai");
    const whole = Array.from({ length: 96 }, (_, index) => slot(index, 1));
    const other = whole.slice(0, 40).map((one) => ({ ...one, meterId: "m2" }));
    await record(ledger, [...whole, ...other]);
    const [sum] = await daysOf(ledger, { meterIds: ["m1", "m2", "m3"] });
    expect(sum).toMatchObject({ amount: 136, wholeCount: 1, coverageSum: 136 });
    expect(sum?.partial).toHaveLength(1);
    expect(sum && present(sum)).toHaveLength(40);
    expect(await daysOf(ledger, { meterIds: [] })).toEqual([]);
    expect(await daysOf(ledger, { meterIds: ["m3"] })).toEqual([]);
  });

  it("gives a day of twenty-five hours all its quarter hours", async () => {
    // In Berlin clocks went back on 25 October 2026: the day lasts from 22:00 UTC to 23:00 UTC.
    const ledger = await open("Europe/Berlin");
    const fromMs = Date.parse("2026-10-24T22:00:00Z");
    const slots = Array.from({ length: 100 }, (_, index) => ({
      ...slot(0, 2),
      startMs: fromMs + index * quarterHourMs,
    }));
    await record(ledger, slots.slice(1));
    const interval = { startMs: fromMs, endMs: fromMs + 25 * 60 * 60_000 };
    await daysOf(ledger);
    const [short] = (await ledger.days({ meterIds: ["m1"], interval })) ?? [];
    expect(short && present(short)).toEqual(slots.slice(1).map((_, index) => index + 1));
    await record(ledger, slots.slice(0, 1));
    expect(await ledger.days({ meterIds: ["m1"], interval })).toMatchObject([
      { amount: 200, wholeCount: 1, partial: [], day: interval },
    ]);
  });
}

describe("days of the ledger in memory", () => {
  daySuite(async (timezone) => new MemoryLedger(timezone));
});

onBothDatabases("days of the ledger", (open) => {
  daySuite(async (timezone) => new SqlLedger(await open(), { timezone }));

  it("are not answered before those of older slots have been summed", async () => {
    const state = await open();
    const before = new SqlLedger(state, { timezone: "Asia/Shanghai" });
    await record(before, [slot(0, 1), slot(1, 2, { meterId: "m2" }), slot(200, 3)]);
    await state.bulk([{ sql: "DELETE FROM ledger_day", params: [] }]);
    const after = new SqlLedger(state, { timezone: "Asia/Shanghai" });
    expect(await after.days({ meterIds: ["m1"], interval: week })).toBeNull();
    await after.fillDays();
    await record(after, [slot(5, 4, { meterId: "m3" })]);
    expect(await after.days({ meterIds: ["m1"], interval: week })).toBeNull();
    const all = { meterIds: ["m1", "m2", "m3"] };
    expect((await daysOf(after, all)).map(({ amount }) => amount)).toEqual([7, 3]);
    const next = new SqlLedger(state, { timezone: "Asia/Shanghai" });
    expect(await next.days({ ...all, interval: week })).toHaveLength(2);
  });

  it("are summed anew when the park moves to another time zone", async () => {
    const state = await open();
    const before = new SqlLedger(state, { timezone: "Asia/Shanghai" });
    await record(before, [slot(0, 1), slot(32, 2)]);
    expect((await daysOf(before)).map(({ amount }) => amount)).toEqual([3]);
    const after = new SqlLedger(state, { timezone: "UTC" });
    expect(await after.days({ meterIds: ["m1"], interval: week })).toBeNull();
    const wider = { startMs: startMs - dayMs, endMs: week.endMs };
    while (await after.fillDays()) {
      // Portions until none is left.
    }
    // The park's midnight is 16:00 of the day before; eight hours later a day of UTC begins.
    const days = await after.days({ meterIds: ["m1"], interval: wider });
    expect(days?.map(({ amount }) => amount)).toEqual([1, 2]);
  });

  it("have the same bits however their slots came", async () => {
    const grades = fc.constantFrom<Grade>("A", "E1", "E2");
    const figure = fc.record({
      index: fc.nat(95),
      amount: fc.double({ min: 0, max: 1e6 }),
      grade: grades,
    });
    const state = await open();
    let meter = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(figure, { selector: ({ index }) => index, minLength: 1 }),
        async (figures) => {
          const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai" });
          meter += 1;
          const [once, piecewise] = [`once-${meter}`, `piecewise-${meter}`];
          const slots = figures.map(({ index, amount, grade }) => slot(index, amount, { grade }));
          await record(
            ledger,
            slots.map((one) => ({ ...one, meterId: once })),
          );
          for (const one of slots)
            await record(ledger, [{ ...one, meterId: piecewise, amount: 1 }]);
          for (const one of slots) await record(ledger, [{ ...one, meterId: piecewise }], 200);
          const [left] = await daysOf(ledger, { meterIds: [once] });
          const [right] = await daysOf(ledger, { meterIds: [piecewise] });
          expect(right?.amount).toBe(left?.amount);
          expect(right?.partial).toEqual(left?.partial);
        },
      ),
      { numRuns: 15 },
    );
  });
});
