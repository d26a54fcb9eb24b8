import { createDrain, type Drain } from "./drain.ts";
import type { Journal, JournalBatch, Log, TelemetryStore } from "./ports.ts";

export interface StoreReadingsDependencies {
  readonly journal: Pick<Journal, "read">;
  readonly telemetry: Pick<TelemetryStore, "append" | "cursor">;
  readonly log: Log;
  /** Told the sequence through which readings can be read from the store, and what was just added. */
  readonly onStored: (seq: number, batches: readonly JournalBatch[]) => void;
}

/** Readings of one transaction of the store: large enough to be fast, small enough to be brief. */
const readingsPerStep = 10_000;

/** Follows the journal into the telemetry store. */
export function storeReadings(dependencies: StoreReadingsDependencies): Drain {
  const { journal, telemetry, log, onStored } = dependencies;
  let storedSeq: number | null = null;
  return createDrain({
    name: "store-writer",
    log,
    step: async () => {
      storedSeq ??= await telemetry.cursor();
      const batches = await journal.read(storedSeq, readingsPerStep);
      const last = batches.at(-1);
      if (last === undefined) {
        onStored(storedSeq, batches);
        return false;
      }
      await telemetry.append(batches);
      storedSeq = last.seq;
      onStored(storedSeq, batches);
      return true;
    },
  });
}
