import type { LivePicture } from "../app/live-picture.ts";
import type { Clock, Ledger, Log } from "../app/ports.ts";
import { queryQuality } from "../app/query-quality.ts";
import type { Registry } from "../app/registry.ts";
import { servicePrincipal } from "../domain/principal.ts";
import { localStartMs, minuteMs, secondMs } from "../domain/time.ts";

/** While much is still coming in, as after a start, a share that is a minute old would be wrong. */
const settledFraction = 0.98;
const unsettledMs = 10 * secondMs;

/** Keeps the share of today's measured slots in the live picture, once a minute or more often. */
export function createCompleteness(parts: {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "quality" | "revisions">;
  readonly picture: Pick<LivePicture, "setCompleteness">;
  readonly clock: Clock;
  readonly log: Log;
}): { start(): void; stop(): void } {
  const { registry, ledger, picture, clock, log } = parts;
  const principal = servicePrincipal(registry.park.id, "completeness");
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  const refresh = async (): Promise<void> => {
    let waitMs: number = minuteMs;
    try {
      const nowMs = clock.nowMs();
      const startMs = localStartMs(nowMs, "day", registry.park.timezone);
      const interval = { startMs, endMs: nowMs };
      const { coverage } = await queryQuality({ registry, ledger }, principal, { interval, nowMs });
      picture.setCompleteness(coverage);
      if (coverage !== null && coverage < settledFraction) waitMs = unsettledMs;
    } catch (error) {
      picture.setCompleteness(null);
      log.warn({ err: error }, "completeness of today could not be asked");
    }
    // The next question waits for the answer, so that slow answers do not pile up.
    if (isStopped) return;
    timer = setTimeout(() => void refresh(), waitMs);
    timer.unref();
  };

  return {
    start: () => {
      void refresh();
    },
    stop: () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
