import { randomInt } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { UnavailableError } from "../../app/ports.ts";
import { Command } from "../../contracts/command.ts";
import { payloadBytesMax, topicFilterAll, topicOf } from "../../contracts/topics.ts";
import { dayMs, secondMs } from "../../domain/time.ts";
import { acknowledgeWhenTaken, type HeldAcks } from "./held-acks.ts";
import {
  type MessageSink,
  type MqttCounters,
  newMqttCounters,
  takeMessage,
} from "./take-message.ts";

export interface ExternalSubscriberOptions extends MessageSink {
  /** `mqtt://` or `mqtts://`; may carry `user:password@`. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly inFlightMax?: number;
  /** Waits between attempts to connect, doubled each time up to the second figure. */
  readonly retryMs?: readonly [firstMs: number, mostMs: number];
}

export interface ExternalSubscriber {
  /** Connected and subscribed. */
  readonly connected: boolean;
  /** Why it is not connected; null when it is. */
  readonly reason: string | null;
  readonly counters: Readonly<MqttCounters>;
  /** @throws {UnavailableError} `broker_unavailable` when it cannot be handed to the broker now. */
  publishCommand(gatewayId: string, deviceId: string, command: Command): Promise<void>;
  close(): Promise<void>;
}

const keepaliveS = 30;
const connackTimeoutMs = 10 * secondMs;
/** The broker keeps what we have not acknowledged for this long while we are away. */
const sessionExpiryS = (3 * dayMs) / secondMs;
const inFlightMaxDefault = 5000;
/** Larger packets stay with the broker; those a little too large come in, to be set aside visibly. */
const packetBytesMax = 4 * payloadBytesMax;
const retryMsDefault = [secondMs, 30 * secondMs] as const;
/** What a broker that speaks MQTT 3.1.1 only answers to a CONNECT of version 5. */
const versionRefusals: readonly unknown[] = [1, 132];
/** Some brokers answer an unknown version by closing without a word; so do those that shut down. */
const silentEndsMax = 2;
const sessionTakenOver = 142;
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
  #failures = 0;
  #silentEnds = 0;
  #isAnswered = false;
  /** The journal refused since the last message that it took: connecting alone mends nothing. */
  #isRefusing = false;
  #closing: Promise<void> | null = null;

  constructor(options: ExternalSubscriberOptions) {
    this.#options = options;
    this.#client = connect(addressOf(options.url), clientOptions(options));
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
    client.on("connect", () => {
      this.#isAnswered = true;
      this.#silentEnds = 0;
      this.counters.connections = 1;
      this.counters.connectionsTotal += 1;
      void this.#subscribe();
    });
    client.on("disconnect", ({ reasonCode }) => {
      if (reasonCode === sessionTakenOver) {
        this.#lost(`another client took over the session of ${clientIdOf(this.#options)}`);
      }
    });
    client.on("error", (error) => this.#failed(error));
    client.on("close", () => this.#ended());
    client.on("reconnect", () => {
      this.#isAnswered = false;
    });
  }

  async #subscribe(): Promise<void> {
    try {
      // What we send ourselves need not come back; states that were retained shall.
      const options = { qos: 1, nl: true, rh: 0 } as const;
      const granted = await this.#client.subscribeAsync(topicFilterAll, options);
      if (granted.some(({ qos }) => qos > 2)) throw new Error("not authorized");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#client.connected) return;
      this.#lost(`the broker refuses the subscription to ${topicFilterAll}: ${reason}`);
      this.#client.stream.destroy();
      return;
    }
    if (this.#closing !== null) return;
    this.#reason = null;
    this.#loggedReason = null;
    if (!this.#isRefusing) this.#failures = 0;
    this.#setPause();
    this.#options.log.info({ version: this.#client.options.protocolVersion }, "broker connected");
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
    this.#lost(error.message || String(error.code ?? "unknown error"));
  }

  #ended(): void {
    this.counters.connections = 0;
    if (this.#closing !== null) return;
    if (this.#reason === null)
      this.#lost(`the broker ended the connection of ${clientIdOf(this.#options)}`);
    this.#silentEnds = this.#isAnswered ? 0 : this.#silentEnds + 1;
    if (this.#silentEnds >= silentEndsMax) this.#switchVersion();
    this.#failures += 1;
    this.#setPause();
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

  /**
   * The client waits this long after the end of the next connection: at least half of a time that
   * doubles with each failure, so that many services do not come back to a broker all at once.
   */
  #setPause(): void {
    const [firstMs, mostMs] = this.#options.retryMs ?? retryMsDefault;
    const pauseMs = Math.min(firstMs * 2 ** this.#failures, mostMs);
    this.#client.options.reconnectPeriod = pauseMs / 2 + randomInt(Math.ceil(pauseMs / 2) + 1);
  }
}

function clientIdOf({ parkId }: Pick<ExternalSubscriberOptions, "parkId">): string {
  return `zcp-ingest-${parkId}`;
}

function clientOptions(options: ExternalSubscriberOptions): IClientOptions {
  const { username, password } = new URL(options.url);
  return {
    ...signIn(
      options.username ?? decodeURIComponent(username),
      options.password ?? decodeURIComponent(password),
    ),
    clientId: clientIdOf(options),
    protocolVersion: 5,
    clean: false,
    keepalive: keepaliveS,
    connectTimeout: connackTimeoutMs,
    reconnectPeriod: (options.retryMs ?? retryMsDefault)[0],
    reconnectOnConnackError: true,
    resubscribe: false,
    // The client would gather arguments for its debug log with every packet, written or not.
    log: () => undefined,
    properties: {
      sessionExpiryInterval: sessionExpiryS,
      receiveMaximum: options.inFlightMax ?? inFlightMaxDefault,
      maximumPacketSize: packetBytesMax,
    },
  };
}

function addressOf(url: string): string {
  const address = new URL(url);
  address.username = "";
  address.password = "";
  return address.href;
}

function signIn(username: string, password: string): Pick<IClientOptions, "username" | "password"> {
  return username === "" ? {} : { username, password };
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
