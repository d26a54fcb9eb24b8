import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { DuckDbHandle } from "../../src/adapters/duckdb/duckdb-handle.ts";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import type { TelemetryStore } from "../../src/app/ports.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { tempDir } from "../support/temp-dir.ts";

const always = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
const m1 = { id: "m1", kind: "electricity-meter" } as const;

function optionsIn(dir: string) {
  const path = join(dir, "readings.duckdb");
  return { path, memoryLimit: "128MB", tempDirectory: join(dir, "tmp") };
}

async function open(dir = tempDir()): Promise<TelemetryStore> {
  const store = await openDuckDbTelemetryStore(optionsIn(dir));
  onTestFinished(() => store.close());
  return store;
}

function reading(tsMs: number, values: Reading["values"]): Reading {
  return { deviceId: "m1", kind: "electricity-meter", tsMs, receivedAtMs: 1, values };
}

it("opens the file again after a failure that made DuckDB refuse everything", async () => {
  const handle = await DuckDbHandle.open(optionsIn(tempDir()));
  onTestFinished(() => handle.close());
  await handle.write(async (writer) => {
    await writer.run("CREATE TABLE kept (n INTEGER)");
    await writer.run("CHECKPOINT");
    await writer.run("SET GLOBAL debug_checkpoint_abort = 'before_header'");
    await writer.run("INSERT INTO kept VALUES (7)");
  });
  const checkpoint = handle.write((writer) => writer.run("CHECKPOINT"));
  await expect(checkpoint).rejects.toThrow(/FATAL/);
  const both = [handle.rows("SELECT n FROM kept"), handle.rows("SELECT n FROM kept")];
  expect(await Promise.all(both)).toEqual([[{ n: 7 }], [{ n: 7 }]]);
  await handle.write((writer) => writer.run("INSERT INTO kept VALUES (8)"));
  expect(await handle.rows("SELECT count(*)::INTEGER AS n FROM kept")).toEqual([{ n: 2 }]);
});

it("has every batch whole that it said is stored, after it was killed", async () => {
  const dir = tempDir();
  for (let round = 0; round < 3; round += 1) {
    const said = await killedWhileAppending(dir, 3 + round);
    const store = await openDuckDbTelemetryStore(optionsIn(dir));
    const cursor = await store.cursor();
    expect(cursor).toBeGreaterThanOrEqual(said);
    expect(await store.readings(m1, always, 1_000_000)).toHaveLength(cursor * 1000);
    await store.close();
  }
}, 120_000);

/** Runs the program until it has named so many batches and ends it without warning; the last one named. */
function killedWhileAppending(dir: string, batches: number): Promise<number> {
  const program = join(import.meta.dirname, "../support/append-until-killed.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program, dir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said: number[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    said = [...said, ...String(chunk).split("\n").filter(Boolean).map(Number)];
    if (said.length >= batches) child.kill("SIGKILL");
  });
  return new Promise((resolve) => child.on("close", () => resolve(said.at(-1) ?? 0)));
}

it("stores what each reading has and nothing else, whatever the mixture", async () => {
  const store = await open();
  const mixed = Array.from({ length: 600 }, (_, index): Reading => {
    const bits = index + 1;
    const names = ["importKwh", "exportKwh", "powerKw", "powerFactor", "voltageAV", "currentAA"];
    const all = [...names, "voltageBV", "voltageCV", "currentBA", "frequencyHz"];
    const present = all.filter((_name, bit) => (bits & (1 << bit)) !== 0);
    const values = Object.fromEntries(present.map((name) => [name, index / 1000]));
    const doubts = index % 7 === 0 ? { doubts: { [present[0] ?? ""]: "uncertain" as const } } : {};
    return { ...reading(index, values), ...doubts };
  });
  await store.append([{ seq: 1, readings: mixed, quarantined: [] }]);
  expect(await store.readings(m1, always, 1000)).toEqual(mixed);
});

it("leaves out a metric that it has no column for, or of another type, and keeps the rest", async () => {
  const store = await open();
  const odd = { importKwh: 5, fromANewerVersion: 1, powerKw: "much" };
  await store.append([{ seq: 1, readings: [reading(1, odd)], quarantined: [] }]);
  expect(await store.readings(m1, always, 10)).toEqual([reading(1, { importKwh: 5 })]);
});

it("takes in a large batch without holding the event loop for long", async () => {
  const store = await open();
  const readings = Array.from({ length: 20_000 }, (_, index) =>
    reading(index, { importKwh: index, exportKwh: index / 2, powerKw: 1, voltageAV: 230 }),
  );
  let turns = 0;
  const counter = setInterval(() => {
    turns += 1;
  }, 1);
  await store.append([{ seq: 1, readings, quarantined: [] }]);
  clearInterval(counter);
  expect(turns).toBeGreaterThan(5);
  const query = { kind: "electricity-meter" as const, deviceIds: ["m1"], fromMs: 0, toMs: 1e9 };
  expect((await store.points(query)).get("m1")?.get("importKwh")).toHaveLength(20_000);
});

it("answers nearest points after old readings were deleted", async () => {
  const store = await open();
  await store.append([
    { seq: 1, readings: [1, 2, 3].map((n) => reading(n, { importKwh: n })), quarantined: [] },
  ]);
  expect(await store.retain(3)).toBe(2);
  const ask = { deviceId: "m1", register: "importKwh", tsMs: 3 };
  expect(await store.nearest("electricity-meter", "before", [ask])).toEqual([null]);
  expect(await store.nearest("electricity-meter", "before", [{ ...ask, tsMs: 4 }])).toEqual([3]);
});
