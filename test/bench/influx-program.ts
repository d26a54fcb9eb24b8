import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { FileCursor } from "../../src/adapters/files/file-cursor.ts";
import { InfluxConnection } from "../../src/adapters/influx/influx-connection.ts";
import { InfluxTelemetryStore } from "../../src/adapters/influx/influx-telemetry-store.ts";
import { type DeviceTags, lineOf } from "../../src/adapters/influx/line-protocol.ts";
import { openJournal } from "../../src/adapters/journal/sqlite-journal.ts";
import type { Journal, Log } from "../../src/app/ports.ts";
import { storeReadings } from "../../src/app/store-readings.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { readingOf } from "./flood-messages.ts";

/**
 * `bare` writes lines that were made before the clock starts; `drain` takes the same readings from a
 * journal that holds them all; `pace` appends them at a fixed rate while they are drained.
 */
export interface InfluxOrder {
  readonly what: "bare" | "drain" | "pace";
  readonly url: string;
  readonly bucket: string;
  readonly dir: string;
  readonly devices: number;
  readonly rounds: number;
  /** Readings that are appended in a second, for `pace`. */
  readonly readingsPerS: number;
}

export interface InfluxReport {
  readonly readings: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** What InfluxDB has, counted after the run. */
  readonly kept: number;
  /** Readings that waited in the journal: at most, when the last was appended, and after the run. */
  readonly depthMax: number;
  readonly depthAtEnd: number;
  readonly depthAfter: number;
}

type Timed = Omit<InfluxReport, "readings" | "kept">;

const tags: DeviceTags = { park: "bench", enterprise: "none", gateway: "gw0" };
const linesPerRequest = 5000;
/** Readings of one append, as the messages of a few milliseconds make it. */
const readingsPerAppend = 250;
const paceMs = 10;
const startMs = Date.UTC(2026, 10, 1);

process.once("message", (order: InfluxOrder) => {
  void run(order).then((report) => {
    process.send?.(report);
    process.disconnect();
  });
});

async function run(order: InfluxOrder): Promise<InfluxReport> {
  const { url, bucket, devices, rounds, what } = order;
  const connection = new InfluxConnection({ url, bucket, token: null, org: "bench" });
  const readings = Array.from({ length: devices * rounds }, (_, at) =>
    readingOf(at % devices, Math.floor(at / devices), startMs),
  );
  const timed =
    what === "bare"
      ? await bare(connection, readings)
      : await throughJournal(order, connection, readings);
  const [series] = await connection.query([`SELECT count("receivedAtMs") FROM "telemetry"`]);
  const kept = Number(series?.[0]?.values[0]?.[1] ?? 0);
  return { ...timed, readings: readings.length, kept };
}

async function bare(connection: InfluxConnection, readings: readonly Reading[]): Promise<Timed> {
  const lines = readings.map((reading) => lineOf(reading, tags));
  const clock = stopwatch();
  for (let from = 0; from < lines.length; from += linesPerRequest) {
    await connection.write(lines.slice(from, from + linesPerRequest));
  }
  return { ...clock(), depthMax: 0, depthAtEnd: 0, depthAfter: 0 };
}

async function throughJournal(
  { dir, what, readingsPerS }: InfluxOrder,
  connection: InfluxConnection,
  readings: readonly Reading[],
): Promise<Timed> {
  const journal = await openJournal({ path: join(dir, "journal.db"), bytesMax: 8e9 });
  const store = new InfluxTelemetryStore({
    connection,
    cursor: new FileCursor(join(dir, "cursor")),
    tagsOf: () => tags,
    onRefused: async ({ deviceId }, reason) => {
      throw new Error(`InfluxDB refused a reading of ${deviceId}: ${reason}`);
    },
  });
  const nothing = (): void => undefined;
  const log: Log = { debug: nothing, info: nothing, warn: nothing, error: console.error };
  let storedSeq = 0;
  let trimming = Promise.resolve();
  const writer = storeReadings({
    ...{ journal, telemetry: store, log },
    onStored: (seq) => {
      storedSeq = seq;
      trimming = trimming.then(() => journal.trim(seq));
    },
  });
  const depth = (): Promise<number> => journal.readingsAfter(storedSeq);
  if (what === "drain") await filled(journal, readings);
  const clock = stopwatch();
  let [depthMax, depthAtEnd] = [0, 0];
  if (what === "pace") {
    journal.onCommit(() => writer.wake());
    depthMax = await paced(journal, { readings, readingsPerS, depth });
    depthAtEnd = await depth();
  }
  writer.wake();
  while (storedSeq < journal.state().headSeq) await setTimeout(paceMs);
  const spent = clock();
  await writer.stop();
  const depthAfter = await depth();
  await trimming;
  await journal.close();
  return { ...spent, depthMax, depthAtEnd, depthAfter };
}

async function filled(journal: Journal, readings: readonly Reading[]): Promise<void> {
  for (let from = 0; from < readings.length; from += 20 * readingsPerAppend) {
    await Promise.all(
      Array.from({ length: 20 }, (_, part) => {
        const first = from + part * readingsPerAppend;
        const some = readings.slice(first, first + readingsPerAppend);
        return journal.append({ readings: some, quarantined: [] });
      }),
    );
  }
}

/** Appends at a rate, whatever becomes of it; answers the greatest depth that was seen. */
async function paced(
  journal: Journal,
  parts: {
    readonly readings: readonly Reading[];
    readonly readingsPerS: number;
    readonly depth: () => Promise<number>;
  },
): Promise<number> {
  const { readings, readingsPerS, depth } = parts;
  const beginMs = performance.now();
  const appends: Promise<void>[] = [];
  let depthMax = 0;
  let appended = 0;
  while (appended < readings.length) {
    const due = Math.min(readings.length, ((performance.now() - beginMs) / 1000) * readingsPerS);
    while (appended + readingsPerAppend <= due || (due === readings.length && appended < due)) {
      const some = readings.slice(appended, appended + readingsPerAppend);
      appends.push(journal.append({ readings: some, quarantined: [] }));
      appended += some.length;
    }
    await setTimeout(paceMs);
    depthMax = Math.max(depthMax, await depth());
  }
  await Promise.all(appends);
  return depthMax;
}

/** Starts a watch; answers what has passed since. */
function stopwatch(): () => { readonly seconds: number; readonly cpuMs: number } {
  const [beginMs, cpu] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - beginMs) / 1000, cpuMs: (user + system) / 1000 };
  };
}
