import { type Clock, type Log, UnavailableError } from "../../app/ports.ts";
import { CommandAck } from "../../contracts/command.ts";
import { EventPayload, type QuarantineCode, StatePayload } from "../../contracts/telemetry.ts";
import { parseTopic, payloadBytesMax, type TopicParts } from "../../contracts/topics.ts";
import { gatewayPrincipal, servicePrincipal } from "../../domain/principal.ts";
import { instantMs } from "../../domain/time.ts";
import { readSafeJson } from "../safe-json.ts";
import { type TelemetryUseCases, takeTelemetry } from "../take-telemetry.ts";
import { readTelemetry } from "../telemetry-payload.ts";

/** A device, or a gateway as a whole, said or showed whether it is there. */
export interface StateReport {
  readonly gatewayId: string;
  /** null: the gateway itself, by its connection. */
  readonly deviceId: string | null;
  readonly online: boolean;
  /** The device's own clock where it sent one; an older report loses against a newer one. */
  readonly tsMs: number;
  readonly simulated: boolean;
}

export interface EventReport {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly tsMs: number;
  readonly code: string;
  readonly message: string | null;
  readonly level: number | null;
}

export interface CommandAckReport {
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly ack: CommandAck;
}

/** What became of the messages of one entry since start. */
export interface MqttCounters {
  messages: number;
  /** Acknowledged to whom sent them, after the commit. */
  acked: number;
  /** Not acknowledged, because the journal did not take them; their sender keeps them. */
  unavailable: number;
  /** Refused and not kept: breaches of the access rules. */
  refused: number;
  securityEvents: number;
  connections: number;
  connectionsTotal: number;
}

export interface MessageSink extends TelemetryUseCases {
  readonly parkId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onState: (report: StateReport) => void;
  readonly onEvent: (report: EventReport) => void;
  readonly onCommandAck: (report: CommandAckReport) => void;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The gateway that signed in, where the broker is our own. */
  readonly gatewayId: string | null;
}

export function newMqttCounters(): MqttCounters {
  return {
    messages: 0,
    acked: 0,
    unavailable: 0,
    refused: 0,
    securityEvents: 0,
    connections: 0,
    connectionsTotal: 0,
  };
}

/**
 * Takes one message of any kind in; resolves when it may be acknowledged. A message that is bad is
 * set aside and acknowledged, because sending it again would not make it better.
 *
 * @throws {UnavailableError} the journal does not take it; it must not be acknowledged.
 */
export async function takeMessage(sink: MessageSink, message: IncomingMessage): Promise<void> {
  try {
    await take(sink, message);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    sink.log.error({ err: error, topic: message.topic.slice(0, 200) }, "message failed");
    await setAside(sink, message, {
      code: "schema",
      detail: "the message could not be worked on; the log of the service says why",
    });
  }
}

function take(sink: MessageSink, message: IncomingMessage): Promise<unknown> {
  const parts = parseTopic(message.topic);
  if (parts === null) {
    const detail =
      "the topic is not zcp/v1/{park}/{gateway}/{device}/{kind} with ids of A-Z a-z 0-9 _ -";
    return setAside(sink, message, { code: "topic", detail });
  }
  if (parts.parkId !== sink.parkId) {
    const detail = `the topic names park ${parts.parkId}, this is ${sink.parkId}; correct the park in the gateway`;
    return setAside(sink, { ...message, gatewayId: parts.gatewayId }, { code: "park", detail });
  }
  switch (parts.kind) {
    case "telemetry":
      return takeTelemetryMessage(sink, message, parts);
    case "state":
      return takeState(sink, message, parts);
    case "event":
      return takeEvent(sink, message, parts);
    case "command-ack":
      return takeCommandAck(sink, message, parts);
    case "command":
      // Our own words, which an external broker brings back to whom subscribes to everything.
      return Promise.resolve();
  }
}

function takeTelemetryMessage(
  sink: MessageSink,
  { topic, payload }: IncomingMessage,
  { parkId, gatewayId, deviceId }: TopicParts,
): Promise<unknown> {
  const read = readTelemetry(payload);
  const principal = gatewayPrincipal(parkId, gatewayId);
  return takeTelemetry(sink, principal, { gatewayId, deviceId, topic, payload, read });
}

function takeState(sink: MessageSink, message: IncomingMessage, parts: TopicParts): Promise<void> {
  return takeParsed(sink, message, {
    schema: StatePayload,
    deliver: ({ online, ts, simulated }) => {
      const tsMs = (ts === undefined ? null : instantMs(ts)) ?? sink.clock.nowMs();
      const { gatewayId, deviceId } = parts;
      sink.onState({ gatewayId, deviceId, online, tsMs, simulated: simulated ?? false });
    },
  });
}

function takeEvent(sink: MessageSink, message: IncomingMessage, parts: TopicParts): Promise<void> {
  return takeParsed(sink, message, {
    schema: EventPayload,
    deliver: (event) =>
      sink.onEvent({
        gatewayId: parts.gatewayId,
        deviceId: parts.deviceId,
        tsMs: instantMs(event.ts) ?? sink.clock.nowMs(),
        code: event.code,
        message: event.message ?? null,
        level: event.level ?? null,
      }),
  });
}

function takeCommandAck(
  sink: MessageSink,
  message: IncomingMessage,
  { gatewayId, deviceId }: TopicParts,
): Promise<void> {
  return takeParsed(sink, message, {
    schema: CommandAck,
    deliver: (ack) => sink.onCommandAck({ gatewayId, deviceId, ack }),
  });
}

interface Shape<T> {
  readonly schema: {
    safeParse(
      value: unknown,
    ):
      | { readonly success: true; readonly data: T }
      | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
  };
  readonly deliver: (value: T) => void;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

async function takeParsed<T>(
  sink: MessageSink,
  message: IncomingMessage,
  { schema, deliver }: Shape<T>,
): Promise<void> {
  const json = readSafeJson(message.payload);
  if (!json.ok) return setAside(sink, message, json);
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return deliver(parsed.data);
  const [issue] = parsed.error.issues;
  const place = issue?.path.map((part) => String(part).slice(0, 64)).join(".") ?? "";
  const detail = `${place === "" ? "payload" : place}: ${issue?.message ?? "wrong shape"}`;
  return setAside(sink, message, { code: "schema", detail });
}

function setAside(
  { parkId, quarantine }: MessageSink,
  { topic, payload, gatewayId }: IncomingMessage,
  { code, detail }: { readonly code: QuarantineCode; readonly detail: string },
): Promise<void> {
  const parts = parseTopic(topic);
  const speaker = gatewayId ?? parts?.gatewayId ?? null;
  const principal =
    speaker === null ? servicePrincipal(parkId, "mqtt") : gatewayPrincipal(parkId, speaker);
  return quarantine(principal, {
    gatewayId: speaker,
    deviceId: parts?.deviceId ?? null,
    topic,
    code,
    detail,
    payload: payload.subarray(0, payloadBytesMax),
  });
}
