import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { topicOf } from "../../src/contracts/topics.ts";
import { minuteMs, secondMs } from "../units.ts";
import type { OutMessage, Sink } from "./out-message.ts";

export interface GatewayLinkOptions {
  readonly url: string;
  readonly parkId: string;
  readonly gatewayId: string;
  /** Absent where the broker asks for none. */
  readonly password: string | undefined;
  readonly onCommand: (deviceId: string, payload: Buffer) => void;
  /** Told why the broker or the way to it refuses, once for each reason. */
  readonly onTrouble: (reason: string) => void;
}

const backOffMinMs = secondMs;
const backOffMaxMs = minuteMs / 2;
const connectTimeoutMs = 10 * secondMs;
const keepaliveS = 60;

/**
 * The connection of one gateway, with its own credentials. What is published waits for its PUBACK; what
 * has none when the connection breaks is sent again after the next one, so nothing is lost on the way.
 */
export class GatewayLink implements Sink {
  readonly #options: GatewayLinkOptions;
  readonly #client: MqttClient;
  #backOffMs = backOffMinMs;
  #lastTrouble = "";
  #inFlight = 0;

  constructor(options: GatewayLinkOptions) {
    this.#options = options;
    this.#client = connect(options.url, this.#clientOptions());
    this.#client.on("connect", () => this.#connected());
    this.#client.on("close", () => this.#closed());
    this.#client.on("error", (error) => this.#trouble(error.message));
    this.#client.on("message", (topic, payload) => {
      options.onCommand(topic.split("/")[4] ?? "", payload);
    });
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  /** Messages without an acknowledgement. */
  get inFlight(): number {
    return this.#inFlight;
  }

  async publish(message: OutMessage): Promise<void> {
    const { parkId } = this.#options;
    this.#inFlight += 1;
    try {
      await this.#client.publishAsync(topicOf({ parkId, ...message }), message.payload, {
        qos: 1,
        retain: message.retain ?? false,
      });
    } finally {
      this.#inFlight -= 1;
    }
  }

  async close(): Promise<void> {
    // A broker that is gone would never let an orderly end come through.
    await this.#client.endAsync(!this.#client.connected);
  }

  #clientOptions(): IClientOptions {
    const { gatewayId, password } = this.#options;
    return {
      clientId: gatewayId,
      username: gatewayId,
      ...(password === undefined ? {} : { password }),
      protocolVersion: 4,
      clean: true,
      keepalive: keepaliveS,
      connectTimeout: connectTimeoutMs,
      reconnectPeriod: backOffMinMs,
      will: {
        topic: this.#stateTopic(),
        payload: Buffer.from(JSON.stringify({ online: false, simulated: true })),
        qos: 1,
        retain: true,
      },
    };
  }

  #connected(): void {
    this.#backOffMs = backOffMinMs;
    this.#lastTrouble = "";
    this.#client.options.reconnectPeriod = this.#backOffMs;
    const { parkId, gatewayId } = this.#options;
    const commands = topicOf({ parkId, gatewayId, deviceId: "+", kind: "command" });
    // Whoever sees the gateway online may send it commands, so it listens first.
    this.#client.subscribe(commands, { qos: 1 }, () => {
      const state = { online: true, ts: Date.now(), simulated: true, firmware: "zcp-simulator" };
      this.#client.publish(this.#stateTopic(), JSON.stringify(state), { qos: 1, retain: true });
    });
  }

  #closed(): void {
    this.#client.options.reconnectPeriod = this.#backOffMs;
    this.#backOffMs = Math.min(this.#backOffMs * 2, backOffMaxMs);
  }

  #trouble(reason: string): void {
    if (reason === this.#lastTrouble) return;
    this.#lastTrouble = reason;
    this.#options.onTrouble(reason);
  }

  #stateTopic(): string {
    const { parkId, gatewayId } = this.#options;
    return topicOf({ parkId, gatewayId, deviceId: gatewayId, kind: "state" });
  }
}
