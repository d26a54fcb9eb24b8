import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { CommonQuarters } from "../../src/app/common-quarters.ts";
import type { Ledger } from "../../src/app/ports.ts";
import { dayMs, hourMs, quarterHourMs } from "../../src/domain/time.ts";

/** Midnight in the park. */
const startMs = Date.parse("2026-11-21T16:00:00Z");
const timezone = "Asia/Shanghai";
const interval = { startMs, endMs: startMs + 2 * dayMs };

function seriesOf(meterId: string, validFromMs: number | null = null) {
  return { meterId, register: "importKwh", validFromMs };
}

/** A ledger in which each meter has the quarter hours with these numbers, each of the same amount. */
async function ledgerOf(
  meters: Readonly<
    Record<string, { readonly amount: number; readonly quarters: readonly number[] }>
  >,
): Promise<MemoryLedger> {
  const ledger = new MemoryLedger(timezone);
  const slots = Object.entries(meters).flatMap(([meterId, { amount, quarters }]) =>
    quarters.map((index) => ({
      ...{ meterId, register: "importKwh", startMs: startMs + index * quarterHourMs, amount },
      ...{ grade: "A" as const, coverage: 1, estimatedFraction: 0 },
    })),
  );
  await ledger.record([{ slots, reason: "first", knownAtMs: 100 }], []);
  return ledger;
}

/** The same ledger, which answers no day totals. */
function withoutDays(ledger: Ledger): Pick<Ledger, "days" | "slots"> {
  return { slots: (query) => ledger.slots(query), days: async () => null };
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe("totals over common quarter hours", () => {
  it("leave out what one of the meters does not know", async () => {
    const ledger = await ledgerOf({
      a: { amount: 2, quarters: range(0, 192) },
      b: { amount: 1, quarters: [...range(0, 100), ...range(110, 192)] },
    });
    const totals = await new CommonQuarters(ledger, { interval, timezone }).totals([
      ...[seriesOf("a"), seriesOf("b")],
    ]);
    expect(totals).toMatchObject({
      slotsExpected: 192,
      slotsCompared: 182,
      missingMeterIds: ["b"],
    });
    expect(totals.totals.map(({ amount }) => amount)).toEqual([364, 182]);
    expect(totals.totals[0]).toMatchObject({ grade: "A", coverage: 1 });
  });

  it("do not take an invalid figure for one, also not in a whole day", async () => {
    const ledger = await ledgerOf({ a: { amount: 2, quarters: range(0, 192) } });
    const [slot] = await ledger.slots({ meterIds: ["a"], interval });
    if (slot === undefined) throw new Error("there is no slot");
    const invalid = { ...slot, grade: "X" as const };
    await ledger.record([{ slots: [invalid], reason: "r", knownAtMs: 200 }], []);
    const common = new CommonQuarters(ledger, { interval, timezone });
    expect(await common.totals([seriesOf("a")])).toMatchObject({
      ...{ slotsCompared: 191, missingMeterIds: ["a"], totals: [{ amount: 382, grade: "A" }] },
    });
  });

  it("expect a meter from its registration on", async () => {
    const ledger = await ledgerOf({
      a: { amount: 2, quarters: range(0, 192) },
      b: { amount: 1, quarters: range(120, 192) },
    });
    const later = seriesOf("b", startMs + 30 * hourMs);
    const common = new CommonQuarters(ledger, { interval, timezone });
    expect(await common.totals([seriesOf("a"), later])).toMatchObject({
      ...{ slotsCompared: 192, missingMeterIds: [], totals: [{ amount: 384 }, { amount: 72 }] },
    });
  });

  it("compare nothing when a meter is silent, and name it", async () => {
    const ledger = await ledgerOf({ a: { amount: 2, quarters: range(0, 192) } });
    const common = new CommonQuarters(ledger, { interval, timezone });
    const totals = await common.totals([seriesOf("a"), seriesOf("b")]);
    expect(totals).toMatchObject({ slotsCompared: 0, missingMeterIds: ["b"] });
  });

  it("answer as known at an instant", async () => {
    const ledger = await ledgerOf({ a: { amount: 2, quarters: range(0, 192) } });
    const [slot] = await ledger.slots({ meterIds: ["a"], interval });
    if (slot === undefined) throw new Error("there is no slot");
    const changed = { ...slot, amount: 50 };
    await ledger.record([{ slots: [changed], reason: "r", knownAtMs: 200 }], []);
    const amountAt = async (asOfMs?: number): Promise<number | undefined> => {
      const common = new CommonQuarters(ledger, { interval, timezone, asOfMs });
      return (await common.totals([seriesOf("a")])).totals[0]?.amount;
    };
    expect([await amountAt(150), await amountAt()]).toEqual([384, 432]);
  });

  it("are the same from kept days as from quarter hours", async () => {
    const quarters = fc.uniqueArray(fc.nat(191), { minLength: 0, maxLength: 192 });
    const gaps = fc.record({ a: fc.subarray(range(0, 192)), b: quarters, isWhole: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(gaps, async ({ a, b, isWhole }) => {
        const ledger = await ledgerOf({
          a: { amount: 2, quarters: isWhole ? range(0, 192) : a },
          b: { amount: 1, quarters: [...range(0, 96), ...b.filter((index) => index >= 96)] },
        });
        const asked = [seriesOf("a"), seriesOf("b")];
        const kept = await new CommonQuarters(ledger, { interval, timezone }).totals(asked);
        const summed = await new CommonQuarters(withoutDays(ledger), { interval, timezone }).totals(
          asked,
        );
        expect({ ...kept, missingMeterIds: 0 }).toEqual({ ...summed, missingMeterIds: 0 });
        expect([...kept.missingMeterIds].sort()).toEqual([...summed.missingMeterIds].sort());
      }),
      { numRuns: 30 },
    );
  });
});
