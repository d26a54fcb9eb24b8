import { setTimeout } from "node:timers/promises";
import { connect, type IConnackPacket, type MqttClient } from "mqtt";
import { UnavailableError } from "../../app/ports.ts";
import { Command } from "../../contracts/command.ts";
import { topicFilterAll, topicOf } from "../../contracts/topics.ts";
import { instantText, secondMs } from "../../domain/time.ts";
import { subscriptionHindrance } from "./broker-limits.ts";
import { BrokerStanding } from "./broker-standing.ts";
import {
  type BrokerAddress,
  bareAddress,
  clientIdOf,
  connectOptions,
  inFlightMaxDefault,
} from "./connect-options.ts";
import { connectionTrouble } from "./connection-trouble.ts";
import { acknowledgeWhenTaken, type HeldAcks } from "./held-acks.ts";
import { ReconnectPause, type ReconnectPauseOptions } from "./reconnect-pause.ts";
import {
  type MessageSink,
  type MqttCounters,
  newMqttCounters,
  takeMessage,
} from "./take-message.ts";

export type ExternalSubscriberOptions = MessageSink &
  BrokerAddress &
  Omit<ReconnectPauseOptions, "clock">;

export interface ExternalSubscriber {
  /** Connected and subscribed. */
  readonly connected: boolean;
  /** Why it is not connected; null when it is. */
  readonly reason: string | null;
  /** What cannot be relied on although it is connected, one sentence each. */
  readonly limits: readonly string[];
  readonly figures: Readonly<Record<string, string | number | null>>;
  readonly counters: Readonly<MqttCounters>;
  /** @throws {UnavailableError} `broker_unavailable` when it cannot be handed to the broker now. */
  publishCommand(gatewayId: string, deviceId: string, command: Command): Promise<void>;
  close(): Promise<void>;
}

/** What a broker that speaks MQTT 3.1.1 only answers to a CONNECT of version 5. */
const versionRefusals: readonly unknown[] = [1, 132];
/** Some brokers answer an unknown version by closing without a word; so do those that shut down. */
const silentEndsMax = 2;
const sessionTakenOver = 142;
/** After so many connections that did not hold, a broker that says nothing may mean a takeover. */
const takeoverSuspectedAfter = 3;
/** How long commits under way, and then the broker's answer to our goodbye, may hold up the end. */
const drainMsMax = 4 * secondMs;
const goodbyeMsMax = 2 * secondMs;

/**
 * Subscribes at a broker outside. The session there is persistent, so what arrives while we are away
 * waits for us, and a message is acknowledged after its commit. It resolves at once: a broker that is
 * away makes the service degraded, not dead.
 */
export function startExternalSubscriber(
  options: ExternalSubscriberOptions,
): Promise<ExternalSubscriber> {
  return Promise.resolve(new Subscriber(options));
}

class Subscriber implements ExternalSubscriber {
  readonly counters: MqttCounters = newMqttCounters();
  readonly #options: ExternalSubscriberOptions;
  readonly #client: MqttClient;
  readonly #acks: HeldAcks;
  /** null: connected and subscribed. */
  #reason: string | null = "connecting to the broker";
  #loggedReason: string | null = null;
  readonly #standing: BrokerStanding;
  readonly #pause: ReconnectPause;
  #silentEnds = 0;
  #isAnswered = false;
  /** The journal refused since the last message that it took: connecting alone mends nothing. */
  #isRefusing = false;
  #closing: Promise<void> | null = null;

