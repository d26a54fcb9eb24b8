import type { Principal } from "../domain/principal.ts";
import type { Doubt, MetricValue } from "../domain/telemetry/reading.ts";

/** One sample of a message after its payload was read; `tsMs` is the device's own clock. */
export interface Sample {
  readonly tsMs: number;
  readonly values: Readonly<Record<string, MetricValue>>;
  readonly doubts?: Readonly<Record<string, Doubt>>;
}

/** One telemetry message: the samples of one device. */
export interface Delivery {
  readonly gatewayId: string;
  readonly deviceId: string;
  /** Where it came in: the MQTT topic, or the HTTP route. */
  readonly topic: string;
  /** The payload as it came, for the quarantine; asked for only when something is refused. */
  readonly payloadText: () => string;
  readonly messageId?: string;
  readonly samples: readonly Sample[];
}

export interface Refusal {
  readonly index: number;
  readonly code: string;
  readonly metric?: string;
  readonly detail?: string;
}

export interface Ingested {
  readonly accepted: number;
  readonly quarantined: readonly Refusal[];
}

/** Takes a message in; resolves after the journal has it on disk, only then may it be acknowledged. */
export type IngestTelemetry = (principal: Principal, delivery: Delivery) => Promise<Ingested>;

/** A message that could not even be read as samples. */
export interface UnreadableMessage {
  readonly gatewayId: string | null;
  readonly deviceId: string | null;
  readonly topic: string;
  readonly code: string;
  readonly detail: string;
  readonly payload: Uint8Array;
}

/** Sets a message aside whole; resolves after the journal has the record on disk. */
export type QuarantineMessage = (
  principal: Principal,
  message: UnreadableMessage,
) => Promise<void>;
