import type { LivePicture } from "../app/live-picture.ts";
import type { Clock, Ledger, Log } from "../app/ports.ts";
import { queryQuality } from "../app/query-quality.ts";
import type { Registry } from "../app/registry.ts";
import { servicePrincipal } from "../domain/principal.ts";
import { localStartMs, minuteMs } from "../domain/time.ts";

/** Keeps the share of today's measured slots in the live picture, once a minute. */
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
  let isAsking = false;

  const refresh = async (): Promise<void> => {
    // A slow answer must not let questions pile up behind it.
    if (isAsking) return;
    isAsking = true;
    try {
      const nowMs = clock.nowMs();
      const startMs = localStartMs(nowMs, "day", registry.park.timezone);
      const interval = { startMs, endMs: nowMs };
      const { coverage } = await queryQuality({ registry, ledger }, principal, { interval, nowMs });
      picture.setCompleteness(coverage);
    } catch (error) {
      picture.setCompleteness(null);
      log.warn({ err: error }, "completeness of today could not be asked");
    } finally {
      isAsking = false;
    }
  };

  return {
    start: () => {
      void refresh();
      timer = setInterval(() => void refresh(), minuteMs);
      timer.unref();
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}
