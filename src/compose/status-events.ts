import type { Ingest } from "../app/ingest-telemetry.ts";
import type { LiveEvents } from "../app/live-events.ts";
import type { Clock, Log } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";
import type { StatusEvent } from "../contracts/live.ts";
import { instantText, secondMs } from "../domain/time.ts";
import type { Readiness } from "./health.ts";

const lookEveryMs = 5 * secondMs;

export interface StatusEvents {
  start(): void;
  stop(): void;
}

/** Tells the live stream when the state of the service or the number of its devices changes. */
export function createStatusEvents(parts: {
  readonly events: Pick<LiveEvents, "publish">;
  readonly registry: Registry;
  readonly ready: () => Promise<Readiness>;
  readonly intake: Pick<Ingest, "counters">;
  readonly clock: Clock;
  readonly log: Log;
}): StatusEvents {
  const { events, registry, intake, clock, log } = parts;
  let timer: NodeJS.Timeout | null = null;
  let told: string | null = null;

  const look = async (): Promise<void> => {
    try {
      const state: Omit<StatusEvent, "at"> = {
        ...(await parts.ready()),
        simulated: registry.simulated(),
        devicesTotal: registry.meters().length,
        quarantinedTotal: intake.counters.quarantinedTotal,
      };
      const text = JSON.stringify(state);
      if (text === told) return;
      told = text;
      events.publish(
        { kind: "status", body: { at: instantText(clock.nowMs()), ...state } },
        "park",
      );
    } catch (error) {
      log.warn({ err: error }, "state of the service could not be told");
    }
  };

  return {
    start: () => {
      timer = setInterval(() => void look(), lookEveryMs);
      timer.unref();
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}
