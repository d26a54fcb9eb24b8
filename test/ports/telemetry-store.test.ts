import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import { FileCursor } from "../../src/adapters/files/file-cursor.ts";
import { InfluxConnection } from "../../src/adapters/influx/influx-connection.ts";
import { InfluxTelemetryStore } from "../../src/adapters/influx/influx-telemetry-store.ts";
import { MemoryTelemetryStore } from "../../src/adapters/memory/memory-telemetry-store.ts";
import type { JournalBatch, TelemetryStore } from "../../src/app/ports.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { dayMs, minuteMs } from "../../src/domain/time.ts";
import {
  bucketOutside,
  hasInfluxd,
  hasInfluxOutside,
  type InfluxServer,
  startInfluxServer,
} from "../support/influx-server.ts";
import { tempDir } from "../support/temp-dir.ts";

const startMs = Date.UTC(2026, 10, 22);

function reading(minute: number, values: Reading["values"], more: Partial<Reading> = {}): Reading {
  const tsMs = startMs + minute * minuteMs;
  return {
    deviceId: "m1",
    kind: "electricity-meter",
    tsMs,
    receivedAtMs: tsMs + 500,
    values,
    ...more,
  };
}

function batch(seq: number, ...readings: Reading[]): JournalBatch {
  return { seq, readings, quarantined: [] };
}

let influxServer: Promise<InfluxServer> | null = null;
let buckets = 0;
afterAll(async () => {
  await (await influxServer)?.stop();
});

interface Kind {
  readonly open: () => Promise<TelemetryStore>;
  readonly isHere: boolean;
  /** Whether the store deletes by itself what is older than the retention; a bucket does that alone. */
  readonly retains: boolean;
}

const kinds: Record<string, Kind> = {
  memory: { open: async () => new MemoryTelemetryStore(), isHere: true, retains: true },
  duckdb: {
    isHere: true,
    retains: true,
    open: async () => {
      const dir = tempDir();
      const store = await openDuckDbTelemetryStore({
        path: join(dir, "readings.duckdb"),
        memoryLimit: "128MB",
        tempDirectory: join(dir, "tmp"),
      });
      onTestFinished(() => store.close());
      return store;
    },
  },
  influxdb: {
    isHere: hasInfluxd || hasInfluxOutside,
    retains: false,
    open: async () =>
      new InfluxTelemetryStore({
        connection: new InfluxConnection(await emptyBucket()),
        cursor: new FileCursor(join(tempDir(), "influx.cursor")),
        tagsOf: () => ({ park: "north", enterprise: "none", gateway: "g1" }),
        onRefused: async ({ deviceId }, reason) => {
          throw new Error(`${deviceId} was refused: ${reason}`);
        },
      }),
  },
};

/** In the InfluxDB that the environment names, else in one that is started here. */
async function emptyBucket() {
  if (hasInfluxOutside) {
    const bucket = await bucketOutside();
    onTestFinished(() => bucket.drop());
    return bucket;
  }
  influxServer ??= startInfluxServer();
  const server = await influxServer;
  buckets += 1;
  const bucket = `park${buckets}`;
  await server.createBucket(bucket);
  return { url: server.url, token: null, org: "zcp", bucket };
}

const m1 = { id: "m1", kind: "electricity-meter" } as const;
const always = { startMs: 0, endMs: startMs + 400 * dayMs };

for (const [kind, { open, isHere, retains }] of Object.entries(kinds)) {
  describe.skipIf(!isHere)(`telemetry store ${kind}`, () => suite(open, retains));
}

