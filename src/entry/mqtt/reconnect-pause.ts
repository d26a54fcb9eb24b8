import { randomInt } from "node:crypto";
import type { Clock } from "../../app/ports.ts";
import { minuteMs, secondMs } from "../../domain/time.ts";

export interface ReconnectPauseOptions {
  readonly clock: Clock;
  /** Waits between attempts to connect, doubled each time up to the second figure. */
  readonly retryMs?: readonly [firstMs: number, mostMs: number];
  /** How long the session is left to another client that takes it again and again. */
  readonly awayMs?: number;
}

const retryMsDefault = [secondMs, 30 * secondMs] as const;
const awayMsDefault = 10 * minuteMs;
/** A connection that ends sooner than this after it was made does not count as a success. */
const steadyMs = minuteMs;
/** So many sessions in a row, each lost soon after it began, are two services with one client id. */
const takeoversMax = 3;
const takenSoonMs = 5 * minuteMs;

/**
 * How long to wait before the next attempt to connect: at least half of a time that doubles with each
 * failure, so that many services do not come back to a broker all at once.
 *
 * Two services with one client id would take the session from each other for ever, and neither would
 * get any work done. The one that notices stays away for a while. The count of takeovers starts anew
 * only after a session that was kept, so it yields at once when it finds the other still there.
 */
export class ReconnectPause {
  readonly firstMs: number;
  readonly #options: ReconnectPauseOptions;
  #failures = 0;
  #takeovers = 0;
  #awayMs = 0;
  #joinedMs: number | null = null;

  constructor(options: ReconnectPauseOptions) {
    this.#options = options;
    this.firstMs = (options.retryMs ?? retryMsDefault)[0];
  }

  /** Ends in a row without a connection that held. */
  get failures(): number {
    return this.#failures;
  }

  /** Connected and subscribed. */
  joined(): void {
    this.#joinedMs = this.#options.clock.nowMs();
  }

  /** Another client has the session now. Answers until when to stay away; null: not yet. */
  taken(): number | null {
    const { clock, awayMs = awayMsDefault } = this.#options;
    const nowMs = clock.nowMs();
    const wasSoon = this.#joinedMs !== null && nowMs - this.#joinedMs <= takenSoonMs;
    this.#takeovers = wasSoon ? this.#takeovers + 1 : 1;
    if (this.#takeovers < takeoversMax) return null;
    this.#awayMs = awayMs + randomInt(Math.ceil(awayMs / 2));
    return nowMs + this.#awayMs;
  }

  /** The connection, or the attempt at one, has ended; answers how long to wait now. */
  ended({ isMended }: { readonly isMended: boolean }): number {
    const heldMs = this.#joinedMs === null ? 0 : this.#options.clock.nowMs() - this.#joinedMs;
    const wasSteady = heldMs >= steadyMs && isMended;
    this.#joinedMs = null;
    this.#failures = wasSteady ? 1 : this.#failures + 1;
    const [firstMs, mostMs] = this.#options.retryMs ?? retryMsDefault;
    const pauseMs = Math.min(firstMs * 2 ** (this.#failures - 1), mostMs);
    const awayMs = this.#awayMs;
    this.#awayMs = 0;
    return awayMs > 0 ? awayMs : pauseMs / 2 + randomInt(Math.ceil(pauseMs / 2) + 1);
  }
}
