import { idPattern } from "../../contracts/id.ts";
import { type MessageKind, parseTopic } from "../../contracts/topics.ts";

/** Whatever a device likes to append, as long as it can be read in a log. */
const clientIdPattern = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u;
const gatewayKinds: readonly MessageKind[] = ["telemetry", "state", "event", "command-ack"];

/** Why a gateway may not use this client id, or null: it must be its user name or `user name:…`. */
export function clientIdBreach(username: string, clientId: string): string | null {
  if (!idPattern.test(username)) return "the user name is not the id of a gateway";
  if (!clientIdPattern.test(clientId))
    return "the client id is empty, longer than 256 characters or not printable";
  if (clientId === username || clientId.startsWith(`${username}:`)) return null;
  return `the client id must be ${username} or start with ${username}:`;
}

export interface PublishQuestion {
  readonly gatewayId: string;
  readonly topic: string;
  readonly retain: boolean;
}

/**
 * Why a gateway may not publish this, or null. Its own level is all it has; what is malformed below
 * that level is no breach but a mistake, and goes to the quarantine. The same for another park's name
 * in front of its own level.
 */
export function publishBreach({ gatewayId, topic }: PublishQuestion): string | null {
  const [root, version, park, gateway] = topic.split("/", 5);
  if (root !== "zcp" || version !== "v1" || park === undefined || gateway !== gatewayId) {
    return `gateway ${gatewayId} may publish only below zcp/v1/{park}/${gatewayId}/`;
  }
  const kind = parseTopic(topic)?.kind;
  if (kind === undefined || gatewayKinds.includes(kind)) return null;
  return `a gateway may not publish ${kind}s`;
}

/** Why a will may not be left behind, or null: a will says that a device is offline, nothing else. */
export function willBreach(question: PublishQuestion): string | null {
  const breach = publishBreach(question);
  if (breach !== null) return breach;
  return parseTopic(question.topic)?.kind === "state" ? null : "a will must be a state";
}

/** Whether a topic filter names nothing but commands for devices of this gateway. */
export function maySubscribe(parkId: string, gatewayId: string, filter: string): boolean {
  const [root, version, park, gateway, device, kind, ...rest] = filter.split("/");
  return (
    root === "zcp" &&
    version === "v1" &&
    park === parkId &&
    gateway === gatewayId &&
    device !== undefined &&
    (device === "+" || idPattern.test(device)) &&
    kind === "command" &&
    rest.length === 0
  );
}
