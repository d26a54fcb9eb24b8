import { cpSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openJournal } from "../../src/adapters/journal/sqlite-journal.ts";
import { openSqliteThread } from "../../src/adapters/sqlite/sqlite-thread.ts";
import type { Journal } from "../../src/app/ports.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { tempDir } from "../support/temp-dir.ts";

function reading(tsMs: number, deviceId = "m1"): Reading {
  return {
    deviceId,
    kind: "electricity-meter",
    tsMs,
    receivedAtMs: tsMs + 1,
    values: { importKwh: tsMs },
  };
}

async function open(path: string, bytesMax = 1e9): Promise<Journal> {
  const journal = await openJournal({ path, bytesMax, gatherMs: 1 });
  onTestFinished(() => journal.close().catch(() => undefined));
  return journal;
}

describe("journal", () => {
  it("shares one commit among entries that arrive together", async () => {
    const journal = await open(join(tempDir(), "journal.db"));
    let commits = 0;
    journal.onCommit(() => {
      commits += 1;
    });
    await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        journal.append({ readings: [reading(index)], quarantined: [] }),
      ),
    );
    expect(commits).toBeLessThan(10);
    const batches = await journal.read(0, 10_000);
    expect(batches.flatMap((batch) => batch.readings.map(({ tsMs }) => tsMs))).toEqual(
      Array.from({ length: 500 }, (_, index) => index),
    );
  });

  it("has everything that was acknowledged after it was opened again, and goes on counting", async () => {
    const path = join(tempDir(), "journal.db");
    const doubtful: Reading = { ...reading(2), doubts: { importKwh: "bad" } };
    const refused = {
      gatewayId: "g1",
      deviceId: null,
      code: "json",
      metric: null,
      detail: "not JSON",
      topic: "t",
      payloadExcerpt: "{",
      payloadBytes: 1,
      receivedAtMs: 5,
    };
    const before = await open(path);
    await before.append({ readings: [reading(1)], quarantined: [] });
    await before.append({ readings: [doubtful], quarantined: [refused] });
    await before.close();

    const after = await open(path);
    const batches = await after.read(0, 100);
    expect(batches.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(batches[1]).toEqual({ seq: 2, readings: [doubtful], quarantined: [refused] });
    await after.append({ readings: [reading(3)], quarantined: [] });
    expect(after.state().headSeq).toBe(3);
    // Two readings and a refusal of the first run, and a reading of this one.
    expect(await after.readingsAfter(0)).toBe(4);
    expect(await after.readingsAfter(1)).toBe(3);
    expect(await after.readingsAfter(3)).toBe(0);
  });

  it("forgets what all consumers have finished and still counts the rest", async () => {
    const path = join(tempDir(), "journal.db");
    const journal = await open(path);
    for (let index = 1; index <= 4; index += 1) {
      await journal.append({ readings: [reading(index)], quarantined: [] });
    }
    const bytesBefore = journal.state().bytes;
    await journal.trim(3);
    expect(journal.state()).toMatchObject({ headSeq: 4, floorSeq: 3 });
    expect(journal.state().bytes).toBeLessThan(bytesBefore / 2);
    expect(await journal.readingsAfter(3)).toBe(1);
    await journal.close();
    const again = await open(path);
    expect(again.state()).toMatchObject({ headSeq: 4, floorSeq: 3 });
    expect((await again.read(3, 10)).map(({ seq }) => seq)).toEqual([4]);
    expect(await again.readingsAfter(3)).toBe(1);
    await again.trim(4);
    await again.close();
    const empty = await open(path);
    expect(empty.state()).toMatchObject({ headSeq: 4, floorSeq: 4, bytes: 0 });
  });

  it("refuses more at its cap, says so, and takes in again after a trim", async () => {
    const journal = await open(join(tempDir(), "journal.db"), 100);
    await journal.append({ readings: [reading(1), reading(2), reading(3)], quarantined: [] });
    await expect(journal.append({ readings: [reading(4)], quarantined: [] })).rejects.toMatchObject(
      { code: "journal_full" },
    );
    await journal.trim(1);
    await journal.append({ readings: [reading(5)], quarantined: [] });
    expect(await journal.readingsAfter(1)).toBe(1);
  });

  it("gives the space of what was trimmed back to the disk, but for a little", async () => {
    const path = join(tempDir(), "journal.db");
    const journal = await open(path);
    const many = Array.from({ length: 20_000 }, (_, index) => reading(index, `meter-${index}`));
    for (let round = 0; round < 30; round += 1) {
      await journal.append({ readings: many, quarantined: [] });
    }
    await journal.append({ readings: [reading(1)], quarantined: [] });
    const { headSeq, bytes } = journal.state();
    await journal.trim(headSeq);
    await journal.close();
    expect(bytes).toBeGreaterThan(20_000_000);
    expect(statSync(path).size).toBeLessThan(10_000_000);
    const again = await open(path);
    await again.append({ readings: [reading(2)], quarantined: [] });
    expect(again.state()).toMatchObject({ headSeq: headSeq + 1, floorSeq: headSeq });
  });

  it("reads at most as many readings as asked, but always one batch", async () => {
    const journal = await open(join(tempDir(), "journal.db"));
    for (let index = 0; index < 3; index += 1) {
      await journal.append({ readings: [reading(1), reading(2)], quarantined: [] });
    }
    expect(await journal.read(0, 1)).toHaveLength(1);
    expect(await journal.read(0, 4)).toHaveLength(2);
    expect(await journal.read(2, 100)).toHaveLength(1);
  });

  it("does not acknowledge what comes after it was closed", async () => {
    const journal = await open(join(tempDir(), "journal.db"));
    const last = journal.append({ readings: [reading(1)], quarantined: [] });
    const closing = journal.close();
    await expect(last).resolves.toBeUndefined();
    await closing;
    await expect(journal.append({ readings: [reading(2)], quarantined: [] })).rejects.toMatchObject(
      { code: "journal_failed" },
    );
  });

  it("counts on above a consumer's cursor also after it was opened again", async () => {
    const path = join(tempDir(), "journal.db");
    const before = await open(path);
    await before.append({ readings: [reading(1)], quarantined: [] });
    await before.continueAfter(40);
    await before.close();
    const after = await open(path);
    expect(after.state()).toMatchObject({ headSeq: 40, floorSeq: 40 });
    await after.append({ readings: [reading(2)], quarantined: [] });
    expect((await after.read(40, 10)).map(({ seq }) => seq)).toEqual([41]);
  });

  it("loses only what was not committed when its log ends in the middle of a write", async () => {
    const dir = tempDir();
    const journal = await open(join(dir, "journal.db"));
    const walPath = join(dir, "journal.db-wal");
    const wholeBytes: number[] = [];
    for (let index = 1; index <= 3; index += 1) {
      await journal.append({ readings: [reading(index)], quarantined: [] });
      wholeBytes.push(statSync(walPath).size);
    }
    for (const [name, keptBytes] of [
      ["torn", (wholeBytes[2] ?? 0) - 100],
      ["cut", wholeBytes[1] ?? 0],
    ] as const) {
      const copy = join(tempDir(), `${name}.db`);
      cpSync(join(dir, "journal.db"), copy);
      cpSync(walPath, `${copy}-wal`);
      truncateSync(`${copy}-wal`, keptBytes);
      const again = await open(copy);
      expect(
        (await again.read(0, 100)).map(({ seq }) => seq),
        name,
      ).toEqual([1, 2]);
      await again.append({ readings: [reading(9)], quarantined: [] });
      expect(
        (await again.read(2, 100)).map(({ seq }) => seq),
        name,
      ).toEqual([3]);
    }
  });

  it("refuses while the disk does, says why, and goes on without a restart", async () => {
    const path = join(tempDir(), "journal.db");
    const journal = await open(path);
    await journal.append({ readings: [reading(1)], quarantined: [] });
    const other = openSqliteThread(path, []);
    onTestFinished(() => other.close());
    await other.exec("BEGIN IMMEDIATE");
    await expect(journal.append({ readings: [reading(2)], quarantined: [] })).rejects.toMatchObject(
      { code: "journal_failed", message: expect.stringContaining("SQLITE_BUSY") },
    );
    expect(journal.state().problem).toContain("SQLITE_BUSY");
    expect(journal.state().headSeq).toBe(1);
    await other.exec("ROLLBACK");
    await journal.append({ readings: [reading(3)], quarantined: [] });
    expect(journal.state()).toMatchObject({ headSeq: 2, problem: null });
    const kept = (await journal.read(0, 10)).flatMap(({ readings }) => readings);
    expect(kept.map(({ tsMs }) => tsMs)).toEqual([1, 3]);
  }, 60_000);

  it("takes no more than a stated amount while the disk is busy", async () => {
    const path = join(tempDir(), "journal.db");
    const journal = await open(path);
    const other = openSqliteThread(path, []);
    onTestFinished(() => other.close());
    await other.exec("BEGIN IMMEDIATE");
    const payloadExcerpt = "x".repeat(256 * 1024);
    const refused = {
      ...{ gatewayId: "g1", deviceId: "m1", code: "unknown_device", metric: null, detail: "" },
      ...{ topic: "t", payloadExcerpt, payloadBytes: payloadExcerpt.length, receivedAtMs: 1 },
    };
    const answers = await Promise.allSettled([
      ...Array.from({ length: 400 }, () =>
        journal.append({ readings: [], quarantined: [refused] }),
      ),
      // The lock goes before the journal has waited for too long.
      other.exec("ROLLBACK"),
    ]);
    const refusals = answers.filter(({ status }) => status === "rejected");
    expect(refusals.length).toBeGreaterThan(100);
    expect(refusals[0]).toMatchObject({ reason: { code: "journal_full" } });
    const taken = 400 - refusals.length;
    expect(await journal.readingsAfter(0)).toBe(taken);
    expect(journal.state().headSeq, "in commits of bounded size").toBeGreaterThan(5);
  }, 60_000);

  it("reads a backlog from the disk in portions", async () => {
    const path = join(tempDir(), "journal.db");
    const before = await open(path);
    for (let index = 0; index < 30; index += 1) {
      const readings = Array.from({ length: 100 }, (_, n) => reading(index * 100 + n));
      await before.append({ readings, quarantined: [] });
    }
    await before.close();
    const after = await open(path);
    const instants: number[] = [];
    let seq = 0;
    for (;;) {
      const batches = await after.read(seq, 1000);
      const last = batches.at(-1);
      if (last === undefined) break;
      const readings = batches.flatMap((batch) => batch.readings);
      expect(readings.length).toBeLessThanOrEqual(1000);
      instants.push(...readings.map(({ tsMs }) => tsMs));
      seq = last.seq;
    }
    expect(instants).toEqual(Array.from({ length: 3000 }, (_, n) => n));
  });
});