function suite(open: () => Promise<TelemetryStore>, retains: boolean): void {
  it("starts empty with its cursor before the first batch", async () => {
    const store = await open();
    expect(await store.cursor()).toBe(0);
    expect(await store.readings(m1, always, 10)).toEqual([]);
    expect(await store.latest()).toEqual([]);
  });

  it("gives back what was written, in order of time", async () => {
    const store = await open();
    const late = reading(0, { importKwh: 10, powerKw: 1.5 });
    const early = reading(-15, { importKwh: 9 }, { doubts: { importKwh: "uncertain" } });
    await store.append([batch(3, late), batch(4, early)]);
    expect(await store.cursor()).toBe(4);
    expect(await store.readings(m1, always, 10)).toEqual([early, late]);
    expect(await store.readings(m1, always, 1)).toEqual([early]);
    expect(
      await store.readings(m1, { startMs: early.tsMs, endMs: late.tsMs }, 10),
      "the end of an interval is not in it",
    ).toEqual([early]);
  });

  it("thins a momentary metric to the newest good value of each step", async () => {
    const store = await open();
    const soc = (minute: number, socFraction: number, more: Partial<Reading> = {}): Reading => ({
      ...reading(minute, { socFraction, powerKw: 1 }, more),
      ...{ deviceId: more.deviceId ?? "pcs1", kind: "storage-pcs" as const },
    });
    const bad = { doubts: { socFraction: "bad" as const } };
    await store.append([
      batch(
        1,
        ...[soc(-1, 0.1), soc(0, 0.2), soc(14, 0.3), soc(10, 0.9), soc(31, 0.5)],
        ...[soc(32, 0.99, bad), soc(60, 0.7), soc(3, 0.4, { deviceId: "pcs2" })],
        ...[{ ...soc(44, 0), values: { powerKw: 5 } }, soc(14, 0.25, { receivedAtMs: startMs })],
      ),
    ]);
    const found = await store.gauge({
      ...{ kind: "storage-pcs", deviceIds: ["pcs1", "pcs2", "pcs3"], metric: "socFraction" },
      ...{ interval: { startMs, endMs: startMs + 60 * minuteMs }, stepMs: 15 * minuteMs },
    });
    expect([...found.keys()].sort()).toEqual(["pcs1", "pcs2"]);
    // At minute 14 two values stand beside each other: the lower one counts. Minute 32 is bad, minute
    // 44 has none, minute 60 is outside.
    expect(found.get("pcs1")).toEqual([
      { startMs, value: 0.25 },
      { startMs: startMs + 30 * minuteMs, value: 0.5 },
    ]);
    expect(found.get("pcs2")).toEqual([{ startMs, value: 0.4 }]);
  });

  it("keeps texts and numbers apart", async () => {
    const store = await open();
    const pcs: Reading = {
      ...reading(0, { mode: "charge", powerKw: 900, socFraction: 0.5 }),
      deviceId: "pcs1",
      kind: "storage-pcs",
    };
    await store.append([batch(1, pcs)]);
    expect(await store.readings({ id: "pcs1", kind: "storage-pcs" }, always, 10)).toEqual([pcs]);
  });

  it("skips batches it has already, so that a replay doubles nothing", async () => {
    const store = await open();
    const first = batch(1, reading(0, { importKwh: 1 }));
    await store.append([first]);
    await store.append([first, batch(2, reading(15, { importKwh: 2 }))]);
    await store.append([first]);
    expect(await store.cursor()).toBe(2);
    expect(await store.readings(m1, always, 10)).toHaveLength(2);
  });

  it("answers a reading that was sent twice once, and two values of one instant both", async () => {
    const store = await open();
    const sent = reading(0, { importKwh: 5 });
    await store.append([
      batch(1, sent, { ...sent, receivedAtMs: sent.receivedAtMs + 9 }),
      batch(2, reading(0, { importKwh: 6 })),
    ]);
    const points = await store.points({
      kind: "electricity-meter",
      deviceIds: ["m1"],
      fromMs: startMs,
      toMs: startMs,
    });
    expect(points.get("m1")?.get("importKwh")).toHaveLength(2);
    expect(await store.readings(m1, always, 10)).toHaveLength(2);
  });

  it("reads register points with both ends, without those the device called bad", async () => {
    const store = await open();
    await store.append([
      batch(
        1,
        reading(0, { importKwh: 1, exportKwh: 0 }),
        reading(15, { importKwh: 2 }),
        reading(20, { importKwh: 99 }, { doubts: { importKwh: "bad" } }),
        reading(30, { importKwh: 3, powerKw: 4 }),
        reading(45, { importKwh: 4 }),
        { ...reading(15, { importKwh: 7 }), deviceId: "m2" },
      ),
    ]);
    const points = await store.points({
      kind: "electricity-meter",
      deviceIds: ["m1", "m2", "nobody"],
      fromMs: startMs,
      toMs: startMs + 30 * minuteMs,
    });
    expect(
      points
        .get("m1")
        ?.get("importKwh")
        ?.map(({ value }) => value),
    ).toEqual([1, 2, 3]);
    expect(
      points
        .get("m1")
        ?.get("exportKwh")
        ?.map(({ value }) => value),
    ).toEqual([0]);
    expect(
      points
        .get("m2")
        ?.get("importKwh")
        ?.map(({ value }) => value),
    ).toEqual([7]);
    expect(points.has("nobody")).toBe(false);
  });

  it("finds the nearest point of each register on either side", async () => {
    const store = await open();
    await store.append([
      batch(
        1,
        reading(0, { importKwh: 1 }),
        reading(10, { exportKwh: 1 }),
        reading(40, { importKwh: 2 }, { doubts: { importKwh: "bad" } }),
        reading(50, { importKwh: 2 }),
      ),
    ]);
    const ask = (register: string, minute: number) => ({
      deviceId: "m1",
      register,
      tsMs: startMs + minute * minuteMs,
    });
    expect(
      await store.nearest("electricity-meter", "before", [
        ask("importKwh", 50),
        ask("importKwh", 0),
        ask("exportKwh", 50),
        { ...ask("importKwh", 50), deviceId: "m2" },
      ]),
    ).toEqual([startMs, null, startMs + 10 * minuteMs, null]);
    expect(
      await store.nearest("electricity-meter", "after", [
        ask("importKwh", 0),
        ask("importKwh", 50),
      ]),
    ).toEqual([startMs + 50 * minuteMs, null]);
  });

  it("finds the nearest point however far away it is", async () => {
    const store = await open();
    const day = 24 * 60;
    await store.append([
      batch(
        1,
        reading(-300 * day, { importKwh: 1 }),
        reading(-20 * day, { importKwh: 2 }),
        { ...reading(-3 * day, { importKwh: 9 }), deviceId: "m2" },
        reading(0, { importKwh: 3 }),
        reading(200 * day, { importKwh: 4, exportKwh: 1 }),
      ),
    ]);
    const ask = (minute: number, register = "importKwh") => ({
      ...{ deviceId: "m1", register, tsMs: startMs + minute * minuteMs },
    });
    const days = async (side: "before" | "after", ...asks: ReturnType<typeof ask>[]) =>
      (await store.nearest("electricity-meter", side, asks)).map((tsMs) =>
        tsMs === null ? null : (tsMs - startMs) / dayMs,
      );
    expect(await days("before", ask(1), ask(0), ask(-20 * day), ask(-300 * day))).toEqual([
      ...[0, -20, -300, null],
    ]);
    expect(
      await days("after", ask(-300 * day), ask(0), ask(0, "exportKwh"), ask(200 * day)),
    ).toEqual([-20, 200, 200, null]);
    expect(await days("after", ask(0, "powerKw"), ask(0, "nothing"))).toEqual([null, null]);
    expect(await store.nearest("water-meter", "before", [ask(0)])).toEqual([null]);
  });

  it("folds the newest value of each metric into one reading a device", async () => {
    const store = await open();
    await store.append([
      batch(1, reading(0, { importKwh: 1, powerKw: 5 }), reading(15, { importKwh: 2 })),
    ]);
    const [latest] = await store.latest();
    expect(latest).toMatchObject({
      deviceId: "m1",
      tsMs: startMs + 15 * minuteMs,
      values: { importKwh: 2, powerKw: 5 },
    });
  });

  if (!retains) return;

  it("forgets what is older than its retention", async () => {
    const store = await open();
    await store.append([batch(1, reading(0, { importKwh: 1 }), reading(60, { importKwh: 2 }))]);
    expect(await store.retain(startMs + 30 * minuteMs)).toBe(1);
    expect(await store.readings(m1, always, 10)).toHaveLength(1);
    expect(await store.retain(startMs)).toBe(0);
  });
}

it("finds everything again after it was closed and opened", async () => {
  const dir = tempDir();
  const options = {
    path: join(dir, "readings.duckdb"),
    memoryLimit: "128MB",
    tempDirectory: join(dir, "tmp"),
  };
  const before = await openDuckDbTelemetryStore(options);
  await before.append([batch(7, reading(0, { importKwh: 1 }))]);
  await before.close();
  const after = await openDuckDbTelemetryStore(options);
  onTestFinished(() => after.close());
  expect(await after.cursor()).toBe(7);
  expect(await after.readings(m1, always, 10)).toHaveLength(1);
});
