import { closeSlots, type SlotsChanged } from "../app/close-slots.ts";
import { createDrain } from "../app/drain.ts";
import { mirrorLedger } from "../app/mirror-ledger.ts";
import type { Clock, Log } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";
import { type RestateDependencies, restate } from "../app/restate.ts";
import { storeReadings } from "../app/store-readings.ts";
import type { Reading } from "../domain/telemetry/reading.ts";
import type { Stores } from "./stores.ts";

type Consumer =
  | "restatement"
  | "store-writer"
  | "slot-closer"
  | "journal-trim"
  | "ledger-mirror"
  | "day-totals";

/** The two consumers of the journal, one behind the other, and the trimming behind both. */
export interface Pipeline {
  start(): void;
  /** Slots have been marked for derivation from outside. */
  wake(): void;
  /** Resolves when nothing is left to do at this moment. */
  settled(): Promise<void>;
  stop(): Promise<void>;
  /** What the consumers last failed at; null while they work. */
  problems(): Readonly<Record<Consumer, string | null>>;
}

/** Batches are trimmed in portions, so that the journal is not asked after each of them. */
const trimEverySeqs = 64;

/** Trims the journal in portions, one after the other; a failure is tried again with the next one. */
function createTrimmer(journal: Stores["journal"], log: Log) {
  let trimmedSeq = journal.state().floorSeq;
  let trimming: Promise<void> = Promise.resolve();
  let problem: string | null = null;
  return {
    trim: (throughSeq: number): void => {
      if (throughSeq - trimmedSeq < trimEverySeqs && throughSeq < journal.state().headSeq) return;
      if (throughSeq <= trimmedSeq) return;
      trimmedSeq = throughSeq;
      trimming = trimming
        .then(() => journal.trim(throughSeq))
        .then(
          () => {
            problem = null;
          },
          (error: unknown) => {
            problem = error instanceof Error ? error.message : String(error);
            log.error({ err: error, throughSeq }, "journal could not be trimmed");
          },
        );
    },
    settled: () => trimming,
    problem: () => problem,
  };
}

interface PipelineParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChanged: (change: SlotsChanged) => void;
  readonly onRestated: RestateDependencies["onRestated"];
  /** Told the readings that were journalled before this start and are stored only now. */
  readonly onCaughtUp: (readings: readonly Reading[]) => void;
}

/** Wires journal → telemetry store → ledger; each wakes the next when it has moved on. */
export function createPipeline(stores: Stores, parts: PipelineParts): Pipeline {
  const { journal, telemetry, ledger } = stores;
  const headSeqAtStart = journal.state().headSeq;
  let storedSeq = 0;
  const trimmer = createTrimmer(journal, parts.log);
  const followers = createFollowers(stores, parts);
  const closer = closeSlots({
    journal,
    telemetry,
    ledger,
    meter: parts.registry.meter,
    events: parts.registry.events,
    clock: parts.clock,
    log: parts.log,
    storedSeq: () => storedSeq,
    onChanged: (change) => {
      parts.onChanged(change);
      followers.ledgerChanged();
    },
    onFollowed: trimmer.trim,
  });
  const writer = storeReadings({
    journal,
    telemetry,
    log: parts.log,
    onStored: (seq, batches) => {
      storedSeq = seq;
      const before = batches.filter((batch) => batch.seq <= headSeqAtStart);
      parts.onCaughtUp(before.flatMap(({ readings }) => readings));
      closer.wake();
    },
  });
  const unsubscribe = journal.onCommit(() => writer.wake());

  return {
    start: () => {
      writer.wake();
      followers.start();
    },
    wake: () => closer.wake(),
    settled: async () => {
      await writer.settled();
      await closer.settled();
      await followers.settled();
      await trimmer.settled();
    },
    stop: async () => {
      unsubscribe();
      await writer.stop();
      await closer.stop();
      await followers.stop();
      await trimmer.settled();
    },
    problems: () => ({
      "store-writer": writer.lastError,
      "slot-closer": closer.lastError,
      "journal-trim": trimmer.problem(),
      ...followers.problems(),
    }),
  };
}

/** What works on the ledger after its slots are written. */
function createFollowers(
  { ledger, charts, restatements, periods }: Stores,
  { registry, clock, log, onRestated }: PipelineParts,
) {
  const mirror = charts === null ? null : mirrorLedger({ ...charts, ledger, log });
  const restater = restate({
    ...{ restatements, periods, clock, log, onRestated, meter: registry.meter },
    timezone: registry.park.timezone,
  });
  // Slots from before there were totals; what is recorded from now on is summed with its slots.
  const dayTotals = createDrain({ name: "day-totals", log, step: () => ledger.fillDays() });
  const ledgerChanged = (): void => {
    mirror?.wake();
    restater.wake();
  };
  return {
    ledgerChanged,
    start: (): void => {
      ledgerChanged();
      dayTotals.wake();
    },
    settled: async (): Promise<void> => {
      for (const drain of [restater, mirror, dayTotals]) await drain?.settled();
    },
    stop: async (): Promise<void> => {
      for (const drain of [restater, mirror, dayTotals]) await drain?.stop();
    },
    problems: () => ({
      "ledger-mirror": mirror?.lastError ?? null,
      "day-totals": dayTotals.lastError,
      restatement: restater.lastError,
    }),
  };
}
