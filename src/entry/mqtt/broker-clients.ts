import type { EventEmitter } from "node:events";
import type {
  Aedes,
  AuthenticateError,
  Client,
  ConnectPacket,
  PublishPacket,
  Subscription,
} from "aedes";
import type { Registry } from "../../app/registry.ts";
import { parseTopic } from "../../contracts/topics.ts";
import { minuteMs } from "../../domain/time.ts";
import { clientIdBreach, maySubscribe, publishBreach, willBreach } from "./access-rules.ts";
import { AttemptLimit } from "./attempt-limit.ts";
import { type SecurityEventPlace, SecurityEvents } from "./security-events.ts";
import type { MessageSink, MqttCounters } from "./take-message.ts";

export interface BrokerClientsOptions
  extends Pick<MessageSink, "parkId" | "clock" | "log" | "onState"> {
  readonly registry: Pick<Registry, "gatewayAccepts">;
  readonly connectionsPerGatewayMax?: number;
}

/** Return codes of an MQTT 3.1.1 CONNACK. */
const identifierRejected = 2;
const serverUnavailable = 3;
const badUserNameOrPassword = 4;
const notAuthorized = 5;
type ReturnCode = 2 | 3 | 4 | 5;

interface Refusal {
  readonly code: ReturnCode;
  readonly reason: string;
}

/** What a connection has shown of itself. */
interface Visitor {
  readonly clientId: string;
  readonly address: string;
  readonly will: ConnectPacket["will"];
  readonly filters: Set<string>;
  /** null until the credentials were right. */
  gatewayId: string | null;
}

const connectionsPerGatewayMaxDefault = 100;
/** Topic filters of one connection; a gateway needs one, or one for each of its devices. */
const filtersMax = 2000;
/** Wrong passwords for one user name from one address; whoever shares the address is let in. */
const pairLimit = { failuresMax: 10, windowMs: minuteMs };
/** Wrong passwords from one address under any names: the guessing of names is bounded too. */
const addressLimit = { failuresMax: 300, windowMs: minuteMs };

/**
 * Who is connected to the embedded broker, and what each of them may do. A connection belongs to the
 * gateway whose credentials it showed, and its client id to that gateway's name, so that nobody can
 * take over another's session.
 */
export class BrokerClients {
  readonly #options: BrokerClientsOptions;
  readonly #counters: MqttCounters;
  readonly #events: SecurityEvents;
  readonly #visitors = new WeakMap<Client, Visitor>();
  readonly #connections = new Map<string, Set<Client>>();
  readonly #pairAttempts: AttemptLimit;
  readonly #addressAttempts: AttemptLimit;

  constructor(options: BrokerClientsOptions, counters: MqttCounters) {
    this.#options = options;
    this.#counters = counters;
    this.#events = new SecurityEvents({ ...options, counters });
    this.#pairAttempts = new AttemptLimit(options.clock, pairLimit);
    this.#addressAttempts = new AttemptLimit(options.clock, addressLimit);
  }

