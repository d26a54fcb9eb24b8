import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import { openJournal } from "../../src/adapters/journal/sqlite-journal.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import { readStatus } from "../../src/app/read-status.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { quarterHourMs } from "../../src/domain/time.ts";
import { createTestPipeline } from "../support/memory-pipeline.ts";
import { meterOf } from "../support/meters.ts";
import { tempDir } from "../support/temp-dir.ts";

const startMs = Date.UTC(2026, 10, 22);
const meterIds = ["m1", "m2", "m3"];
const rounds = 60;

/** All stores as in the service, with their own files and threads. */
async function openPipeline() {
  const dir = tempDir();
  const journal = await openJournal({ path: join(dir, "journal.db"), bytesMax: 1e9 });
  const state = await openSqliteState(join(dir, "state.db"));
  const telemetry = await openDuckDbTelemetryStore({
    ...{ path: join(dir, "readings.duckdb"), memoryLimit: "128MB" },
    tempDirectory: join(dir, "tmp"),
  });
  const meters = meterIds.map((id) => meterOf({ id }));
  const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai" });
  const pipeline = createTestPipeline({ meters, journal, telemetry, ledger });
  onTestFinished(async () => {
    await pipeline.stop();
    await Promise.all([journal.close(), telemetry.close(), state.close()]);
  });
  return pipeline;
}

it("is never empty while an acknowledged reading has not reached its slot", async () => {
  const { journal, telemetry, ledger, send, errors } = await openPipeline();
  const ask = () =>
    readStatus(
      {
        ...{ journal, telemetry, ledger, version: "1", startedAtMs: 0 },
        registry: { simulated: () => "none" },
        counters: {
          ...{ messagesTotal: 0, readingsTotal: 0, quarantinedTotal: 0 },
          ...{ duplicatesTotal: 0, ackedTotal: 0 },
        },
        stores: async () => ({}),
        jobs: async () => [],
      },
      servicePrincipal("tiny", "test"),
    );

  let acknowledged = 0;
  let isSending = true;
  let isOver = false;
  let asked = 0;
  const sending = (async () => {
    for (let round = 0; round < rounds; round += 1) {
      const tsMs = startMs + round * quarterHourMs;
      const readings = meterIds.map((deviceId): Reading => {
        const values = { importKwh: round };
        return { deviceId, kind: "electricity-meter", tsMs, receivedAtMs: tsMs, values };
      });
      await send(readings);
      acknowledged = round;
    }
    isSending = false;
  })();
  const interval = { startMs, endMs: startMs + rounds * quarterHourMs };
  while (!isOver) {
    const before = acknowledged;
    const wasSending = isSending;
    const { ingest, ledger: due } = await ask();
    asked += 1;
    if (ingest.backlogReadings > 0 || due.touchedSlots > 0) continue;
    isOver = !wasSending;
    // All that was acknowledged before the question is in its slots.
    const slots = await ledger.slots({ meterIds, interval });
    expect(slots.length).toBeGreaterThanOrEqual(before * meterIds.length);
  }
  await sending;
  expect(asked).toBeGreaterThan(20);
  expect(errors).toEqual([]);
  const slots = await ledger.slots({ meterIds, interval });
  expect(slots).toHaveLength((rounds - 1) * meterIds.length);
}, 120_000);
