import { setTimeout as pause } from "node:timers/promises";
import { connect, type MqttClient } from "mqtt";
import { keyOf, uniform } from "../../simulators/random.ts";

const feedIntervalMs = 10_000;
const quarterSamples = 90;
/** Exact in binary, so that sums are exact too. */
const stepKwh = 0.125;
const firstKwh = 1000;
const batchMax = 20;
const retryMs = 40;

/**
 * A meter that is read every ten seconds, and a book of what has been acknowledged. What was not
 * acknowledged is sent again, as a gateway does, so that much arrives twice.
 */
export class MeterFeed {
  readonly meterId: string;
  readonly startMs: number;
  readonly #key: number;
  readonly #acked = new Set<number>();
  #again: number[][] = [];
  #next = 0;
  #batches = 0;
  #end = Number.POSITIVE_INFINITY;

  constructor(meterId: string, startMs: number, seed: number) {
    this.meterId = meterId;
    this.startMs = startMs;
    this.#key = keyOf(seed, meterId);
  }

  get ackedCount(): number {
    return this.#acked.size;
  }

  get isDone(): boolean {
    return this.#acked.size >= this.#end;
  }

  /** Ends the series at the next quarter hour, so that every slot has both its ends. */
  finish(): void {
    this.#end = Math.ceil(this.#next / quarterSamples) * quarterSamples + 1;
  }

  /** Instants and registers of everything up to the end. */
  expected(): { readonly tsMs: number; readonly importKwh: number }[] {
    return Array.from({ length: this.#end }, (_, index) => this.#sample(index));
  }

  get endMs(): number {
    return this.#sample(this.#end - 1).tsMs;
  }

  get energyKwh(): number {
    return (this.#end - 1) * stepKwh;
  }

  /** The next samples to send; null when there is nothing to send now. */
  take(): number[] | null {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    const left = this.#end - this.#next;
    if (left <= 0) return null;
    this.#batches += 1;
    const size = Math.min(left, 1 + Math.floor(uniform(this.#key, this.#batches) * batchMax));
    const batch = Array.from({ length: size }, (_, offset) => this.#next + offset);
    this.#next += size;
    return batch;
  }

  settle(batch: readonly number[], isAcknowledged: boolean): void {
    if (isAcknowledged) for (const index of batch) this.#acked.add(index);
    else this.#again.push([...batch]);
  }

  samples(batch: readonly number[]): object[] {
    return batch.map((index) => {
      const { tsMs, importKwh } = this.#sample(index);
      return { ts: tsMs, values: { importKwh } };
    });
  }

  #sample(index: number): { readonly tsMs: number; readonly importKwh: number } {
    return {
      tsMs: this.startMs + index * feedIntervalMs,
      importKwh: firstKwh + index * stepKwh,
    };
  }
}

export interface Sender {
  stop(): Promise<void>;
}

export interface Pace {
  /** Batches that are under way at a time. */
  readonly width: number;
  /** Rest after each acknowledgement, where something accepts faster than the service works. */
  readonly restMs: number;
}

/** Sends by a function that answers whether the batch was acknowledged, several at a time. */
function keepSending(
  feed: MeterFeed,
  { width, restMs }: Pace,
  send: (batch: readonly number[]) => Promise<boolean>,
): Sender {
  let isStopped = false;
  const lane = async (): Promise<void> => {
    while (!isStopped) {
      const batch = feed.take();
      if (batch === null) {
        await pause(retryMs);
        continue;
      }
      const isAcknowledged = await send(batch).catch(() => false);
      feed.settle(batch, isAcknowledged);
      await pause(isAcknowledged ? restMs : retryMs);
    }
  };
  const lanes = Array.from({ length: width }, lane);
  return {
    stop: async () => {
      isStopped = true;
      await Promise.all(lanes);
    },
  };
}

/** Sends over HTTP; acknowledged is what was answered with 200. */
export function sendOverHttp(
  feed: MeterFeed,
  {
    url,
    token,
    gatewayId,
  }: { readonly url: string; readonly token: string; readonly gatewayId: string },
): Sender {
  return keepSending(feed, { width: 3, restMs: 5 }, async (batch) => {
    const answer = await fetch(`${url}/api/v1/telemetry`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({
        ...{ gateway: gatewayId, device: feed.meterId },
        samples: feed.samples(batch),
      }),
    });
    await answer.text();
    return answer.status === 200;
  });
}

/** Sends over MQTT with QoS 1 and connects again whenever the connection has ended. */
export function sendOverMqtt(
  feed: MeterFeed,
  to: {
    readonly url: string;
    readonly topicStart: string;
    readonly username: string;
    readonly password: string;
  },
  pace: Pace = { width: 20, restMs: 5 },
): Sender {
  const options = { username: to.username, password: to.password, reconnectPeriod: 0 };
  let client: MqttClient | null = null;
  const connected = (): MqttClient => {
    if (client !== null) return client;
    const opened = connect(to.url, { ...options, clientId: `${to.username}:${feed.meterId}` });
    opened.setMaxListeners(0);
    opened.on("error", () => undefined);
    opened.once("close", () => {
      client = null;
    });
    client = opened;
    return opened;
  };
  const topic = `${to.topicStart}/${feed.meterId}/telemetry`;
  const sender = keepSending(feed, pace, (batch) => {
    const link = connected();
    const payload = JSON.stringify({ samples: feed.samples(batch) });
    return new Promise((resolve) => {
      const lost = (): void => resolve(false);
      link.once("close", lost);
      link.publish(topic, payload, { qos: 1 }, (error) => {
        link.off("close", lost);
        resolve(!error);
      });
    });
  });
  return {
    stop: async () => {
      await sender.stop();
      await client?.endAsync(true);
    },
  };
}
