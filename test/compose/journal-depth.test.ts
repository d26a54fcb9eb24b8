import { describe, expect, it } from "vitest";
import { MemoryJournal } from "../../src/adapters/memory/memory-journal.ts";
import { UnavailableError } from "../../src/app/ports.ts";
import { createHealth } from "../../src/compose/health.ts";
import { journalDepth } from "../../src/compose/journal-depth.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";

const startMs = Date.UTC(2026, 10, 25);

const reading = (receivedAtMs: number): Reading => ({
  ...{ deviceId: "m1", kind: "electricity-meter", tsMs: receivedAtMs, receivedAtMs },
  values: { importKwh: 1 },
});

/** Three batches, a minute apart, with one, two and three readings. */
async function trial(cursors: { readonly stored: number; readonly followed: number | null }) {
  const journal = new MemoryJournal();
  for (const minute of [0, 1, 2]) {
    const readings = Array.from({ length: minute + 1 }, () => reading(startMs + minute * 60_000));
    await journal.append({ readings, quarantined: [] });
  }
  const { stored, followed } = cursors;
  const stores = {
    journal,
    telemetry: { cursor: async () => stored, state: async () => ({}) },
    ledger: {
      cursor: async () => {
        if (followed === null) throw new UnavailableError("PostgreSQL cannot be reached");
        return followed;
      },
    },
  } as unknown as Parameters<typeof journalDepth>[0];
  return { journal, stores, clock: { nowMs: () => startMs + 180_000 } };
}

describe("the depth of the journal", () => {
  it("counts from where the slowest consumer is", async () => {
    const { stores, clock } = await trial({ stored: 3, followed: 1 });
    // Batches 2 and 3 with 2 + 3 readings; the second came 120 s ago.
    expect(await journalDepth(stores, clock)).toEqual({ readings: 5, oldestAgeS: 120 });
  });

  it("is nothing when both are through", async () => {
    const { stores, clock } = await trial({ stored: 3, followed: 3 });
    expect(await journalDepth(stores, clock)).toEqual({ readings: 0, oldestAgeS: null });
  });

  it("is what has not been trimmed while a consumer cannot say where it is", async () => {
    const { journal, stores, clock } = await trial({ stored: 3, followed: null });
    expect(await journalDepth(stores, clock)).toEqual({ readings: 6, oldestAgeS: 180 });
    await journal.trim(2);
    expect(await journalDepth(stores, clock)).toEqual({ readings: 3, oldestAgeS: 60 });
  });

  it("does not keep the service from saying that it is not ready when it cannot be read", async () => {
    const { stores } = await trial({ stored: 0, followed: 0 });
    const journal = {
      state: () => stores.journal.state(),
      read: () => Promise.reject(new Error("the disk refused journal.sqlite")),
    };
    const health = createHealth({
      stores: { ...stores, journal, charts: null } as unknown as Parameters<
        typeof createHealth
      >[0]["stores"],
      pipeline: {
        problems: () => ({
          ...{ "store-writer": null, "slot-closer": null },
          ...{ "journal-trim": null, "day-totals": null, "ledger-mirror": null, restatement: null },
        }),
      },
      jobs: [],
      clock: { nowMs: () => startMs },
    });
    const { ready, failing } = await health.ready();
    expect(ready).toBe(false);
    expect(failing[0]).toBe("journal: the disk refused journal.sqlite");
  });

  it("is a warning when the oldest reading waits for more than five minutes", async () => {
    const { stores } = await trial({ stored: 0, followed: 0 });
    const at = async (nowMs: number) => {
      const health = createHealth({
        stores: { ...stores, charts: null } as unknown as Parameters<
          typeof createHealth
        >[0]["stores"],
        pipeline: {
          problems: () => ({
            ...{ "store-writer": null, "slot-closer": null },
            ...{
              "journal-trim": null,
              "day-totals": null,
              restatement: null,
              "ledger-mirror": null,
            },
          }),
        },
        jobs: [],
        clock: { nowMs: () => nowMs },
      });
      return (await health.ready()).degraded;
    };
    expect(await at(startMs + 300_000)).toEqual([]);
    expect(await at(startMs + 301_000)).toEqual([
      "journal: readings wait in the journal, the oldest for 301 s; look at the consumers below",
    ]);
  });
});
