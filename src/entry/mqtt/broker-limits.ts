import type { IConnackPacket } from "mqtt";
import { payloadBytesMax } from "../../contracts/topics.ts";

/** Topic, packet id and properties around the largest payload; ids have 64 characters at most. */
const envelopeBytes = 256;

/** What a broker grants, as far as it says so. Version 3.1.1 says nothing but the QoS. */
export interface BrokerGrant {
  readonly connack: Pick<IConnackPacket, "properties">;
  readonly qos: number;
  /** How long the session was asked to outlive the connection. */
  readonly sessionExpiryS: number;
}

/**
 * What the service cannot rely on at this broker, one sentence each with what follows from it; empty
 * for a broker that grants everything. A property that the broker leaves out means no limit (MQTT 5,
 * section 3.2.2.3).
 */
export function brokerLimits({ connack, qos, sessionExpiryS }: BrokerGrant): readonly string[] {
  const said = connack.properties ?? {};
  const limits: string[] = [];
  if (qos === 0 || said.maximumQoS === 0) {
    limits.push(
      "the broker grants QoS 0 only: what it sends while the service is away or restarts is lost; allow QoS 1",
    );
  }
  const keptS = said.sessionExpiryInterval ?? sessionExpiryS;
  if (keptS < sessionExpiryS) {
    limits.push(
      keptS === 0
        ? "the broker keeps no session: what gateways send while the service is away is lost; allow persistent sessions"
        : `the broker keeps messages for an absent service for ${keptS} s only, ${sessionExpiryS} s were asked for; what comes after that is lost`,
    );
  }
  if (said.retainAvailable === false) {
    limits.push(
      "the broker keeps no retained messages: after a start the service does not know which gateways are online",
    );
  }
  const packetBytesMin = payloadBytesMax + envelopeBytes;
  if (said.maximumPacketSize !== undefined && said.maximumPacketSize < packetBytesMin) {
    limits.push(
      `the broker takes packets of ${said.maximumPacketSize} bytes at most: gateways cannot send payloads of the allowed ${payloadBytesMax} bytes`,
    );
  }
  return limits;
}

/** Null when the subscription can work at all. */
export function subscriptionHindrance({
  properties,
}: Pick<IConnackPacket, "properties">): string | null {
  return properties?.wildcardSubscriptionAvailable === false
    ? "the broker offers no wildcard subscriptions, which the service needs to hear every gateway"
    : null;
}
