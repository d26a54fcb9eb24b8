import { dayMs } from "../domain/time.ts";
import type { LedgerMirror, MirrorQueue } from "./chart-ports.ts";
import { createDrain, type Drain } from "./drain.ts";
import type { Ledger, Log } from "./ports.ts";

export interface MirrorLedgerDependencies {
  readonly queue: MirrorQueue;
  readonly ledger: Pick<Ledger, "slots">;
  readonly mirror: LedgerMirror;
  readonly log: Log;
}

/** Meter-days of one step: some ten thousand slots, so that a step stays brief and its memory small. */
const daysPerStep = 100;

/** Copies changed days of the ledger to where charts read them. */
export function mirrorLedger({ queue, ledger, mirror, log }: MirrorLedgerDependencies): Drain {
  let isSeeded = false;
  return createDrain({
    name: "ledger-mirror",
    log,
    step: async () => {
      if (!isSeeded) await queue.seed();
      isSeeded = true;
      const days = await queue.due(daysPerStep);
      if (days.length === 0) return false;
      const metersOfDay = new Map<number, string[]>();
      for (const { meterId, dayStartMs } of days) {
        metersOfDay.set(dayStartMs, [...(metersOfDay.get(dayStartMs) ?? []), meterId]);
      }
      for (const [startMs, meterIds] of metersOfDay) {
        const interval = { startMs, endMs: startMs + dayMs };
        await mirror.write(await ledger.slots({ meterIds, interval }));
      }
      await queue.done(days);
      return true;
    },
  });
}
