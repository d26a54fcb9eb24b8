import { statSync } from "node:fs";
import { join } from "node:path";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { metricsPerSample, readingOf } from "./flood-messages.ts";

export interface StoreOrder {
  readonly dir: string;
  readonly devices: number;
  readonly rounds: number;
  readonly memoryLimit: string;
}

export interface StoreReport {
  readonly seconds: number;
  readonly values: number;
  readonly bytes: number;
  readonly rssMibMax: number;
  readonly rows: number;
}

process.once("message", (order: StoreOrder) => {
  void fill(order).then((report) => {
    process.send?.(report);
    process.disconnect();
  });
});

/** Writes rounds of all devices in batches as the store writer does, five rounds to a transaction. */
async function fill({ dir, devices, rounds, memoryLimit }: StoreOrder): Promise<StoreReport> {
  const path = join(dir, "readings.duckdb");
  const store = await openDuckDbTelemetryStore({ path, memoryLimit, tempDirectory: dir });
  const roundsPerBatch = 5;
  const startMs = Date.UTC(2026, 10, 1);
  let writtenMs = 0;
  let rssMax = 0;
  let seq = 0;
  for (let round = 0; round < rounds; round += roundsPerBatch) {
    const readings: Reading[] = [];
    for (let at = round; at < Math.min(rounds, round + roundsPerBatch); at += 1) {
      for (let device = 0; device < devices; device += 1) {
        readings.push(readingOf(device, at, startMs));
      }
    }
    seq += 1;
    const beginMs = performance.now();
    await store.append([{ seq, readings, quarantined: [] }]);
    writtenMs += performance.now() - beginMs;
    rssMax = Math.max(rssMax, process.memoryUsage.rss());
  }
  const beginMs = performance.now();
  await store.close();
  writtenMs += performance.now() - beginMs;
  const rows = rounds * devices;
  return {
    ...{ seconds: writtenMs / 1000, values: rows * metricsPerSample, rows },
    ...{ bytes: statSync(path).size, rssMibMax: rssMax / 2 ** 20 },
  };
}
