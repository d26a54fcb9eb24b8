import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openJournal } from "../../src/adapters/journal/sqlite-journal.ts";
import { MemoryJournal } from "../../src/adapters/memory/memory-journal.ts";
import type { Journal } from "../../src/app/ports.ts";
import type { Quarantined, Reading } from "../../src/domain/telemetry/reading.ts";
import { tempDir } from "../support/temp-dir.ts";

const journals: Record<string, () => Promise<Journal>> = {
  memory: async () => new MemoryJournal(),
  sqlite: async () => {
    const journal = await openJournal({ path: join(tempDir(), "journal.db"), bytesMax: 1e9 });
    onTestFinished(() => journal.close());
    return journal;
  },
};

function reading(tsMs: number): Reading {
  return {
    ...{ deviceId: "m1", kind: "electricity-meter", tsMs, receivedAtMs: tsMs + 1 },
    values: { importKwh: tsMs },
  };
}

const refused: Quarantined = {
  ...{ gatewayId: "g1", deviceId: null, code: "json", metric: null, detail: "not JSON" },
  ...{ topic: "t", payloadExcerpt: "{", payloadBytes: 1, receivedAtMs: 5 },
};

describe.each(Object.entries(journals))("journal %s", (_name, open) => {
  it("starts empty", async () => {
    const journal = await open();
    expect(journal.state()).toMatchObject({ headSeq: 0, floorSeq: 0, bytes: 0, problem: null });
    expect(await journal.read(0, 100)).toEqual([]);
    expect(await journal.readingsAfter(0)).toBe(0);
  });

  it("gives back what was appended, in order, after any sequence", async () => {
    const journal = await open();
    await journal.append({ readings: [reading(1), reading(2)], quarantined: [] });
    await journal.append({ readings: [], quarantined: [refused] });
    await journal.append({ readings: [reading(3)], quarantined: [] });
    const batches = await journal.read(0, 100);
    expect(batches).toEqual([
      { seq: 1, readings: [reading(1), reading(2)], quarantined: [] },
      { seq: 2, readings: [], quarantined: [refused] },
      { seq: 3, readings: [reading(3)], quarantined: [] },
    ]);
    expect(await journal.read(1, 100)).toEqual(batches.slice(1));
    expect(await journal.read(3, 100)).toEqual([]);
    expect(await journal.read(0, 1), "one batch in any case").toEqual(batches.slice(0, 1));
  });

  it("counts readings and refusals that come after a sequence", async () => {
    const journal = await open();
    await journal.append({ readings: [reading(1), reading(2)], quarantined: [refused] });
    await journal.append({ readings: [reading(3)], quarantined: [] });
    expect(await Promise.all([0, 1, 2].map((seq) => journal.readingsAfter(seq)))).toEqual([
      4, 1, 0,
    ]);
    await journal.trim(1);
    expect(journal.state()).toMatchObject({ headSeq: 2, floorSeq: 1 });
    expect(await journal.readingsAfter(1)).toBe(1);
    expect((await journal.read(1, 10)).map(({ seq }) => seq)).toEqual([2]);
  });

  it("tells of each commit until the subscription ends", async () => {
    const journal = await open();
    let told = 0;
    const end = journal.onCommit(() => {
      told += 1;
    });
    await journal.append({ readings: [reading(1)], quarantined: [] });
    expect(told).toBe(1);
    end();
    await journal.append({ readings: [reading(2)], quarantined: [] });
    expect(told).toBe(1);
  });

  it("numbers on above a consumer that is further than itself", async () => {
    const journal = await open();
    await journal.append({ readings: [reading(1)], quarantined: [] });
    await journal.continueAfter(40);
    await journal.continueAfter(7);
    expect(journal.state().headSeq).toBe(40);
    expect(await journal.readingsAfter(40)).toBe(0);
    await journal.append({ readings: [reading(2)], quarantined: [] });
    expect((await journal.read(40, 10)).map(({ seq }) => seq)).toEqual([41]);
  });
});
