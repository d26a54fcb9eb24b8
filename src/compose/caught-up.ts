import { setTimeout } from "node:timers/promises";
import type { Journal, Ledger } from "../app/ports.ts";
import { secondMs } from "../domain/time.ts";

const waitMsMax = 10 * secondMs;
const lookAgainMs = 20;

/**
 * Resolves when everything that was on its way into the journal before the call has been followed
 * into the ledger and the quarantine; false when that takes too long.
 */
export function createCaughtUp(parts: {
  readonly journal: Pick<Journal, "append" | "state">;
  readonly ledger: Pick<Ledger, "cursor">;
}): () => Promise<boolean> {
  const { journal, ledger } = parts;
  return async () => {
    // An entry of our own comes to stand behind everything that is on its way already.
    await journal.append({ readings: [], quarantined: [] });
    const { headSeq } = journal.state();
    const deadlineMs = performance.now() + waitMsMax;
    while ((await ledger.cursor()) < headSeq) {
      if (performance.now() > deadlineMs) return false;
      await setTimeout(lookAgainMs);
    }
    return true;
  };
}
