import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import type { Ledger, LedgerChange } from "../../src/app/ports.ts";
import type { Slot } from "../../src/domain/telemetry/slot.ts";
import type { Touch } from "../../src/domain/telemetry/touch.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { onBothDatabases } from "../support/state-databases.ts";
import { tempDir } from "../support/temp-dir.ts";

const timezone = "Asia/Shanghai";
const startMs = Date.UTC(2026, 10, 22);
const day = { startMs, endMs: startMs + dayMs };
const m1 = { meterIds: ["m1"], interval: day };
const both = { meterIds: ["m1", "m2"], interval: day };

/** A slot of m1, so many quarter hours after midnight. */
function slot(index: number, amount: number | null, more: Partial<Slot> = {}): Slot {
  return {
    meterId: "m1",
    register: "importKwh",
    startMs: startMs + index * quarterHourMs,
    amount,
    grade: amount === null ? null : "A",
    coverage: 1,
    estimatedFraction: 0,
    ...more,
  };
}

function change(knownAtMs: number, ...slots: Slot[]): LedgerChange {
  return { slots, reason: "late_reading", knownAtMs };
}

function touch(fromIndex: number, toIndex: number, more: Partial<Touch> = {}): Touch {
  return {
    meterId: "m1",
    fromMs: startMs + fromIndex * quarterHourMs,
    toMs: startMs + toIndex * quarterHourMs,
    reason: "late_reading",
    kind: "reading",
    ...more,
  };
}

