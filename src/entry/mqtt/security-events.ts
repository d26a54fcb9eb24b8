import type { Clock, Log } from "../../app/ports.ts";
import { secondMs } from "../../domain/time.ts";
import type { MqttCounters } from "./take-message.ts";

/** Who did it, as far as it is known. */
export interface SecurityEventPlace {
  readonly address?: string | undefined;
  readonly gatewayId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly topic?: string | undefined;
}

const linesMax = 20;
const windowMs = 10 * secondMs;
/** What strangers sent is cut before it is logged. */
const shownMax = 200;

/** Counts every security event and logs at most twenty in ten seconds, so that a flood stays cheap. */
export class SecurityEvents {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #counters: MqttCounters;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #unlogged = 0;

  constructor(parts: {
    readonly log: Log;
    readonly clock: Clock;
    readonly counters: MqttCounters;
  }) {
    this.#log = parts.log;
    this.#clock = parts.clock;
    this.#counters = parts.counters;
  }

  record(reason: string, place: SecurityEventPlace): void {
    this.#counters.securityEvents += 1;
    this.#startWindow();
    if (this.#lines >= linesMax) {
      this.#unlogged += 1;
      return;
    }
    this.#lines += 1;
    const shown = Object.fromEntries(
      Object.entries(place).map(([key, value]) => [key, value?.slice(0, shownMax)]),
    );
    const more = this.#unlogged === 0 ? {} : { unlogged: this.#unlogged };
    this.#unlogged = 0;
    this.#log.warn({ security: true, reason, ...shown, ...more }, "refused at the broker");
  }

  #startWindow(): void {
    const nowMs = this.#clock.nowMs();
    const ageMs = nowMs - this.#windowStartMs;
    if (ageMs >= 0 && ageMs < windowMs) return;
    this.#windowStartMs = nowMs;
    this.#lines = 0;
  }
}
