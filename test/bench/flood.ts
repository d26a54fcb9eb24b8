import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { generate } from "mqtt-packet";
import { type FloodShape, gatewayId, type PacketStream, packetStreams } from "./flood-messages.ts";

/**
 * A gateway program that sends as fast as it is acknowledged: a process of its own, told what to do
 * by one message of its parent. It works on bare sockets, because a client library would take the
 * processor from the programs that are measured.
 */
export interface FloodOrder {
  readonly shape: FloodShape;
  readonly parkId: string;
  readonly port: number;
  /** By gateway; null where the broker lets everybody in. */
  readonly passwords: readonly string[] | null;
  /** Unacknowledged messages of one connection. */
  readonly window: number;
}

export interface FloodReport {
  readonly acked: number;
}

/** How far the receiver is; the sender stays at most a backlog ahead of it. */
export interface FloodPace {
  readonly received: number;
}

const backlogMax = 10_000;

const pubackBytes = 4;

process.once("message", (order: FloodOrder) => {
  void flood(order);
});

async function flood(order: FloodOrder): Promise<void> {
  const streams = packetStreams(order.shape, order.parkId, Date.now() - 60_000);
  const sockets = await Promise.all(streams.map((_, index) => signIn(order, index)));
  process.send?.("ready");
  await once(process, "message");
  const sending = streams.map((stream, index) => new Sending(sockets[index], stream, order.window));
  process.on("message", ({ received }: FloodPace) => {
    for (const each of sending) each.allow((received + backlogMax) / sending.length);
  });
  const acked = await Promise.all(sending.map((each) => each.done));
  const report: FloodReport = { acked: acked.reduce((sum, count) => sum + count, 0) };
  process.send?.(report);
  await once(process, "disconnect");
  for (const socket of sockets) socket.destroy();
}

async function signIn({ port, passwords }: FloodOrder, index: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const name = gatewayId(index);
  const password = passwords?.[index];
  const keepalive = 300;
  const credentials =
    password === undefined ? {} : { username: name, password: Buffer.from(password) };
  socket.write(
    generate({ cmd: "connect", clientId: name, clean: true, keepalive, ...credentials }),
  );
  const [connack] = (await once(socket, "data")) as [Buffer];
  if (connack[0] !== 0x20 || connack[3] !== 0) throw new Error(`${name} was not let in`);
  return socket;
}

/** One connection that sends its packets in their order, a window at a time. */
class Sending {
  readonly done: Promise<number>;
  #sent = 0;
  #ackBytes = 0;
  #allowed = backlogMax;
  #go: () => void = () => undefined;

  constructor(socket: Socket | undefined, { bytes, ends }: PacketStream, window: number) {
    this.done = new Promise((resolve, reject) => {
      if (socket === undefined) return reject(new Error("no connection"));
      this.#go = (): void => {
        const acked = Math.floor(this.#ackBytes / pubackBytes);
        const until = Math.min(ends.length, acked + window, Math.floor(this.#allowed));
        // Half a window at a time: writing each packet for itself would cost a system call each.
        if (until > this.#sent && (until - this.#sent >= window / 2 || until === ends.length)) {
          socket.write(bytes.subarray(ends[this.#sent - 1] ?? 0, ends[until - 1]));
          this.#sent = until;
        }
        if (acked === ends.length) resolve(acked);
      };
      socket.on("data", (chunk: Buffer) => {
        this.#ackBytes += chunk.length;
        this.#go();
      });
      socket.on("close", () => {
        reject(new Error(`closed after ${Math.floor(this.#ackBytes / pubackBytes)}`));
      });
      this.#go();
    });
  }

  allow(messages: number): void {
    this.#allowed = Math.max(this.#allowed, messages);
    this.#go();
  }
}
