import { MemoryJournal } from "../../src/adapters/memory/memory-journal.ts";
import { MemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { MemoryTelemetryStore } from "../../src/adapters/memory/memory-telemetry-store.ts";
import { closeSlots } from "../../src/app/close-slots.ts";
import type { Clock, Journal, Ledger, Log, TelemetryStore } from "../../src/app/ports.ts";
import type { SlotsChanged } from "../../src/app/settle-touches.ts";
import { storeReadings } from "../../src/app/store-readings.ts";
import type { Meter } from "../../src/domain/park.ts";
import type { MeterEvent } from "../../src/domain/telemetry/meter-event.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";

/** A log that a test can look into. */
export function quietLog(): Log & { readonly errors: unknown[] } {
  const errors: unknown[] = [];
  return {
    errors,
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields) => errors.push(fields),
  };
}

export interface TestPipeline {
  readonly journal: Journal;
  readonly telemetry: TelemetryStore;
  readonly ledger: Ledger;
  readonly changes: SlotsChanged[];
  readonly errors: readonly unknown[];
  /** Journals the readings as one batch, without waiting for them to be worked through. */
  send(readings: readonly Reading[]): Promise<void>;
  /** Tells the slot closer that slots have been marked. */
  wake(): void;
  /** Resolves when everything has been worked through, the long gaps too. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestPipelineOptions {
  readonly meters: readonly Meter[];
  readonly events?: (meterId: string) => readonly MeterEvent[];
  readonly clock?: Clock;
  readonly journal?: Journal;
  readonly telemetry?: TelemetryStore;
  readonly ledger?: Ledger;
  readonly gapRestMs?: number;
}

/** Journal, store writer and slot closer, wired as in the service, over twins in memory. */
export function createTestPipeline(options: TestPipelineOptions): TestPipeline {
  const journal = options.journal ?? new MemoryJournal();
  const telemetry = options.telemetry ?? new MemoryTelemetryStore();
  const ledger = options.ledger ?? new MemoryLedger();
  const clock = options.clock ?? { nowMs: () => Date.now() };
  const meters = new Map(options.meters.map((meter) => [meter.id, meter]));
  const changes: SlotsChanged[] = [];
  const log = quietLog();
  let storedSeq = 0;
  const closer = closeSlots({
    journal,
    telemetry,
    ledger,
    meter: (id) => meters.get(id),
    events: options.events ?? (() => []),
    clock,
    log,
    storedSeq: () => storedSeq,
    onChanged: (change) => changes.push(change),
    onFollowed: () => undefined,
    gapRestMs: options.gapRestMs ?? 0,
  });
  const writer = storeReadings({
    journal,
    telemetry,
    log,
    onStored: (seq) => {
      storedSeq = seq;
      closer.wake();
    },
  });
  const unsubscribe = journal.onCommit(() => writer.wake());
  writer.wake();
  return {
    journal,
    telemetry,
    ledger,
    changes,
    errors: log.errors,
    send: (readings) => journal.append({ readings, quarantined: [] }),
    wake: () => closer.wake(),
    settled: async () => {
      await writer.settled();
      await closer.settled();
    },
    stop: async () => {
      unsubscribe();
      await writer.stop();
      await closer.stop();
    },
  };
}