  /** Keeps what the CONNECT says until the credentials are looked at, which can answer with a code. */
  readonly preConnect = (
    client: Client,
    packet: ConnectPacket,
    done: (error: Error | null, isWelcome: boolean) => void,
  ): void => {
    this.#visitors.set(client, {
      clientId: packet.clientId,
      address: addressOf(client),
      will: packet.will,
      filters: new Set(),
      gatewayId: null,
    });
    done(null, true);
  };

  readonly authenticate = (
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, isWelcome: boolean | null) => void,
  ): void => {
    const visitor = this.#visitors.get(client);
    if (visitor === undefined) {
      done(connackError({ code: serverUnavailable, reason: "unknown connection" }), null);
      return;
    }
    const refusal = this.#refusal(visitor, username ?? "", password);
    if (refusal !== null) {
      const { clientId, address } = visitor;
      this.breach(refusal.reason, { address, gatewayId: username, clientId });
      done(connackError(refusal), null);
      return;
    }
    visitor.gatewayId = username ?? null;
    done(null, true);
  };

  /** The gateway that may publish this, or null after the breach was recorded. */
  publisher(client: Client | null, packet: Pick<PublishPacket, "topic" | "retain">): string | null {
    const visitor = client === null ? undefined : this.#visitors.get(client);
    const gatewayId = visitor?.gatewayId ?? null;
    if (visitor === undefined || gatewayId === null) {
      this.#refuse("a message of nobody who signed in", { topic: packet.topic });
      return null;
    }
    const breach = publishBreach({ gatewayId, topic: packet.topic, retain: packet.retain });
    if (breach === null) return gatewayId;
    this.#refuse(breach, { ...placeOf(visitor), topic: packet.topic });
    return null;
  }

  readonly authorizeSubscribe = (
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void => {
    const visitor = this.#visitors.get(client);
    const gatewayId = visitor?.gatewayId ?? null;
    const { topic } = subscription;
    if (visitor === undefined || gatewayId === null) {
      done(null, null);
      return;
    }
    const isOwn = maySubscribe(this.#options.parkId, gatewayId, topic);
    if (isOwn && (visitor.filters.has(topic) || visitor.filters.size < filtersMax)) {
      visitor.filters.add(topic);
      done(null, subscription);
      return;
    }
    const reason = isOwn
      ? `more than ${filtersMax} subscriptions`
      : `gateway ${gatewayId} may subscribe only to commands of its own devices`;
    this.#refuse(reason, { ...placeOf(visitor), topic });
    // The SUBACK says that this filter failed; the others of the packet hold.
    done(null, null);
  };

  /**
   * A stored session brings back the filters that were refused beside those that were granted, so
   * the way out is guarded as well: a gateway is sent its own commands and nothing else.
   */
  readonly authorizeForward = <T extends PublishPacket>(client: Client, packet: T): T | null => {
    const parts = parseTopic(packet.topic);
    const gatewayId = this.#visitors.get(client)?.gatewayId ?? null;
    return parts?.kind === "command" && gatewayId !== null && parts.gatewayId === gatewayId
      ? packet
      : null;
  };

  /** Follows who comes and goes. */
  follow(aedes: Aedes): void {
    aedes.on("client", (client) => this.#arrived(client));
    aedes.on("unsubscribe", (filters, client) => {
      for (const filter of filters) this.#visitors.get(client)?.filters.delete(filter);
    });
    aedes.on("clientError", (client, error) => this.#ended(client, error));
    aedes.on("connectionError", (client, error) => this.#ended(client, error));
    // Without a listener an error of the broker itself would end the process.
    (aedes as EventEmitter).on("error", (error: unknown) => {
      this.#options.log.error({ err: error }, "embedded broker failed");
    });
  }

  /** Gateways with at least one connection now. */
  online(): readonly string[] {
    return [...this.#connections.keys()];
  }

  /** Records a security event; nothing else follows from it. */
  breach(reason: string, place: SecurityEventPlace): void {
    this.#events.record(reason, place);
  }

  #refuse(reason: string, place: SecurityEventPlace): void {
    this.#counters.refused += 1;
    this.breach(reason, place);
  }

  #refusal(visitor: Visitor, username: string, password: Buffer | undefined): Refusal | null {
    const { clientId, address, will } = visitor;
    const pair = `${address}\n${username.slice(0, 128)}`;
    if (this.#pairAttempts.isExhausted(pair) || this.#addressAttempts.isExhausted(address)) {
      const reason = "too many wrong passwords in a minute; wait and correct the credentials";
      return { code: serverUnavailable, reason };
    }
    if (username === "" || password === undefined) {
      return { code: notAuthorized, reason: "user name or password is missing" };
    }
    const idBreach = clientIdBreach(username, clientId);
    if (!this.#options.registry.gatewayAccepts(username, password.toString("utf8"))) {
      this.#pairAttempts.fail(pair);
      this.#addressAttempts.fail(address);
      return { code: badUserNameOrPassword, reason: "unknown user name or wrong password" };
    }
    if (idBreach !== null) return { code: identifierRejected, reason: idBreach };
    const willProblem =
      will === undefined
        ? null
        : willBreach({ gatewayId: username, topic: will.topic, retain: will.retain ?? false });
    if (willProblem !== null) return { code: notAuthorized, reason: willProblem };
    const limit = this.#options.connectionsPerGatewayMax ?? connectionsPerGatewayMaxDefault;
    if (this.#othersOf(username, clientId) < limit) return null;
    return { code: serverUnavailable, reason: `more than ${limit} connections of one gateway` };
  }

  /** Connections of a gateway beside the one that this client id would take over. */
  #othersOf(gatewayId: string, clientId: string): number {
    const connections = [...(this.#connections.get(gatewayId) ?? [])];
    return connections.filter((client) => this.#visitors.get(client)?.clientId !== clientId).length;
  }

  #arrived(client: Client): void {
    const gatewayId = this.#visitors.get(client)?.gatewayId ?? null;
    if (gatewayId === null || client.conn.destroyed) return;
    this.#counters.connections += 1;
    this.#counters.connectionsTotal += 1;
    const connections = this.#connections.get(gatewayId) ?? new Set();
    connections.add(client);
    this.#connections.set(gatewayId, connections);
    if (connections.size === 1) this.#report(gatewayId, true);
    // The socket's own event comes exactly once, also for a connection that was taken over.
    client.conn.once("close", () => {
      this.#counters.connections -= 1;
      connections.delete(client);
      if (connections.size > 0 || this.#connections.get(gatewayId) !== connections) return;
      this.#connections.delete(gatewayId);
      this.#report(gatewayId, false);
    });
  }

  #report(gatewayId: string, online: boolean): void {
    const { clock, onState } = this.#options;
    onState({ gatewayId, deviceId: null, online, tsMs: clock.nowMs(), simulated: false });
  }

  #ended(client: Client, error: Error): void {
    const visitor = this.#visitors.get(client);
    const place = visitor === undefined ? { address: addressOf(client) } : placeOf(visitor);
    this.#options.log.debug({ reason: error.message, ...place }, "connection ended with an error");
  }
}

function placeOf({ gatewayId, clientId, address }: Visitor): SecurityEventPlace {
  return { address, gatewayId: gatewayId ?? undefined, clientId };
}

function addressOf(client: Client): string {
  const { conn } = client;
  return "remoteAddress" in conn && typeof conn.remoteAddress === "string"
    ? conn.remoteAddress
    : "unknown";
}

function connackError({ code, reason }: Refusal): AuthenticateError {
  return Object.assign(new Error(reason), { returnCode: code });
}
