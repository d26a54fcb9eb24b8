import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { topicOf } from "../../contracts/topics.ts";
import { secondMs } from "../../domain/time.ts";
import { CliError } from "./cli-error.ts";
import type { RecordedMessage } from "./replay-source.ts";

/** What became of one message; `refused` says why it was not taken. */
export interface Delivery {
  readonly accepted: number;
  readonly quarantined: number;
  readonly refused: string | null;
}

export interface ReplayTarget {
  send(message: RecordedMessage): Promise<Delivery>;
  close(): Promise<void>;
}

const retriesMax = 8;
const Answer = z.object({ accepted: z.int(), quarantined: z.array(z.unknown()) });

/** Sends to `POST /api/v1/telemetry`; waits and repeats while the service is busy or full. */
export function httpTarget(url: string, token: string): ReplayTarget {
  const endpoint = new URL("/api/v1/telemetry", url);
  const attempt = (body: string) =>
    fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body,
    });
  return {
    send: async ({ gatewayId, deviceId, payload }) => {
      const body = JSON.stringify({ gateway: gatewayId, device: deviceId, ...payload });
      for (let retry = 0; ; retry += 1) {
        const response = await attempt(body);
        const text = await response.text();
        if (response.ok) {
          const answer = Answer.parse(JSON.parse(text));
          const { accepted, quarantined } = answer;
          return { accepted, quarantined: quarantined.length, refused: null };
        }
        if (response.status === 401 || response.status === 403) {
          throw new CliError(`${endpoint.origin} refused the token (${response.status})`);
        }
        const busy = response.status === 429 || response.status === 503;
        if (!busy || retry === retriesMax) {
          return {
            accepted: 0,
            quarantined: 0,
            refused: `${response.status} ${text.slice(0, 200)}`,
          };
        }
        await delay(secondMs * Math.min(2 ** retry, 30));
      }
    },
    close: async () => undefined,
  };
}

export interface MqttSignIn {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly parkId: string;
}

/** Publishes with QoS 1, so each delivery waits for the broker's acknowledgement. */
export async function mqttTarget({
  url,
  username,
  password,
  parkId,
}: MqttSignIn): Promise<ReplayTarget> {
  const clientId = `${username}:replay-${process.pid}`;
  const options = {
    username,
    password,
    clientId,
    reconnectPeriod: 0,
    connectTimeout: 10 * secondMs,
  };
  const { connectAsync } = await import("mqtt");
  const client = await connectAsync(url, options).catch((error: Error) => {
    throw new CliError(`${url} refused the connection as ${username}: ${error.message}`);
  });
  return {
    send: async ({ gatewayId, deviceId, payload }) => {
      if (!client.connected) throw new CliError(`${url} closed the connection`);
      const topic = topicOf({ parkId, gatewayId, deviceId, kind: "telemetry" });
      await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
      return { accepted: 1, quarantined: 0, refused: null };
    },
    close: () => client.endAsync(),
  };
}
