import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Displays } from "../../simulators/faults/displays.ts";
import type { FaultRates } from "../../simulators/faults/fault-kinds.ts";
import { FaultPlan } from "../../simulators/faults/fault-plan.ts";
import { FaultySampler } from "../../simulators/faults/faulty-sampler.ts";
import type { World } from "../../simulators/field/world.ts";
import type { SimDevice } from "../../simulators/park/sim-device.ts";
import { type Sample, Sampler } from "../../simulators/sampling/sampler.ts";
import { historyMessages } from "../../simulators/sending/history-messages.ts";
import type { OutMessage } from "../../simulators/sending/out-message.ts";
import { rangesOf } from "../../simulators/sending/ranges.ts";
import { openDuckDbTelemetryStore } from "../../src/adapters/duckdb/duckdb-telemetry-store.ts";
import { MemoryJournal } from "../../src/adapters/memory/memory-journal.ts";
import { SqlLedger } from "../../src/adapters/sql/sql-ledger.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import { createIngest } from "../../src/app/ingest-telemetry.ts";
import type { Ledger } from "../../src/app/ports.ts";
import type { Meter } from "../../src/domain/park.ts";
import { gatewayPrincipal } from "../../src/domain/principal.ts";
import type { LedgerSlot } from "../../src/domain/telemetry/slot.ts";
import { takeTelemetry } from "../../src/entry/take-telemetry.ts";
import { readTelemetry } from "../../src/entry/telemetry-payload.ts";
import { createTestPipeline } from "./memory-pipeline.ts";

export interface TruthRunOptions {
  /** The field, worked out through `toMs`. */
  readonly world: World;
  readonly devices: readonly SimDevice[];
  /** As the platform has them registered. */
  readonly meters: ReadonlyMap<string, Meter>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly latch: boolean;
  readonly faults?: FaultRates;
}

export interface TruthRun {
  /** The registers that a device sent, each instant once, ascending. */
  samplesOf(device: SimDevice): readonly Sample[];
  /** What the ledger says of a register, ascending. */
  slotsOf(device: SimDevice, register: string): Promise<readonly LedgerSlot[]>;
  readonly messageCount: number;
  readonly quarantined: number;
  /** Failures of the consumers of the journal. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

/** Largest number of readings that wait for the stores, so that a whole park fits into memory. */
const waitingMax = 40_000;

/**
 * Feeds what the simulators send, newest pieces first as they do beside live values, through the real
 * way in and the real stores: payload, judgement, journal, DuckDB, slots, SQLite.
 */
export async function truthRun(options: TruthRunOptions): Promise<TruthRun> {
  const { world, devices, meters, fromMs, toMs, latch, faults = {} } = options;
  const plan = new FaultPlan(43, faults, []);
  const displays = new Displays(plan, fromMs);
  const sampler = new FaultySampler({ sampler: new Sampler(world), plan, displays });
  const timing = { latch, calendar: world.calendar };
  const field = { sampler, plan, timing, newestFirst: true };
  const stores = await openTruthStores();
  const clock = { nowMs: () => toMs + 1000 };
  const journal = new MemoryJournal();
  const pipeline = createTestPipeline({ meters: [...meters.values()], clock, journal, ...stores });
  const registry = { meter: (id: string) => meters.get(id) } as Parameters<
    typeof createIngest
  >[0]["registry"];
  const intake = createIngest({ registry, journal, clock, onAccepted: () => undefined });
  const sent = new Map<SimDevice, Map<number, Sample>>();
  let messageCount = 0;

  const deliver = async (device: SimDevice, message: OutMessage): Promise<void> => {
    const payload = Buffer.from(message.payload);
    const place = { gatewayId: message.gatewayId, deviceId: message.deviceId };
    const principal = gatewayPrincipal(world.park.id, message.gatewayId);
    const topic = `zcp/v1/${world.park.id}/${place.gatewayId}/${place.deviceId}/telemetry`;
    await takeTelemetry(intake, principal, {
      ...{ ...place, topic, payload, read: readTelemetry(payload) },
    });
    keepSamples(sent, device, message);
    messageCount += 1;
  };

  for (const range of rangesOf(fromMs, toMs + 1, toMs)) {
    for (const device of devices) {
      for (const message of historyMessages(field, device, range)) await deliver(device, message);
      if ((await journal.readingsAfter(await stores.ledger.cursor())) > waitingMax) {
        await pipeline.settled();
        await journal.trim(await stores.ledger.cursor());
      }
    }
  }
  await settledWhole(pipeline, stores.ledger);
  return {
    samplesOf: (device) =>
      [...(sent.get(device)?.values() ?? [])].sort((left, right) => left.ts - right.ts),
    slotsOf: (device, register) =>
      stores.ledger.slots({
        meterIds: [device.id],
        registers: [register],
        interval: { startMs: 0, endMs: Number.MAX_SAFE_INTEGER },
      }),
    messageCount,
    quarantined: intake.counters.quarantinedTotal,
    errors: pipeline.errors,
    close: async () => {
      await pipeline.stop();
      await stores.close();
    },
  };
}

async function openTruthStores() {
  // Several tests look at one run, so its folder outlives each of them.
  const dir = mkdtempSync(join(tmpdir(), "zcp-truth-"));
  const state = await openSqliteState(join(dir, "state.db"));
  const telemetry = await openDuckDbTelemetryStore({
    path: join(dir, "readings.duckdb"),
    memoryLimit: "256MB",
    tempDirectory: join(dir, "tmp"),
  });
  const close = async (): Promise<void> => {
    await telemetry.close();
    await state.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { ledger: new SqlLedger(state, { timezone: "Asia/Shanghai" }), telemetry, close };
}

/** Gaps are filled after a rest, so being settled once does not mean that nothing is touched. */
async function settledWhole(pipeline: { settled(): Promise<void> }, ledger: Ledger): Promise<void> {
  let touched: number;
  do {
    await pipeline.settled();
    await new Promise((resolve) => setImmediate(resolve));
    const left = [await ledger.touched("reading", 1), await ledger.touched("gap", 1)];
    touched = left.flat().length;
  } while (touched > 0);
}

/** Without the gauges, so that a month of a whole park fits into memory. */
function keepSamples(
  sent: Map<SimDevice, Map<number, Sample>>,
  device: SimDevice,
  { payload }: OutMessage,
): void {
  const known = sent.get(device) ?? new Map<number, Sample>();
  sent.set(device, known);
  const body = JSON.parse(payload);
  const samples: readonly Sample[] = body.samples ?? [body];
  for (const { ts, values } of samples) {
    const registers = device.registers.map(({ name }) => [name, Number(values[name])] as const);
    known.set(ts, { ts, values: Object.fromEntries(registers) });
  }
}