function ledgerSuite(open: () => Promise<Ledger>): void {
  it("starts empty, with its cursor before the first batch", async () => {
    const ledger = await open();
    expect(await ledger.cursor()).toBe(0);
    expect(await ledger.touchedSlotCount()).toBe(0);
    expect(await ledger.touched("reading", 10)).toEqual([]);
    expect(await ledger.closedThroughMs()).toBeNull();
    expect(await ledger.slots(m1)).toEqual([]);
    expect(await ledger.sums(m1)).toEqual([]);
    expect(await ledger.quality(m1)).toEqual([]);
    expect((await ledger.series()).size).toBe(0);
  });

  it("remembers what was touched together with the cursor", async () => {
    const ledger = await open();
    await ledger.touch(7, [touch(0, 4), touch(8, 9, { meterId: "m2" })], []);
    expect(await ledger.cursor()).toBe(7);
    expect(await ledger.touchedSlotCount()).toBe(5);
    await ledger.touch(8, [], []);
    expect(await ledger.cursor()).toBe(8);
    expect(await ledger.touchedSlotCount()).toBe(5);
  });

  it("answers what reaches the latest time first, each kind for itself", async () => {
    const ledger = await open();
    const gap = touch(0, 90, { kind: "gap" });
    await ledger.touch(1, [touch(0, 4), gap, touch(8, 9), touch(2, 9, { meterId: "m2" })], []);
    const touched = await ledger.touched("reading", 10);
    expect(touched.map(({ meterId, toMs }) => [meterId, (toMs - startMs) / quarterHourMs])).toEqual(
      [
        ["m1", 9],
        ["m2", 9],
        ["m1", 4],
      ],
    );
    expect(await ledger.touched("reading", 1)).toEqual(touched.slice(0, 1));
    expect(await ledger.touched("gap", 10)).toEqual([{ ...gap, stamp: 1 }]);
  });

  it("clears what is settled and adds what is opened with the figures", async () => {
    const ledger = await open();
    await ledger.touch(1, [touch(0, 4), touch(8, 9)], []);
    const [late] = await ledger.touched("reading", 1);
    const opened = touch(20, 30, { kind: "gap" });
    const recorded = await ledger.record([change(1, slot(8, 3))], late ? [late] : [], [opened]);
    expect(recorded).toEqual({ written: 1, revised: 0 });
    expect((await ledger.touched("reading", 10)).map(({ fromMs }) => fromMs)).toEqual([startMs]);
    expect(await ledger.touchedSlotCount()).toBe(4 + 10);
  });

  it("keeps a touch that was recorded again while it was being settled", async () => {
    const ledger = await open();
    await ledger.touch(1, [touch(0, 4)], []);
    const seen = await ledger.touched("reading", 10);
    await ledger.touch(2, [touch(0, 4)], []);
    await ledger.record([], seen);
    const again = await ledger.touched("reading", 10);
    expect(again).toHaveLength(1);
    await ledger.record([], again);
    expect(await ledger.touchedSlotCount()).toBe(0);
  });

  it("gives a new revision to what differs and to nothing else", async () => {
    const ledger = await open();
    await ledger.record([change(100, slot(0, 1.5), slot(1, 2))], []);
    expect(await ledger.record([change(200, slot(0, 1.5), slot(1, 2 + 1e-10))], [])).toEqual({
      written: 0,
      revised: 0,
    });
    const estimated = slot(1, 2, { grade: "E1", coverage: 0.5, estimatedFraction: 0.4 });
    expect(await ledger.record([change(300, slot(0, 1.6), estimated)], [])).toEqual({
      written: 2,
      revised: 2,
    });
    expect(await ledger.slots(m1)).toEqual([
      { ...slot(0, 1.6), revision: 2, reason: "late_reading", knownAtMs: 300 },
      { ...estimated, revision: 2, reason: "late_reading", knownAtMs: 300 },
    ]);
  });

  it("answers as it was known at an instant", async () => {
    const ledger = await open();
    await ledger.record([change(100, slot(0, 1))], []);
    await ledger.record([change(200, slot(0, 2), slot(1, 5))], []);
    await ledger.record([change(300, slot(0, 3))], []);
    const known = async (asOfMs: number) =>
      (await ledger.slots({ ...m1, asOfMs })).map(({ amount, revision }) => [amount, revision]);
    expect(await known(99)).toEqual([]);
    expect(await known(100)).toEqual([[1, 1]]);
    expect(await known(299)).toEqual([
      [2, 2],
      [5, 1],
    ]);
    expect(await known(300)).toEqual([
      [3, 3],
      [5, 1],
    ]);
    expect(await ledger.sums({ ...m1, asOfMs: 200 })).toMatchObject([
      { amount: 2, revisionMax: 2 },
      { amount: 5, revisionMax: 1 },
    ]);
    expect(await ledger.quality({ ...m1, asOfMs: 150 })).toMatchObject([{ measured: 1 }]);
  });

  it("keeps every revision, the superseded ones too", async () => {
    const ledger = await open();
    await ledger.record([change(100, slot(0, 1), slot(1, 9))], []);
    await ledger.record([change(200, slot(0, 2))], []);
    await ledger.record([change(300, slot(0, 3))], []);
    const revisions = await ledger.revisions(m1);
    expect(
      revisions.map(({ amount, revision, reason, knownAtMs }) => [
        amount,
        revision,
        reason,
        knownAtMs,
      ]),
    ).toEqual([
      [1, 1, "first", 100],
      [2, 2, "late_reading", 200],
      [3, 3, "late_reading", 300],
      [9, 1, "first", 100],
    ]);
    expect(await ledger.revisions({ ...m1, meterIds: ["m2"] })).toEqual([]);
    const later = { startMs: startMs + quarterHourMs, endMs: startMs + dayMs };
    expect(await ledger.revisions({ ...m1, interval: later })).toHaveLength(1);
  });

  it("lists slots by meter, register and start, within the half-open interval", async () => {
    const ledger = await open();
    await ledger.record(
      [
        change(1, slot(1, 1), slot(0, 2), slot(0, 3, { register: "exportKwh" })),
        change(1, slot(0, 4, { meterId: "m2" }), slot(96, 5), slot(-1, 6)),
      ],
      [],
    );
    const keys = (await ledger.slots(both)).map(({ meterId, register, amount }) => {
      return `${meterId} ${register} ${amount}`;
    });
    expect(keys).toEqual(["m1 exportKwh 3", "m1 importKwh 2", "m1 importKwh 1", "m2 importKwh 4"]);
    expect(await ledger.slots({ ...both, registers: ["exportKwh"] })).toHaveLength(1);
    expect(await ledger.slots({ ...both, meterIds: [] })).toEqual([]);
    expect(await ledger.series()).toEqual(
      new Set(["m1/exportKwh", "m1/importKwh", "m2/importKwh"]),
    );
    expect(await ledger.closedThroughMs()).toBe(startMs + 97 * quarterHourMs);
  });

  it("adds meters up per register and start, with the worst grade and what is estimated", async () => {
    const ledger = await open();
    const estimated = { grade: "E2" as const, coverage: 0.25, estimatedFraction: 0.5 };
    await ledger.record(
      [
        change(1, slot(0, 10), slot(1, 4, estimated)),
        change(1, slot(0, 6, { meterId: "m2", ...estimated }), slot(1, null, { meterId: "m2" })),
      ],
      [],
    );
    expect(await ledger.sums(both)).toEqual([
      {
        register: "importKwh",
        startMs,
        amount: 16,
        estimatedAmount: 3,
        worstGrade: "E2",
        coverageSum: 1.25,
        meterCount: 2,
        revisionMax: 1,
      },
      {
        register: "importKwh",
        startMs: startMs + quarterHourMs,
        amount: 4,
        estimatedAmount: 2,
        worstGrade: "E2",
        coverageSum: 0.25,
        meterCount: 1,
        revisionMax: 1,
      },
    ]);
  });

  it("counts measured and estimated slots, each by its worst register", async () => {
    const ledger = await open();
    await ledger.record(
      [
        change(1, slot(0, 1), slot(0, 1, { register: "exportKwh", grade: "E1" })),
        change(1, slot(1, 1), slot(1, 1, { register: "exportKwh" })),
        change(1, slot(0, 1, { meterId: "m2" })),
      ],
      [],
    );
    const quality = [...(await ledger.quality(both))].sort((a, b) =>
      a.meterId < b.meterId ? -1 : 1,
    );
    expect(quality).toEqual([
      { meterId: "m1", measured: 1, estimated: 1 },
      { meterId: "m2", measured: 1, estimated: 0 },
    ]);
  });
}

