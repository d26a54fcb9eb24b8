import { describe, expect, it } from "vitest";
import { MemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { queryQuality, queryRevisions } from "../../src/app/query-quality.ts";
import type { Registry } from "../../src/app/registry.ts";
import type { Meter } from "../../src/domain/park.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import type { Slot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, hourMs, quarterHourMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";

const startMs = Date.parse("2026-11-22T00:00:00Z");
const manager = servicePrincipal("tiny", "test");
const interval = { startMs, endMs: startMs + hourMs };

function registryOf(meters: readonly Meter[]): Registry {
  const meter = (id: string) => meters.find((one) => one.id === id);
  return { meters: () => meters, meter } as unknown as Registry;
}

function slot(meterId: string, index: number, more: Partial<Slot> = {}): Slot {
  return {
    ...{ meterId, register: "importKwh", startMs: startMs + index * quarterHourMs, amount: 1 },
    ...{ grade: "A", coverage: 1, estimatedFraction: 0, ...more },
  };
}

async function ledgerWith(...slots: Slot[]): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  await ledger.record([{ slots, reason: "late_reading", knownAtMs: 100 }], []);
  return ledger;
}

describe("the quality of meters", () => {
  it("counts measured, estimated and missing slots up to now", async () => {
    const meters = [
      meterOf(),
      meterOf({ id: "m2" }),
      meterOf({ id: "sky", kind: "weather-station" }),
    ];
    const ledger = await ledgerWith(
      ...[slot("m1", 0), slot("m1", 1, { grade: "E1" }), slot("m1", 2), slot("m2", 0)],
    );
    const nowMs = startMs + 50 * 60_000;
    const answer = await queryQuality({ registry: registryOf(meters), ledger }, manager, {
      ...{ interval, nowMs },
    });
    expect(answer.items).toEqual([
      {
        ...{ meterId: "m1", slotsExpected: 3, slotsMeasured: 2, slotsEstimated: 1 },
        ...{ slotsMissing: 0, coverage: 2 / 3 },
      },
      {
        ...{ meterId: "m2", slotsExpected: 3, slotsMeasured: 1, slotsEstimated: 0 },
        ...{ slotsMissing: 2, coverage: 1 / 3 },
      },
    ]);
    expect(answer).toMatchObject({ slotsExpected: 3, coverage: 0.5 });
  });

  it("expects nothing of a meter before its registration, and nothing of the future", async () => {
    const meters = [meterOf({ validFromMs: startMs + quarterHourMs + 1 })];
    const ledger = await ledgerWith(slot("m1", 2), slot("m1", 3));
    const services = { registry: registryOf(meters), ledger };
    const known = await queryQuality(services, manager, { interval, nowMs: startMs + dayMs });
    expect(known).toMatchObject({ coverage: 1, items: [{ slotsExpected: 2, slotsMissing: 0 }] });
    const ahead = await queryQuality(services, manager, { interval, nowMs: startMs - dayMs });
    expect(ahead).toMatchObject({ coverage: null, slotsExpected: 0, interval: { endMs: startMs } });
  });

  it("is told of one's own meters only, and of 400 days at most", async () => {
    const meters = [meterOf({ enterpriseId: "a" }), meterOf({ id: "m2" })];
    const services = { registry: registryOf(meters), ledger: await ledgerWith() };
    const own = { ...manager, enterpriseId: "a" };
    const { items } = await queryQuality(services, own, { interval, nowMs: startMs + dayMs });
    expect(items.map(({ meterId }) => meterId)).toEqual(["m1"]);
    const long = { startMs, endMs: startMs + 401 * dayMs };
    await expect(
      queryQuality(services, manager, { interval: long, nowMs: startMs }),
    ).rejects.toMatchObject({ code: "invalid_interval" });
  });
});

describe("the revisions of a meter", () => {
  it("stand beside what was known before, for each register", async () => {
    const ledger = await ledgerWith(
      ...[slot("m1", 0, { amount: 5 }), slot("m1", 0, { amount: 9, register: "exportKwh" })],
    );
    await ledger.record(
      [{ slots: [slot("m1", 0, { amount: 4 })], reason: "late_reading", knownAtMs: 200 }],
      [],
    );
    const steps = await queryRevisions({ registry: registryOf([meterOf()]), ledger }, manager, {
      ...{ meterId: "m1", interval },
    });
    expect(
      steps.map(({ slot: { register, amount, reason, revision }, before }) => {
        return [register, revision, reason, before, amount];
      }),
    ).toEqual([
      ["importKwh", 1, "first", null, 5],
      ["exportKwh", 1, "first", null, 9],
      ["importKwh", 2, "late_reading", 5, 4],
    ]);
  });

  it("of a meter of somebody else are not found", async () => {
    const registry = registryOf([meterOf({ enterpriseId: "a" })]);
    const other = { ...manager, enterpriseId: "b" };
    await expect(
      queryRevisions({ registry, ledger: await ledgerWith() }, other, { meterId: "m1", interval }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
