import { join } from "node:path";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import type { Ledger } from "../../src/app/ports.ts";
import { queryEnergy } from "../../src/app/query-energy.ts";
import type { Registry } from "../../src/app/registry.ts";
import { servicePrincipal } from "../../src/domain/principal.ts";
import type { Slot } from "../../src/domain/telemetry/slot.ts";
import { dayMs, quarterHourMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";
import { deviceId, readingOf } from "./flood-messages.ts";

export interface QueriesOrder {
  readonly dir: string;
  readonly devices: number;
  /** Rounds of all devices, ten seconds apart. */
  readonly rounds: number;
  /** Meters at the boundary of the park, with a year each. */
  readonly mains: number;
}

export interface QueriesReport {
  readonly rawRows: number;
  readonly rawMs: number;
  readonly latestSeries: number;
  readonly latestMs: number;
  readonly yearMs: number;
  readonly yearFromSlotsMs: number;
}

process.once("message", (order: QueriesOrder) => {
  void measure(order).then((report) => {
    process.send?.(report);
    process.disconnect();
  });
});

const repeats = 9;

/** The median of several times; the first one warms up and is not counted. */
async function medianMs(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= repeats; run += 1) {
    const beginMs = performance.now();
    await ask();
    if (run > 0) times.push(performance.now() - beginMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(repeats / 2)] ?? Number.NaN;
}

async function measure(order: QueriesOrder): Promise<QueriesReport> {
  return { ...(await measureReadings(order)), ...(await measureYear(order)) };
}

async function measureReadings({ dir, devices, rounds }: QueriesOrder) {
  const store = await openDuckDbTelemetryStore({
    ...{ path: join(dir, "readings.duckdb"), memoryLimit: "256MB", tempDirectory: dir },
  });
  const startMs = Date.UTC(2026, 10, 1);
  const perBatch = 10;
  for (let round = 0; round < rounds; round += perBatch) {
    const readings = Array.from({ length: Math.min(perBatch, rounds - round) * devices }, (_, at) =>
      readingOf(at % devices, round + Math.floor(at / devices), startMs),
    );
    await store.append([{ seq: round + 1, readings, quarantined: [] }]);
  }
  const device = { id: deviceId(Math.floor(devices / 2)), kind: "electricity-meter" as const };
  const day = { startMs, endMs: startMs + dayMs };
  const raw = await store.readings(device, day, 10_000);
  const latest = await store.latest();
  const report = {
    rawRows: raw.length,
    rawMs: await medianMs(() => store.readings(device, day, 10_000)),
    latestSeries: latest.reduce((sum, { values }) => sum + Object.keys(values).length, 0),
    latestMs: await medianMs(() => store.latest()),
  };
  await store.close();
  return report;
}

/** 2025 in the park. */
const year = {
  startMs: Date.parse("2024-12-31T16:00:00Z"),
  endMs: Date.parse("2025-12-31T16:00:00Z"),
};

async function measureYear({ dir, mains }: QueriesOrder) {
  const state = await openSqliteState(join(dir, "state.db"));
  const ledger = new SqlLedger(state, { timezone: "Asia/Shanghai" });
  await ledger.fillDays();
  const meters = Array.from({ length: mains }, (_, index) => {
    const isGrid = index % 4 === 0;
    const source = { kind: "pv-inverter" as const };
    return meterOf({ id: `main${index}`, ...(isGrid ? { role: "grid" as const } : source) });
  });
  for (const { id, role } of meters) {
    await fillYear(ledger, id, role === "grid" ? "importKwh" : "generationKwh");
  }
  const registry = {
    park: { timezone: "Asia/Shanghai" },
    meters: () => meters,
  } as unknown as Registry;
  const principal = servicePrincipal("bench", "bench");
  const request = { scope: "park", carrier: undefined, step: "1d", interval: year } as const;
  const fromSlots = {
    sums: ledger.sums.bind(ledger),
    series: ledger.series.bind(ledger),
    days: async () => null,
  };
  const parts = { registry, dropTasks: { dropTasks: async () => [] } };
  const report = {
    yearMs: await medianMs(() => queryEnergy({ ...parts, ledger }, principal, request)),
    yearFromSlotsMs: await medianMs(() =>
      queryEnergy({ ...parts, ledger: fromSlots }, principal, request),
    ),
  };
  await state.close();
  return report;
}

/** A year of one register, with a day now and then of which a part is missing. */
async function fillYear(ledger: Ledger, meterId: string, register: string): Promise<void> {
  const monthMs = 31 * dayMs;
  for (let fromMs = year.startMs; fromMs < year.endMs; fromMs += monthMs) {
    const count = Math.min(monthMs, year.endMs - fromMs) / quarterHourMs;
    const slots = Array.from({ length: count }, (_, index): Slot => {
      const startMs = fromMs + index * quarterHourMs;
      const figures = { amount: index % 50, grade: "A" as const, coverage: 1 };
      return { meterId, register, startMs, ...figures, estimatedFraction: 0 };
    });
    const known = slots.filter((_, index) => index % 997 > 20);
    await ledger.record([{ slots: known, reason: "first", knownAtMs: fromMs }], []);
  }
}
