import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";

export interface Address {
  readonly port: number;
}

/** A client that does not reconnect and gives up soon; it ends with the test. */
export function visitor({ port }: Address, options: IClientOptions = {}): MqttClient {
  const client = connect({
    ...{ host: "127.0.0.1", port, protocol: "mqtt", reconnectPeriod: 0, connectTimeout: 10_000 },
    ...options,
  });
  client.on("error", () => undefined);
  client.setMaxListeners(0);
  onTestFinished(async () => {
    await client.endAsync(true);
  });
  return client;
}

/** What came of an attempt to connect: `connected`, or the code of the CONNACK, or `closed`. */
export function attempt(
  address: Address,
  options: IClientOptions,
): Promise<"connected" | "closed" | number> {
  const client = visitor(address, options);
  return new Promise((resolve) => {
    client.on("connect", () => resolve("connected"));
    client.on("error", (error) => {
      resolve("code" in error && typeof error.code === "number" ? error.code : "closed");
    });
    client.on("close", () => resolve("closed"));
  });
}

export async function signedIn(
  address: Address,
  gatewayId: string,
  password: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const client = visitor(address, {
    clientId: gatewayId,
    username: gatewayId,
    password,
    ...options,
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  return client;
}

/** Whether a publish was acknowledged before the connection ended. */
export function acknowledged(
  client: MqttClient,
  topic: string,
  payload: string | Buffer,
  options: { readonly qos?: 0 | 1 | 2; readonly retain?: boolean } = {},
): Promise<boolean> {
  return new Promise((resolve) => {
    const lost = (): void => resolve(false);
    client.once("close", lost);
    client.publish(topic, payload, { qos: 1, ...options }, (error) => {
      client.off("close", lost);
      resolve(!error);
    });
  });
}

/** A bare TCP connection, for bytes that no client would send. */
export async function bareSocket({ port }: Address): Promise<Socket> {
  const socket = connectSocket(port, "127.0.0.1");
  socket.on("error", () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return socket;
}

export function nextMessage(
  client: MqttClient,
): Promise<{ readonly topic: string; readonly payload: Buffer }> {
  return new Promise((resolve) => {
    client.once("message", (topic, payload) => resolve({ topic, payload }));
  });
}

export function closed(stream: Socket | MqttClient): Promise<void> {
  return new Promise((resolve) => {
    stream.once("close", () => resolve());
  });
}
