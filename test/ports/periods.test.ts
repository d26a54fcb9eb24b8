import { expect, it } from "vitest";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { SqlPeriodStore } from "../../src/adapters/sql/sql-period-store.ts";
import type { PeriodChange } from "../../src/domain/energy/accounting-period.ts";
import type { Slot } from "../../src/domain/telemetry/slot.ts";
import { quarterHourMs } from "../../src/domain/time.ts";
import { testNote } from "../support/audit-notes.ts";
import { onBothDatabases } from "../support/state-databases.ts";

/** October in the park. */
const note = testNote("test.change");
const interval = {
  startMs: Date.parse("2026-09-30T16:00:00Z"),
  endMs: Date.parse("2026-10-31T16:00:00Z"),
};
const slots = { meterIds: ["m1", "m2"], interval: { ...interval, endMs: interval.endMs + 1 } };
const all = { state: null, month: null, after: null, limit: 10 };

/** A slot so many quarter hours after the start of the month. */
function slot(index: number, amount: number, meterId = "m1"): Slot {
  return {
    ...{ meterId, register: "importKwh", startMs: interval.startMs + index * quarterHourMs },
    ...{ amount, grade: "A", coverage: 1, estimatedFraction: 0 },
  };
}

function change(action: "close" | "reopen", atMs: number): PeriodChange {
  return { month: "2026-10", action, interval, atMs, actor: "user:1", reason: "because" };
}

function late(knownAtMs: number, ...changed: Slot[]) {
  return { slots: changed, reason: "late_reading", knownAtMs };
}

onBothDatabases("accounting periods", (open) => {
  const stores = async () => {
    const state = await open();
    const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai" });
    return { ledger, periods: new SqlPeriodStore(state) };
  };

  it("keep the slots of a closed month and let the rest through", async () => {
    const { ledger, periods } = await stores();
    await ledger.record([late(1, slot(0, 1), slot(1, 2))], []);
    await periods.record(change("close", 2), note);
    // 31 days have 2,976 quarter hours: the last of the list lies in November.
    const written = await ledger.record(
      [late(3, slot(0, 1), slot(1, 7), slot(5, 8), slot(2976, 9)), late(3, slot(2, 4, "m2"))],
      [],
    );
    expect(written).toEqual({ written: 1, revised: 0 });
    const amounts = (await ledger.slots(slots)).map(({ amount }) => amount);
    expect(amounts).toEqual([1, 2, 9]);
    const waiting = await periods.amendments(all);
    expect(waiting.map(({ meterId, interval: span }) => [meterId, span])).toContainEqual([
      "m1",
      { startMs: slot(1, 0).startMs, endMs: slot(6, 0).startMs },
    ]);
    expect(waiting).toHaveLength(2);
    expect(await periods.waiting()).toEqual(new Map([["2026-10", 2]]));
    expect(await ledger.touchedSlotCount()).toBe(0);
  });

  it("gather what waits for a meter and month until somebody decides", async () => {
    const { ledger, periods } = await stores();
    await periods.record(change("close", 2), note);
    await ledger.record([late(10, slot(4, 1))], []);
    await ledger.record([{ ...late(20, slot(2, 1)), reason: "multiplier" }], []);
    const [one, ...others] = await periods.amendments({ ...all, state: "waiting" });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ reason: "multiplier", firstAtMs: 10, lastAtMs: 20, arrivals: 2, decision: null },
      interval: { startMs: slot(2, 0).startMs, endMs: slot(5, 0).startMs },
    });
    const id = one?.id ?? "";
    const decision = { id, actor: "user:2", atMs: 30, reason: "the meter was read wrongly" };
    await periods.decide({ ...decision, state: "rejected" }, note);
    await expect(periods.decide({ ...decision, state: "accepted" }, note)).rejects.toMatchObject({
      code: "amendment_decided",
    });
    expect(await periods.amendment(id)).toMatchObject({ state: "rejected" });
    expect(await ledger.touchedSlotCount()).toBe(0);
    await ledger.record([late(40, slot(3, 5))], []);
    const pages = await periods.amendments({ ...all, limit: 1 });
    expect(pages.map(({ state }) => state)).toEqual(["waiting"]);
    const rest = await periods.amendments({ ...all, after: pages[0]?.id ?? null });
    expect(rest.map(({ state }) => state)).toEqual(["rejected"]);
    expect(await periods.amendments({ ...all, month: "2026-09" })).toEqual([]);
  });

  it("touch what is accepted, and write it although the month is closed", async () => {
    const { ledger, periods } = await stores();
    await ledger.record([late(1, slot(0, 1))], []);
    await periods.record(change("close", 2), note);
    await ledger.record([late(10, slot(0, 3))], []);
    const [one] = await periods.amendments(all);
    const decision = { id: one?.id ?? "", actor: "user:2", atMs: 30, reason: "right" };
    await periods.decide({ ...decision, state: "accepted" }, note);
    expect(await ledger.touchedSlotCount()).toBe(1);
    expect(await periods.isTouched(interval)).toBe(true);
    const touched = await ledger.touched("amendment", 10);
    expect(touched).toMatchObject([{ meterId: "m1", reason: "amendment" }]);
    const amended = { ...late(40, slot(0, 3)), reason: "amendment", amends: true };
    expect(await ledger.record([amended], touched)).toEqual({ written: 1, revised: 1 });
    expect(await ledger.slots(slots)).toMatchObject([{ amount: 3, reason: "amendment" }]);
    expect(await periods.isTouched(interval)).toBe(false);
  });

  it("take in what has waited when they are opened again", async () => {
    const { ledger, periods } = await stores();
    await expect(periods.record(change("reopen", 1), note)).rejects.toMatchObject({
      code: "period_open",
    });
    await periods.record(change("close", 2), note);
    await expect(periods.record(change("close", 3), note)).rejects.toMatchObject({
      code: "period_closed",
    });
    await ledger.record([late(10, slot(0, 3))], []);
    await periods.record(change("reopen", 20), note);
    expect(await periods.amendments(all)).toMatchObject([
      { state: "accepted", decision: { actor: "user:1", atMs: 20, reason: "because" } },
    ]);
    expect(await ledger.touchedSlotCount()).toBe(1);
    expect(await ledger.record([late(30, slot(0, 3))], [])).toEqual({ written: 1, revised: 0 });
    await periods.record(change("close", 40), note);
    expect((await periods.changes()).map(({ action, atMs }) => [action, atMs])).toEqual([
      ["close", 2],
      ["reopen", 20],
      ["close", 40],
    ]);
    expect(await periods.firstSlotMs()).toBe(interval.startMs);
  });

  it("begin with the first slot of the ledger, and with nothing before it", async () => {
    const { periods } = await stores();
    expect(await periods.firstSlotMs()).toBeNull();
    expect(await periods.changes()).toEqual([]);
    expect(await periods.amendment("am-1")).toBeNull();
  });
});
