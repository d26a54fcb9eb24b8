import { createServer, type Server, type Socket } from "node:net";
import { Aedes, type Client } from "aedes";
import { UnavailableError } from "../../app/ports.ts";
import type { Registry } from "../../app/registry.ts";
import { Command } from "../../contracts/command.ts";
import { topicOf } from "../../contracts/topics.ts";
import { BrokerClients } from "./broker-clients.ts";
import { InOrder } from "./in-order.ts";
import { PacketGuard } from "./packet-guard.ts";
import {
  type MessageSink,
  type MqttCounters,
  newMqttCounters,
  takeMessage,
} from "./take-message.ts";

export interface EmbeddedBrokerOptions extends MessageSink {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly registry: Pick<Registry, "gateways" | "gatewayAccepts">;
  readonly connectionsMax?: number;
  readonly connectionsPerGatewayMax?: number;
}

export interface EmbeddedBroker {
  readonly host: string;
  readonly port: number;
  readonly counters: Readonly<MqttCounters>;
  /** Gateways with at least one connection now. */
  onlineGateways(): readonly string[];
  /** Sends a command to whoever listens for the device; resolves when it is queued. */
  publishCommand(gatewayId: string, deviceId: string, command: Command): Promise<void>;
  close(): Promise<void>;
}

const connectionsMaxDefault = 2000;
const connectTimeoutMs = 5000;
const keepaliveSMax = 300;
const topicLevelsMax = 12;
const drainTimeoutMs = 20_000;
/** Half-open QoS 2 handshakes of one client; each keeps its message in memory. */
const halfOpenMax = 20;
/** Bytes read ahead of the parser: they bound both memory and messages that share one commit. */
const readAheadBytes = 128 * 1024;

/**
 * The broker inside the process, for gateways with credentials. A message is taken in before its
 * PUBACK leaves, and is not routed on: nobody may subscribe to what gateways publish, so there is
 * nobody to route it to, and a retain flag keeps nothing.
 *
 * Rejects with the error of the socket, which carries `code` and `port`, when the port is taken.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { host, log } = options;
  const counters = newMqttCounters();
  const clients = new BrokerClients(options, counters);
  const aedes = await Aedes.createBroker({
    connectTimeout: connectTimeoutMs,
    keepaliveLimit: keepaliveSMax,
    maxTopicLevels: topicLevelsMax,
    drainTimeout: drainTimeoutMs,
    maxInflightInbound: halfOpenMax,
    preConnect: clients.preConnect,
    authenticate: clients.authenticate,
    authorizePublish: takeBeforeAck({ options, clients, counters }),
    authorizeSubscribe: clients.authorizeSubscribe,
    authorizeForward: clients.authorizeForward,
  });
  routeNothingFromClients(aedes);
  clients.follow(aedes);

  const mayEnter = doorKeeper(options);
  const server = createServer({ highWaterMark: readAheadBytes, noDelay: true }, (socket) => {
    const refused = mayEnter(socket.remoteAddress ?? "");
    if (refused !== null) {
      clients.breach(refused, { address: socket.remoteAddress });
      socket.destroy();
      return;
    }
    guard(socket, (reason) => clients.breach(reason, { address: socket.remoteAddress }));
    aedes.handle(socket);
  });
  server.maxConnections = options.connectionsMax ?? connectionsMaxDefault;
  server.on("drop", (from) => {
    clients.breach("more connections than allowed", { address: from?.remoteAddress });
  });
  const port = await listen(server, host, options.port).catch(async (error: unknown) => {
    await closeBroker(aedes);
    throw error;
  });
  log.info({ host, port }, "embedded broker listens");

  return {
    host,
    port,
    counters,
    onlineGateways: () => clients.online(),
    publishCommand: (gatewayId, deviceId, command) =>
      published(
        aedes,
        topicOf({ parkId: options.parkId, gatewayId, deviceId, kind: "command" }),
        command,
      ),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeBroker(aedes);
      await closed;
    },
  };
}

/**
 * Takes a message in while the broker asks whether it may be published, because the broker writes
 * the PUBACK right after the answer.
 */
function takeBeforeAck(parts: {
  readonly options: EmbeddedBrokerOptions;
  readonly clients: BrokerClients;
  readonly counters: MqttCounters;
}): Aedes["authorizePublish"] {
  const { options, clients, counters } = parts;
  const orders = new WeakMap<Client, InOrder<() => void>>();
  const orderOf = (client: Client): InOrder<() => void> => {
    const known = orders.get(client);
    if (known !== undefined) return known;
    const order = new InOrder<() => void>((release) => release());
    orders.set(client, order);
    return order;
  };
  return (client, packet, done) => {
    const gatewayId = clients.publisher(client, packet);
    if (client === null || gatewayId === null) {
      done(new Error("not authorized"));
      return;
    }
    counters.messages += 1;
    const order = orderOf(client);
    const ticket = order.enter(() => {
      counters.acked += packet.qos > 0 ? 1 : 0;
      done(null);
    });
    const payload =
      typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    takeMessage(options, { topic: packet.topic, payload, gatewayId }).then(
      () => order.ready(ticket),
      (error: unknown) => {
        // The error ends the connection without a PUBACK, so the gateway keeps the message.
        counters.unavailable += 1;
        if (!(error instanceof UnavailableError)) {
          options.log.error({ err: error }, "message not taken");
        }
        done(error instanceof Error ? error : new Error(String(error)));
      },
    );
  };
}

function published(aedes: Aedes, topic: string, command: Command): Promise<void> {
  const payload = Buffer.from(JSON.stringify(Command.parse(command)));
  return new Promise((resolve, reject) => {
    aedes.publish({ cmd: "publish", dup: false, topic, payload, qos: 1, retain: false }, (error) =>
      error === undefined || error === null ? resolve() : reject(error),
    );
  });
}

/**
 * Until a gateway has credentials nobody can sign in anyway, so other machines are not even let in
 * to try, whatever address the broker listens on. Answers why a connection is refused, or null.
 */
function doorKeeper({ host, registry, log }: EmbeddedBrokerOptions) {
  const isLocked = (): boolean => !registry.gateways().some(({ hasCredentials }) => hasCredentials);
  if (!isLoopback(host) && isLocked()) {
    log.warn(
      { host },
      "no gateway has credentials yet: connections from other machines are refused until one has",
    );
  }
  return (address: string): string | null =>
    isLoopback(address) || !isLocked() ? null : "no gateway has credentials yet";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^(?:::ffff:)?127\./.test(host);
}

/**
 * Looks at each piece of bytes just before the broker parses it, because the broker buffers a packet
 * whole, however large, before it asks whether it may come in.
 */
function guard(socket: Socket, onBreach: (reason: string) => void): void {
  const packets = new PacketGuard();
  const read = socket.read.bind(socket);
  socket.read = (bytes?: number): unknown => {
    const chunk: unknown = read(bytes);
    if (!(chunk instanceof Uint8Array)) return chunk;
    const wrong = packets.inspect(chunk);
    if (wrong === null) return chunk;
    onBreach(wrong);
    socket.destroy();
    return null;
  };
}

function routeNothingFromClients(aedes: Aedes): void {
  const publish = aedes.publish.bind(aedes) as (...args: readonly unknown[]) => void;
  const routed = (...args: readonly unknown[]): void => {
    const [, client, done] = args;
    if (typeof client !== "object" || client === null) publish(...args);
    else if (typeof done === "function") done(null);
  };
  aedes.publish = routed as Aedes["publish"];
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function closeBroker(aedes: Aedes): Promise<void> {
  return new Promise((resolve) => aedes.close(() => resolve()));
}