  constructor(options: ExternalSubscriberOptions) {
    this.#options = options;
    this.#standing = new BrokerStanding(options);
    this.#pause = new ReconnectPause(options);
    this.#client = connect(bareAddress(options.url), {
      ...connectOptions(options),
      reconnectPeriod: this.#pause.firstMs,
    });
    this.#acks = acknowledgeWhenTaken(this.#client, {
      take: ({ topic, payload }) => {
        this.counters.messages += 1;
        const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
        return takeMessage(options, { topic, payload: bytes, gatewayId: null });
      },
      onAcknowledged: (messages) => {
        this.counters.acked += messages;
        this.#isRefusing = false;
      },
      onRefused: (error) => this.#refused(error),
      inFlightMax: options.inFlightMax ?? inFlightMaxDefault,
    });
    this.#follow();
  }

  get connected(): boolean {
    return this.#reason === null;
  }

  get reason(): string | null {
    return this.#reason;
  }

  get limits(): readonly string[] {
    return this.#standing.limits;
  }

  get figures(): ExternalSubscriber["figures"] {
    const protocolVersion = this.#client.options.protocolVersion === 5 ? "5" : "3.1.1";
    const { connectionsTotal } = this.counters;
    return { protocolVersion, connectionsTotal, ...this.#standing.figures };
  }

  publishCommand(gatewayId: string, deviceId: string, command: Command): Promise<void> {
    const { parkId } = this.#options;
    const topic = topicOf({ parkId, gatewayId, deviceId, kind: "command" });
    const payload = JSON.stringify(Command.parse(command));
    // A command is not queued for a broker that is away: it would arrive when its time is over.
    if (this.#reason !== null) return Promise.reject(notSent(this.#reason));
    const client = this.#client;
    return new Promise((resolve, reject) => {
      const lost = (): void => reject(notSent("the connection ended before the broker answered"));
      client.once("close", lost);
      client.publish(topic, payload, { qos: 1 }, (error) => {
        client.off("close", lost);
        if (error) reject(notSent(error.message));
        else resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      // What is being taken is acknowledged first, so that the broker need not send it again.
      await within(drainMsMax, this.#acks.drain());
      this.#reason = "closed";
      await within(goodbyeMsMax, this.#client.endAsync());
      this.#client.stream.destroy();
    })();
    return this.#closing;
  }

  #follow(): void {
    const client = this.#client;
    client.on("connect", (connack) => {
      this.#isAnswered = true;
      this.#silentEnds = 0;
      this.counters.connections = 1;
      this.counters.connectionsTotal += 1;
      void this.#subscribe(connack);
    });
    client.on("disconnect", ({ reasonCode }) => {
      if (reasonCode === sessionTakenOver) this.#takenOver();
    });
    client.on("error", (error) => this.#failed(error));
    // Before the client's own listener, which reads how long to wait.
    client.prependListener("close", () => this.#ended());
    client.on("reconnect", () => {
      this.#isAnswered = false;
    });
  }

  async #subscribe(connack: IConnackPacket): Promise<void> {
    let qos = 0;
    try {
      const hindrance = subscriptionHindrance(connack);
      if (hindrance !== null) throw new Error(hindrance);
      // What we send ourselves need not come back; states that were retained shall.
      const options = { qos: 1, nl: true, rh: 0 } as const;
      const [granted] = await this.#client.subscribeAsync(topicFilterAll, options);
      qos = granted?.qos ?? 0;
      if (qos > 2) throw new Error("not authorized");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#client.connected) return;
      this.#lost(`the broker refuses the subscription to ${topicFilterAll}: ${reason}`);
      this.#client.stream.destroy();
      return;
    }
    if (this.#closing !== null) return;
    this.#pause.joined();
    this.#reason = null;
    this.#loggedReason = null;
    this.#options.log.info({ version: this.#client.options.protocolVersion }, "broker connected");
    this.#standing.joined(connack, qos);
  }

  #takenOver(): void {
    const clientId = clientIdOf(this.#options);
    const untilMs = this.#pause.taken();
    this.#lost(
      untilMs === null
        ? `another client took over the session of ${clientId}`
        : `another client takes over the session of ${clientId} again and again: a second service runs for this park, stop one of them; this one stays away until ${instantText(untilMs)}`,
    );
  }

  /** Ends the connection, because the broker sends what was not acknowledged again after the next. */
  #refused(error: unknown): void {
    this.counters.unavailable += 1;
    const { log } = this.#options;
    if (!(error instanceof UnavailableError)) log.error({ err: error }, "message not taken");
    this.#isRefusing = true;
    this.#lost(error instanceof Error ? error.message : String(error));
    this.#client.stream.destroy();
  }

  #failed(error: Error & { readonly code?: unknown }): void {
    if (versionRefusals.includes(error.code)) this.#switchVersion();
    // Where nobody was reached, nobody has refused the version.
    if (typeof error.code === "string" && error.code !== "ECONNRESET") this.#isAnswered = true;
    this.#lost(connectionTrouble(error));
  }

  #ended(): void {
    this.counters.connections = 0;
    if (this.#closing !== null) return;
    if (this.#reason === null) this.#lost(this.#endReason());
    this.#silentEnds = this.#isAnswered ? 0 : this.#silentEnds + 1;
    if (this.#silentEnds >= silentEndsMax) this.#switchVersion();
    const pauseMs = this.#pause.ended({ isMended: !this.#isRefusing });
    this.#client.options.reconnectPeriod = pauseMs;
  }

  /** A broker of version 3.1.1 cannot say that the session was taken over; it just ends. */
  #endReason(): string {
    const ended = `the broker ended the connection of ${clientIdOf(this.#options)}`;
    return this.#pause.failures < takeoverSuspectedAfter
      ? ended
      : `${ended} again soon after it was made; another client may use the same client id`;
  }

  /** MQTT 5 is wanted; a broker that does not know it is spoken to in 3.1.1, and the other way round. */
  #switchVersion(): void {
    const { options } = this.#client;
    options.protocolVersion = options.protocolVersion === 5 ? 4 : 5;
    this.#silentEnds = 0;
  }

  #lost(reason: string): void {
    if (this.#closing !== null) return;
    this.#reason = reason;
    if (reason === this.#loggedReason) return;
    this.#loggedReason = reason;
    this.#options.log.warn({ reason }, "broker not connected");
  }
}

async function within(msMax: number, work: Promise<void>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, setTimeout(msMax, undefined, { signal: late.signal })]);
  late.abort();
}

function notSent(reason: string): UnavailableError {
  return new UnavailableError(`the command was not handed to the broker: ${reason}`, {
    code: "broker_unavailable",
  });
}
