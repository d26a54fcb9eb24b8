import { statSync } from "node:fs";
import { join } from "node:path";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import { closeSlots } from "../../src/app/close-slots.ts";
import type { JournalBatch } from "../../src/app/ports.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";
import { deviceId } from "./flood-messages.ts";

export interface CloseOrder {
  readonly dir: string;
  readonly meters: number;
  readonly days: number;
}

export interface CloseReport {
  readonly slots: number;
  /** Seconds that the first and the second half of the meters took. */
  readonly halves: readonly [number, number];
  readonly bytes: number;
  readonly rssMibMax: number;
}

process.once("message", (order: CloseOrder) => {
  void close(order).then((report) => {
    process.send?.(report);
    process.disconnect();
  });
});

/** Midnight of 1 October in the park. */
const startMs = Date.parse("2026-09-30T16:00:00Z");
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** The readings of a meter's month as one batch; its number is that of the meter, from 1 on. */
function monthOf(seq: number, days: number): JournalBatch {
  const readings = Array.from({ length: days * (dayMs / quarterHourMs) + 1 }, (_, index) => ({
    ...{ deviceId: deviceId(seq - 1), kind: "electricity-meter" as const },
    ...{ tsMs: startMs + index * quarterHourMs, receivedAtMs: startMs + days * dayMs },
    values: { importKwh: index * (1 + (seq % 7)) + ((index * 31) % 17) / 17 },
  }));
  return { seq, readings, quarantined: [] };
}

/** Closes the month of meter after meter from a store that has all readings already. */
async function close({ dir, meters, days }: CloseOrder): Promise<CloseReport> {
  const telemetry = await openDuckDbTelemetryStore({
    ...{ path: join(dir, "readings.duckdb"), memoryLimit: "256MB", tempDirectory: dir },
  });
  for (let seq = 1; seq <= meters; seq += 1) await telemetry.append([monthOf(seq, days)]);
  const state = await openSqliteState(join(dir, "state.db"));
  const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai" });
  await ledger.fillDays();
  const known = new Map(
    Array.from({ length: meters }, (_, index) => {
      const meter = meterOf({ id: deviceId(index), intervalS: 900 });
      return [meter.id, meter] as const;
    }),
  );
  let storedSeq = 0;
  let rssMax = 0;
  let written = 0;
  let failure: unknown = null;
  const closer = closeSlots({
    ...{ telemetry, ledger, storedSeq: () => storedSeq, clock: { nowMs: () => Date.now() } },
    journal: { read: async (after) => (after < storedSeq ? [monthOf(after + 1, days)] : []) },
    meter: (id) => known.get(id),
    events: () => [],
    log: { ...quiet, error: (fields) => (failure = fields) },
    onChanged: (change) => {
      written += change.written;
      rssMax = Math.max(rssMax, process.memoryUsage.rss());
    },
    onFollowed: () => undefined,
  });
  const half = async (seq: number): Promise<number> => {
    const beginMs = performance.now();
    storedSeq = seq;
    closer.wake();
    await closer.settled();
    return (performance.now() - beginMs) / 1000;
  };
  const halves = [await half(Math.floor(meters / 2)), await half(meters)] as const;
  if (failure !== null) throw new Error("slots could not be closed", { cause: failure });
  await closer.stop();
  await state.close();
  await telemetry.close();
  const bytes = statSync(join(dir, "state.db")).size;
  return { slots: written, halves, bytes, rssMibMax: rssMax / 2 ** 20 };
}
