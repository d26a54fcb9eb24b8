import { createServer, type Socket } from "node:net";
import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type Packet,
  parser,
} from "mqtt-packet";
import { onTestFinished } from "vitest";

/** One connection of the service to the broker that a test plays. */
export interface Conversation {
  readonly version: 4 | 5;
  readonly connect: IConnectPacket;
  /** Message ids of the PUBACKs that have arrived, in their order. */
  readonly acked: readonly number[];
  publish(messageId: number, topic: string, payload: string): void;
  /** Ends the connection, in version 5 with a reason where there is one. */
  hangUp(reasonCode?: number): void;
}

export interface ScriptedBroker {
  readonly url: string;
  readonly conversations: readonly Conversation[];
}

export interface Script {
  /** The highest version that is let in; a lower one answers code 1, or hangs up where silent. */
  readonly versionMax?: 4 | 5;
  readonly isSilent?: boolean;
  /** What a SUBSCRIBE is answered with. */
  readonly granted?: number;
  /** What a CONNACK of version 5 says about the broker. */
  readonly properties?: IConnackPacket["properties"];
  /** Whether everybody is said to have a session already. */
  readonly keepsSessions?: boolean;
}

/** A broker without a mind of its own: it accepts, says what the test says, and remembers PUBACKs. */
export async function scriptedBroker(script: Script = {}): Promise<ScriptedBroker> {
  const conversations: Conversation[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    converse(socket, script, (conversation) => conversations.push(conversation));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `mqtt://127.0.0.1:${port}`, conversations };
}

function converse(
  socket: Socket,
  script: Script,
  onSubscribed: (conversation: Conversation) => void,
): void {
  const acked: number[] = [];
  let connect: IConnectPacket | null = null;
  const reader = parser();
  socket.on("error", () => undefined);
  socket.on("data", (bytes) => reader.parse(bytes));
  reader.on("packet", (packet) => {
    if (packet.cmd === "connect") {
      connect = packet;
      greet(socket, packet, script);
    } else if (connect !== null) {
      answer(socket, packet, { connect, acked, granted: script.granted ?? 1, onSubscribed });
    }
  });
}

function greet(
  socket: Socket,
  connect: IConnectPacket,
  { versionMax = 5, isSilent, properties, keepsSessions = false }: Script,
): void {
  const protocolVersion = connect.protocolVersion ?? 4;
  if (protocolVersion <= versionMax) {
    const said = protocolVersion === 5 && properties !== undefined ? { properties } : {};
    const codes = { returnCode: 0, reasonCode: 0 };
    send(socket, connect, { cmd: "connack", ...codes, sessionPresent: keepsSessions, ...said });
    return;
  }
  if (isSilent !== true) socket.write(Buffer.from([0x20, 0x02, 0x00, 0x01]));
  socket.end();
}

interface Talk {
  readonly connect: IConnectPacket;
  readonly acked: number[];
  readonly granted: number;
  readonly onSubscribed: (conversation: Conversation) => void;
}

function answer(
  socket: Socket,
  packet: Packet,
  { connect, acked, granted, onSubscribed }: Talk,
): void {
  const messageId = packet.messageId ?? 0;
  switch (packet.cmd) {
    case "subscribe":
      send(socket, connect, { cmd: "suback", messageId, granted: [granted] });
      onSubscribed({
        version: connect.protocolVersion === 5 ? 5 : 4,
        connect,
        acked,
        publish: (id, topic, payload) => {
          const flags = { qos: 1, dup: false, retain: false } as const;
          send(socket, connect, { cmd: "publish", messageId: id, topic, payload, ...flags });
        },
        hangUp: (reasonCode) => {
          if (reasonCode === undefined) socket.destroy();
          else socket.end(generate({ cmd: "disconnect", reasonCode }, { protocolVersion: 5 }));
        },
      });
      return;
    case "puback":
      acked.push(messageId);
      return;
    case "publish":
      send(socket, connect, { cmd: "puback", messageId });
      return;
    case "pingreq":
      send(socket, connect, { cmd: "pingresp" });
      return;
    default:
  }
}

function send(socket: Socket, { protocolVersion = 4 }: IConnectPacket, packet: Packet): void {
  socket.write(generate(packet, { protocolVersion }));
}
