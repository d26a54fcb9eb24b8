import { expect, it } from "vitest";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { SqlRestatementStore } from "../../src/adapters/sql/sql-restatement-store.ts";
import type { DueRestatement, FollowedRestatement } from "../../src/app/restatement-ports.ts";
import { ParkDays } from "../../src/domain/energy/park-days.ts";
import type { Slot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { onBothDatabases } from "../support/state-databases.ts";

const timezone = "Asia/Shanghai";
const startMs = Date.parse("2026-11-21T16:00:00Z");
const day = { startMs, endMs: startMs + dayMs };
const everything = { meterIds: null, interval: null, after: null, limit: 100 };
const empty = { amount: null, estimatedAmount: 0, coverageSum: 0, slotCount: 0, grade: null };

function slot(index: number, amount: number, meterId = "m1"): Slot {
  return {
    ...{ meterId, register: "importKwh", startMs: startMs + index * quarterHourMs, amount },
    ...{ grade: "A", coverage: 1, estimatedFraction: 0 },
  };
}

function followed(due: DueRestatement, amount: number): FollowedRestatement {
  const { stamp: _stamp, ...rest } = due;
  const after = { ...due.before, amount };
  return { due, restatement: { ...rest, after, dependants: [] } };
}

onBothDatabases("restatements", (open) => {
  const stores = async () => {
    const state = await open();
    const ledger = new SqlLedger(state, { timezone });
    const store = new SqlRestatementStore(state, new ParkDays(timezone));
    const record = (knownAtMs: number, ...slots: Slot[]) =>
      ledger.record([{ slots, reason: "late_reading", knownAtMs }], []);
    return { state, ledger, store, record };
  };

  it("are due for each register, day and reason with a revision, and for no first figure", async () => {
    const { ledger, store, record } = await stores();
    await record(1, slot(0, 1), slot(1, 2), slot(96, 3), slot(0, 4, "m2"));
    expect(await store.due(10)).toEqual([]);
    expect(await ledger.touchedSlotCount()).toBe(0);
    await record(2, slot(0, 5), slot(1, 6), slot(2, 7), slot(96, 8));
    expect(await ledger.touchedSlotCount()).toBe(3);
    const due = [...(await store.due(10))].sort((a, b) => a.day.startMs - b.day.startMs);
    const common = { meterId: "m1", register: "importKwh", reason: "late_reading", knownAtMs: 2 };
    // Before: 1 + 2 on the first day; the third slot of it was not known then.
    expect(due).toMatchObject([
      { ...common, day, slotCount: 2, before: { amount: 3, slotCount: 2, grade: "A" } },
      { ...common, slotCount: 1, before: { amount: 3, slotCount: 1 } },
    ]);
    expect(await store.due(1)).toHaveLength(1);
    const days = await store.days({ meterId: "m1", register: "importKwh" }, day);
    expect(days).toMatchObject([{ day, figure: { amount: 18, slotCount: 3 } }]);
  });

  it("keep what the day was before the first of several revisions", async () => {
    const { store, record } = await stores();
    await record(1, slot(0, 1));
    await record(2, slot(0, 2));
    await record(3, slot(0, 3));
    expect(await store.due(10)).toMatchObject([
      { slotCount: 2, knownAtMs: 3, before: { amount: 1 }, stamp: 2 },
    ]);
  });

  it("go on from where they were followed when more comes in between", async () => {
    const { ledger, store, record } = await stores();
    await record(1, slot(0, 1));
    await record(2, slot(0, 2));
    const [first] = await store.due(10);
    await record(3, slot(0, 3));
    await store.keep([followed(first as DueRestatement, 2)]);
    const [second] = await store.due(10);
    expect(second).toMatchObject({ slotCount: 1, before: { amount: 2 } });
    await store.keep([followed(second as DueRestatement, 3)]);
    expect(await store.due(10)).toEqual([]);
    expect(await ledger.touchedSlotCount()).toBe(0);
    const feed = await store.list(everything);
    expect(feed.map(({ seq, before, after }) => [seq, before.amount, after.amount])).toEqual([
      [2, 2, 3],
      [1, 1, 2],
    ]);
  });

  it("know the day before even when its total has not been made yet", async () => {
    const { state, store, record } = await stores();
    await record(1, slot(0, 1), slot(5, 4));
    await state.bulk([{ sql: "DELETE FROM ledger_day", params: [] }]);
    await record(2, slot(0, 2));
    expect(await store.due(10)).toMatchObject([{ before: { amount: 5, slotCount: 2 } }]);
  });

  it("are listed by meter and day, and forgotten beyond a bound, oldest first", async () => {
    const { store } = await stores();
    const one = (meterId: string, at: number): FollowedRestatement => {
      const span = { startMs: startMs + at * dayMs, endMs: startMs + (at + 1) * dayMs };
      const due = {
        ...{ meterId, register: "importKwh", day: span, reason: "r", knownAtMs: at },
        ...{ slotCount: 1, before: empty, stamp: 1 },
      };
      return followed(due, at);
    };
    await store.keep([one("m1", 0), one("m2", 0), one("m1", 1)]);
    const seqs = async (query: Partial<typeof everything> | object) =>
      (await store.list({ ...everything, ...query })).map(({ seq }) => seq);
    expect(await seqs({})).toEqual([3, 2, 1]);
    expect(await seqs({ meterIds: ["m1"] })).toEqual([3, 1]);
    expect(await seqs({ meterIds: [] })).toEqual([]);
    const noon = { startMs: startMs + dayMs / 2, endMs: startMs + dayMs };
    expect(await seqs({ interval: noon })).toEqual([2, 1]);
    expect(await seqs({ after: 3, limit: 1 })).toEqual([2]);
    expect((await store.list(everything)).at(-1)).toMatchObject({ before: empty, day });
    expect(await store.trim(2)).toBe(1);
    expect(await store.trim(2)).toBe(0);
    expect(await seqs({})).toEqual([3, 2]);
  });
});
