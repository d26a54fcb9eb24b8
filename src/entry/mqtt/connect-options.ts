import type { IClientOptions } from "mqtt";
import { payloadBytesMax } from "../../contracts/topics.ts";
import { dayMs, secondMs } from "../../domain/time.ts";

/** PEM texts; null where the machine's own authorities or no certificate count. */
export interface BrokerTls {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/** Where and as whom the service connects to a broker outside. */
export interface BrokerAddress {
  readonly parkId: string;
  /** `mqtt://` or `mqtts://`; may carry `user:password@`. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  readonly tls?: BrokerTls;
  readonly inFlightMax?: number;
}

const keepaliveS = 30;
const connackTimeoutMs = 10 * secondMs;
/** The broker keeps what we have not acknowledged for this long while we are away. */
export const sessionExpiryS = (3 * dayMs) / secondMs;
export const inFlightMaxDefault = 5000;
/** Larger packets stay with the broker; those a little too large come in, to be set aside visibly. */
const packetBytesMax = 4 * payloadBytesMax;

/** One session a park: two services with the same park would take it from each other. */
export function clientIdOf({ parkId }: Pick<BrokerAddress, "parkId">): string {
  return `zcp-ingest-${parkId}`;
}

export function connectOptions(address: BrokerAddress): IClientOptions {
  const { username, password } = new URL(address.url);
  return {
    ...signIn(
      address.username ?? decodeURIComponent(username),
      address.password ?? decodeURIComponent(password),
    ),
    ...tlsOptions(address.tls),
    clientId: clientIdOf(address),
    protocolVersion: 5,
    clean: false,
    keepalive: keepaliveS,
    connectTimeout: connackTimeoutMs,
    reconnectOnConnackError: true,
    resubscribe: false,
    // The client would gather arguments for its debug log with every packet, written or not.
    log: () => undefined,
    properties: {
      sessionExpiryInterval: sessionExpiryS,
      receiveMaximum: address.inFlightMax ?? inFlightMaxDefault,
      maximumPacketSize: packetBytesMax,
    },
  };
}

/** The same files for every connection to the broker, whatever it is for. */
export function tlsOptions(
  tls: BrokerTls | undefined,
): Pick<IClientOptions, "ca" | "cert" | "key"> {
  return {
    ...(tls?.ca == null ? {} : { ca: tls.ca }),
    ...(tls?.cert == null ? {} : { cert: tls.cert }),
    ...(tls?.key == null ? {} : { key: tls.key }),
  };
}

/** The address without the sign-in, which the client would otherwise prefer to ours. */
export function bareAddress(url: string): string {
  const address = new URL(url);
  address.username = "";
  address.password = "";
  return address.href;
}

function signIn(username: string, password: string): Pick<IClientOptions, "username" | "password"> {
  return username === "" ? {} : { username, password };
}
