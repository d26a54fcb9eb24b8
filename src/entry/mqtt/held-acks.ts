import type { IPublishPacket, MqttClient } from "mqtt";
import { InOrder } from "./in-order.ts";

export interface HeldAcks {
  /** Takes nothing more; resolves when what was being taken is acknowledged or refused. */
  drain(): Promise<void>;
}

export interface HeldAcksOptions {
  /** Resolves when the message may be acknowledged. */
  readonly take: (packet: IPublishPacket) => Promise<void>;
  /** Told when a message of the connection of this moment was not taken. */
  readonly onRefused: (error: unknown) => void;
  readonly onAcknowledged: (messages: number) => void;
  /** Reading from the socket pauses at this many messages in flight. */
  readonly inFlightMax: number;
}

/**
 * The client works through everything that a read has brought before it lets other events in. After
 * so many messages it has to: otherwise the word that a commit is done waits behind the next burst.
 */
const yieldEvery = 64;

/** Packet type 4 without flags, and the length of what follows. */
const pubackHeader = 0x4002;
const pubackBytes = 4;

type SendPacket = (packet: { readonly cmd: string }, done?: () => void, ...rest: unknown[]) => void;

/**
 * Makes a client acknowledge each message after it was taken, with many in flight.
 *
 * The client works on one message at a time and writes the PUBACK when `handleMessage` calls back.
 * Waiting there for a commit would allow one message a commit. So it is called back at once, the
 * PUBACK that the client then sends is kept from leaving, and ours leaves after the commit. One
 * that belongs to a connection which has ended is dropped: the broker sends that message again, and
 * the client would queue the acknowledgement into the next session, where it means another message.
 *
 * `_sendPacket` is no public part of the client, therefore its version is pinned, and a test fails
 * when a message is acknowledged before its commit.
 */
export function acknowledgeWhenTaken(client: MqttClient, options: HeldAcksOptions): HeldAcks {
  const { take, onRefused, onAcknowledged, inFlightMax } = options;
  const inner = client as unknown as { _sendPacket: SendPacket };
  const send = inner._sendPacket.bind(client);
  let inFlight = 0;
  let sinceYield = 0;
  let paused: (() => void) | null = null;
  let drained: (() => void) | null = null;

  const ordered = (): InOrder<number> => {
    const order = inBursts((messageIds) => {
      if (order !== acks || !client.connected) return;
      client.stream.write(pubacks(messageIds));
      onAcknowledged(messageIds.length);
    });
    return order;
  };
  let acks = ordered();
  client.on("close", () => {
    acks = ordered();
  });
  inner._sendPacket = (packet, done, ...rest) => {
    if (packet.cmd === "puback") done?.();
    else send(packet, done, ...rest);
  };

  const settled = (): void => {
    inFlight -= 1;
    const resume = paused;
    paused = null;
    resume?.();
    // Acknowledgements leave at the next tick, and whoever waits for the end goes after them.
    if (inFlight === 0 && drained !== null) process.nextTick(drained);
  };

  client.handleMessage = (packet, callback) => {
    if (drained !== null) {
      // Neither taken nor acknowledged: the broker has it for the next session.
      callback();
      return;
    }
    // Nothing of the packet but its number is kept until the commit: thousands are under way.
    const order = acks;
    const ticket = packet.qos === 0 ? null : order.enter(packet.messageId ?? 0);
    inFlight += 1;
    take(packet).then(
      () => {
        if (ticket !== null) order.ready(ticket);
        settled();
      },
      (error: unknown) => {
        if (order === acks && client.connected) onRefused(error);
        settled();
      },
    );
    sinceYield += 1;
    if (inFlight >= inFlightMax) {
      paused = () => callback();
    } else if (sinceYield >= yieldEvery) {
      sinceYield = 0;
      setImmediate(callback);
    } else {
      callback();
    }
  };

  return {
    drain: () =>
      new Promise((resolve) => {
        drained = resolve;
        if (inFlight === 0) resolve();
      }),
  };
}

/** Message ids of one connection, in order; what one commit releases leaves together. */
function inBursts(leave: (messageIds: readonly number[]) => void): InOrder<number> {
  let messageIds: number[] = [];
  return new InOrder<number>((messageId) => {
    if (messageIds.push(messageId) > 1) return;
    process.nextTick(() => {
      const leaving = messageIds;
      messageIds = [];
      leave(leaving);
    });
  });
}

/** PUBACKs in the short form, which says success in both versions of the protocol. */
function pubacks(messageIds: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(pubackBytes * messageIds.length);
  for (const [index, messageId] of messageIds.entries()) {
    bytes.writeUInt16BE(pubackHeader, pubackBytes * index);
    bytes.writeUInt16BE(messageId, pubackBytes * index + 2);
  }
  return bytes;
}
