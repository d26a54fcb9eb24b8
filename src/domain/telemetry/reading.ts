import type { DeviceKind } from "../../contracts/device-kinds.ts";

export type MetricValue = number | string;
export type Doubt = "uncertain" | "bad";

/** One device at one instant, as it arrived: raw, before multiplier and judgement of its registers. */
export interface Reading {
  readonly deviceId: string;
  readonly kind: DeviceKind;
  readonly tsMs: number;
  readonly receivedAtMs: number;
  readonly values: Readonly<Record<string, MetricValue>>;
  /** Metrics that the device marked as less than good. `bad` is kept and never summed. */
  readonly doubts?: Readonly<Record<string, Doubt>>;
}

/** A message, a sample or one metric of it that was set aside, with what a person needs to see why. */
export interface Quarantined {
  readonly gatewayId: string | null;
  readonly deviceId: string | null;
  readonly code: string;
  readonly metric: string | null;
  readonly detail: string;
  readonly topic: string;
  /** The payload, cut to a stated length; `payloadBytes` is the whole length. */
  readonly payloadExcerpt: string;
  readonly payloadBytes: number;
  readonly receivedAtMs: number;
}
