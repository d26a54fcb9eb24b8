import { closeSlots, type SlotsChanged } from "../app/close-slots.ts";
import type { Clock, Log } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";
import { storeReadings } from "../app/store-readings.ts";
import type { Stores } from "./stores.ts";

/** The two consumers of the journal, one behind the other, and the trimming behind both. */
export interface Pipeline {
  start(): void;
  /** Resolves when nothing is left to do at this moment. */
  settled(): Promise<void>;
  stop(): Promise<void>;
  /** What the consumers last failed at; null while they work. */
  problems(): Readonly<Record<"store-writer" | "slot-closer" | "journal-trim", string | null>>;
}

/** Batches are trimmed in portions, so that the journal is not asked after each of them. */
const trimEverySeqs = 64;

/** Wires journal → telemetry store → ledger; each wakes the next when it has moved on. */
export function createPipeline(
  { journal, telemetry, ledger }: Stores,
  parts: {
    readonly registry: Registry;
    readonly clock: Clock;
    readonly log: Log;
    readonly onChanged: (change: SlotsChanged) => void;
  },
): Pipeline {
  let storedSeq = 0;
  let trimmedSeq = journal.state().floorSeq;
  let trimming: Promise<void> = Promise.resolve();
  let trimProblem: string | null = null;

  const trim = (throughSeq: number): void => {
    if (throughSeq - trimmedSeq < trimEverySeqs && throughSeq < journal.state().headSeq) return;
    if (throughSeq <= trimmedSeq) return;
    trimmedSeq = throughSeq;
    trimming = trimming
      .then(() => journal.trim(throughSeq))
      .then(
        () => {
          trimProblem = null;
        },
        (error: unknown) => {
          trimProblem = error instanceof Error ? error.message : String(error);
          parts.log.error({ err: error, throughSeq }, "journal could not be trimmed");
        },
      );
  };

  const closer = closeSlots({
    journal,
    telemetry,
    ledger,
    meter: parts.registry.meter,
    clock: parts.clock,
    log: parts.log,
    storedSeq: () => storedSeq,
    onChanged: parts.onChanged,
    onFollowed: trim,
  });
  const writer = storeReadings({
    journal,
    telemetry,
    log: parts.log,
    onStored: (seq) => {
      storedSeq = seq;
      closer.wake();
    },
  });
  const unsubscribe = journal.onCommit(() => writer.wake());

  return {
    start: () => writer.wake(),
    settled: async () => {
      await writer.settled();
      await closer.settled();
      await trimming;
    },
    stop: async () => {
      unsubscribe();
      await writer.stop();
      await closer.stop();
      await trimming;
    },
    problems: () => ({
      "store-writer": writer.lastError,
      "slot-closer": closer.lastError,
      "journal-trim": trimProblem,
    }),
  };
}
