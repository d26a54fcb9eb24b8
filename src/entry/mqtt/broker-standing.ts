import type { IConnackPacket } from "mqtt";
import type { Clock, Log } from "../../app/ports.ts";
import { hourMs, instantText } from "../../domain/time.ts";
import { brokerLimits } from "./broker-limits.ts";
import { sessionExpiryS } from "./connect-options.ts";

/** How long a lost session is shown in the state of the service, beside the line in the log. */
const lossShownMs = hourMs;
const loss =
  "what it had acknowledged and not delivered to the service is gone unless gateways send it again; let it keep its sessions on disk";

/** What the broker grants, and whether it still had our session when we came back. */
export class BrokerStanding {
  readonly #log: Log;
  readonly #clock: Clock;
  #limits: readonly string[] = [];
  #connack: IConnackPacket | null = null;
  #sessionsLost = 0;
  #lostMs = Number.NEGATIVE_INFINITY;

  constructor(parts: { readonly log: Log; readonly clock: Clock }) {
    this.#log = parts.log;
    this.#clock = parts.clock;
  }

  /** Connected and subscribed; the first time it is no wonder that there was no session. */
  joined(connack: IConnackPacket, qos: number): void {
    if (this.#connack !== null && !connack.sessionPresent) {
      this.#sessionsLost += 1;
      this.#lostMs = this.#clock.nowMs();
      this.#log.warn({ sessionsLost: this.#sessionsLost }, `the broker lost the session: ${loss}`);
    }
    this.#connack = connack;
    const limits = brokerLimits({ connack, qos, sessionExpiryS });
    for (const limit of limits) {
      if (!this.#limits.includes(limit)) this.#log.warn({ limit }, "broker grants too little");
    }
    this.#limits = limits;
  }

  /** What cannot be relied on, one sentence each. */
  get limits(): readonly string[] {
    if (this.#clock.nowMs() - this.#lostMs > lossShownMs) return this.#limits;
    return [
      ...this.#limits,
      `the broker lost the session at ${instantText(this.#lostMs)}: ${loss}`,
    ];
  }

  get figures(): Readonly<Record<string, string | number | null>> {
    const said = this.#connack?.properties;
    return {
      sessionsLost: this.#sessionsLost,
      sessionExpiryS: said?.sessionExpiryInterval ?? null,
      packetBytesMax: said?.maximumPacketSize ?? null,
      receiveMax: said?.receiveMaximum ?? null,
    };
  }
}
