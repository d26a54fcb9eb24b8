import { minuteMs } from "../domain/time.ts";
import { type Log, UnavailableError } from "./ports.ts";

/** Work that is done whenever there is some, by one worker at a time. */
export interface Drain {
  /** There may be work; starts unless it is running already, in which case it runs once more. */
  wake(): void;
  /** Resolves when nothing is left to do at this moment, or after the first failed attempt. */
  settled(): Promise<void>;
  /** Lets the step under way finish and starts no other. */
  stop(): Promise<void>;
  readonly lastError: string | null;
}

export interface DrainOptions {
  readonly name: string;
  /** Does one bounded step; answers whether there may be more. */
  readonly step: () => Promise<boolean>;
  readonly log: Log;
  /** Waits between attempts that fail, doubled each time up to the second figure. */
  readonly retryMs?: readonly [firstMs: number, mostMs: number];
}

/** A dependency that asks to be left alone is left alone, but not for longer than this. */
const wishedMsMax = 5 * minuteMs;

/** Creates a drain; a failing step is logged and tried again with growing pauses, never dropped. */
export function createDrain({ name, step, log, retryMs = [200, 10_000] }: DrainOptions): Drain {
  let running: Promise<void> | null = null;
  let isWoken = false;
  let isStopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | null = null;
  let lastError: string | null = null;

  const run = async (): Promise<void> => {
    try {
      while (!isStopped && (await step())) failures = 0;
      failures = 0;
      lastError = null;
    } catch (error) {
      lastError = error instanceof Error ? error.message : String(error);
      log.error({ err: error, drain: name, failures }, "step failed, will be tried again");
      retryLater(error instanceof UnavailableError ? error.retryAfterMs : null);
    }
  };

  const retryLater = (wishedMs: number | null): void => {
    const ownMs = Math.min(retryMs[0] * 2 ** failures, retryMs[1]);
    const pauseMs = Math.max(ownMs, Math.min(wishedMs ?? 0, wishedMsMax));
    failures += 1;
    timer = setTimeout(() => {
      timer = null;
      start();
    }, pauseMs);
    timer.unref();
  };

  const start = (): void => {
    if (isStopped || running !== null) return;
    isWoken = false;
    running = run().finally(() => {
      running = null;
      // Woken while the last step ran: that work must not wait for the next call.
      if (isWoken && timer === null) start();
    });
  };

  return {
    wake: () => {
      isWoken = true;
      // While a retry is pending the timer is the one that starts, or a flood of work would turn
      // an outage into a busy loop.
      if (timer === null) start();
    },
    settled: async () => {
      while (running !== null) await running;
    },
    stop: async () => {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      while (running !== null) await running;
    },
    get lastError() {
      return lastError;
    },
  };
}
