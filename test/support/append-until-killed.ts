import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";

/** A program of its own: appends batch after batch, and names each one that it was told is stored. */
const [, , dir = ""] = process.argv;
const store = await openDuckDbTelemetryStore({
  path: `${dir}/readings.duckdb`,
  memoryLimit: "128MB",
  tempDirectory: `${dir}/tmp`,
});
for (let seq = (await store.cursor()) + 1; ; seq += 1) {
  const readings = Array.from({ length: 1000 }, (_, index) => ({
    deviceId: "m1",
    kind: "electricity-meter" as const,
    tsMs: seq * 1_000_000 + index,
    receivedAtMs: seq,
    values: { importKwh: seq * 1000 + index, powerKw: index },
  }));
  await store.append([{ seq, readings, quarantined: [] }]);
  process.stdout.write(`${seq}\n`);
}