describe("the ledger in memory", () => {
  ledgerSuite(async () => new MemoryLedger());
});

onBothDatabases("the ledger", (open) => {
  ledgerSuite(async () => new SqlLedger(await open(), { timezone }));

  it("records nothing of a transaction that fails", async () => {
    const ledger = new SqlLedger(await open(), { timezone });
    await ledger.touch(1, [touch(0, 2)], []);
    const touched = await ledger.touched("reading", 10);
    const broken = touch(4, 5, { reason: null as unknown as string });
    await expect(ledger.record([change(1, slot(0, 1))], touched, [broken])).rejects.toThrow();
    expect(await ledger.slots(m1)).toEqual([]);
    expect(await ledger.touched("reading", 10)).toEqual(touched);
    await expect(ledger.touch(2, [broken], [])).rejects.toThrow();
    expect(await ledger.cursor()).toBe(1);
  });

  it("keeps nothing of steps of which the last one fails", async () => {
    const state = await open();
    const insert = "INSERT INTO cursor (name, seq) VALUES (?, ?)";
    const rows = [
      ["other", 1],
      ["half", 2],
    ];
    await expect(
      state.bulk([
        { sql: insert, params: ["half", 1] },
        { sql: insert, rows },
      ]),
    ).rejects.toThrow();
    expect(await state.read.selectFrom("cursor").selectAll().execute()).toEqual([]);
  });

  it("writes more rows than one statement of the database may have parameters", async () => {
    const ledger = new SqlLedger(await open(), { timezone });
    const slots = Array.from({ length: 9000 }, (_, index) => slot(index, index));
    await ledger.record([change(10, ...slots)], []);
    const range = { startMs, endMs: startMs + 9000 * quarterHourMs };
    const [last] = (await ledger.slots({ meterIds: ["m1"], interval: range })).slice(-1);
    expect(last?.amount).toBe(8999);
  });

  it("is the same for another that opens the database, and numbers new series on", async () => {
    const state = await open();
    const first = new SqlLedger(state, { timezone });
    await first.touch(5, [touch(0, 2)], []);
    await first.record([change(100, slot(0, 1))], []);
    await first.record([change(200, slot(0, 2), slot(0, 3, { meterId: "m2" }))], []);

    const second = new SqlLedger(state, { timezone });
    expect(await second.cursor()).toBe(5);
    // Two touched slots, and the revision that has still to be followed into what derives from it.
    expect(await second.touchedSlotCount()).toBe(3);
    expect(await second.revisions(m1)).toHaveLength(2);
    const more = [slot(0, 9, { meterId: "m2" }), slot(0, 4, { meterId: "m3" })];
    await second.record([change(300, ...more)], []);
    expect(await second.slots({ ...both, meterIds: ["m1", "m2", "m3"] })).toMatchObject([
      { meterId: "m1", amount: 2, revision: 2 },
      { meterId: "m2", amount: 9, revision: 2 },
      { meterId: "m3", amount: 4, revision: 1 },
    ]);
  });
});

it("has everything again after the SQLite file was opened again", async () => {
  const path = join(tempDir(), "state.db");
  const before = await openSqliteState(path);
  const first = new SqlLedger(before, { timezone });
  await first.touch(5, [touch(0, 2)], []);
  await first.record([change(100, slot(0, 1))], []);
  await first.record([change(200, slot(0, 2))], []);
  await before.close();

  const after = await openSqliteState(path);
  onTestFinished(() => after.close());
  const second = new SqlLedger(after, { timezone });
  expect(await second.cursor()).toBe(5);
  // As above: two touched slots and one revision to follow.
  expect(await second.touchedSlotCount()).toBe(3);
  expect(await second.revisions(m1)).toHaveLength(2);
});
