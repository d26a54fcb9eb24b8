import { idPattern } from "./id.ts";

/**
 * `zcp/v1/{park}/{gateway}/{device}/{kind}`. The version is a level of its own, so that a second
 * version can run beside the first and access rules can tell them apart.
 */
export const messageKinds = ["telemetry", "state", "event", "command", "command-ack"] as const;
export type MessageKind = (typeof messageKinds)[number];

export interface TopicParts {
  readonly parkId: string;
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly kind: MessageKind;
}

/** What the service subscribes to; a shared subscription puts `$share/{group}/` in front. */
export const topicFilterAll = "zcp/v1/#";

/** Largest MQTT payload that is taken, in bytes. */
export const payloadBytesMax = 256 * 1024;

export function topicOf(parts: TopicParts): string {
  return `zcp/v1/${parts.parkId}/${parts.gatewayId}/${parts.deviceId}/${parts.kind}`;
}

/** The parts of a topic of this contract, or null when the topic is none. */
export function parseTopic(topic: string): TopicParts | null {
  const [root, version, parkId, gatewayId, deviceId, kind, ...rest] = topic.split("/");
  if (root !== "zcp" || version !== "v1" || rest.length > 0) return null;
  if (!isId(parkId) || !isId(gatewayId) || !isId(deviceId) || !isMessageKind(kind)) return null;
  return { parkId, gatewayId, deviceId, kind };
}

function isId(level: string | undefined): level is string {
  return level !== undefined && idPattern.test(level);
}

function isMessageKind(level: string | undefined): level is MessageKind {
  return messageKinds.some((kind) => kind === level);
}
