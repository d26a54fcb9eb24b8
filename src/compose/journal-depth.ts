import type { Clock } from "../app/ports.ts";
import { secondMs } from "../domain/time.ts";
import type { Stores } from "./stores.ts";

/** What the journal still carries for the consumers behind it. */
export interface JournalDepth {
  readonly readings: number;
  /** How long the oldest of them has waited, in seconds; null when nothing waits. */
  readonly oldestAgeS: number | null;
}

/**
 * Counts what the slowest consumer has not finished. A consumer whose database is away cannot say how
 * far it is; then everything counts that has not been trimmed, which is never less.
 */
export async function journalDepth(
  { journal, telemetry, ledger }: Pick<Stores, "journal" | "telemetry" | "ledger">,
  clock: Clock,
): Promise<JournalDepth> {
  const { floorSeq } = journal.state();
  const cursors = [telemetry.cursor(), ledger.cursor()].map((asked) => asked.catch(() => floorSeq));
  const finishedSeq = Math.max(floorSeq, Math.min(...(await Promise.all(cursors))));
  const [oldest] = await journal.read(finishedSeq, 1);
  if (oldest === undefined) return { readings: 0, oldestAgeS: null };
  const receivedMs = [...oldest.readings, ...oldest.quarantined].map((each) => each.receivedAtMs);
  const oldestMs = receivedMs.reduce((least, ms) => Math.min(least, ms), clock.nowMs());
  return {
    readings: await journal.readingsAfter(finishedSeq),
    oldestAgeS: Math.round((clock.nowMs() - oldestMs) / secondMs),
  };
}
