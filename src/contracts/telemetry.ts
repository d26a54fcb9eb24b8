import { z } from "zod";
import { Id } from "./id.ts";

/** Most samples in one message and most metrics in one sample. */
export const samplesMax = 1000;
export const metricsMax = 500;
/** Deepest nesting of objects and arrays in a payload. */
export const nestingMax = 8;

/** RFC 3339 with an offset, or epoch milliseconds. A local time without offset is refused. */
const Timestamp = z.union([z.number(), z.iso.datetime({ offset: true })]);

const MetricValues = z
  .record(z.string().min(1).max(64), z.union([z.number(), z.string().max(64)]))
  .refine((values) => Object.keys(values).length <= metricsMax, `at most ${metricsMax} metrics`);

const MetricQualities = z.record(z.string().min(1).max(64), z.enum(["good", "uncertain", "bad"]));

const MessageId = z.string().min(1).max(64);

/** One device at one instant. Unknown keys are refused: a misspelt field must fail at the door. */
export const TelemetrySample = z.strictObject({
  ts: Timestamp,
  values: MetricValues,
  q: MetricQualities.nullish(),
  id: MessageId.nullish(),
});
export type TelemetrySample = z.infer<typeof TelemetrySample>;

export const TelemetryBatch = z.strictObject({
  samples: z.array(TelemetrySample).min(1).max(samplesMax),
  id: MessageId.nullish(),
});

/** Telemetry payload, version 1: one sample or many of the device that the topic names. */
export const TelemetryPayload = z.union([TelemetrySample, TelemetryBatch]);
export type TelemetryPayload = z.infer<typeof TelemetryPayload>;

/** Retained on `…/state`; it also carries the will, so an older one must be recognisable by `ts`. */
export const StatePayload = z.looseObject({
  online: z.boolean(),
  ts: Timestamp.optional(),
  firmware: z.string().max(64).optional(),
  simulated: z.boolean().optional(),
});
export type StatePayload = z.infer<typeof StatePayload>;

/** Something that happened at the device; the text is kept as it came, capped. */
export const EventPayload = z.looseObject({
  ts: Timestamp,
  code: z.string().min(1).max(64),
  message: z.string().max(1000).optional(),
  level: z.number().optional(),
});

/** `POST /api/v1/telemetry`: the payload of the topic with gateway and device beside it. */
export const TelemetryPost = z.union([
  TelemetrySample.extend({ gateway: Id, device: Id }),
  TelemetryBatch.extend({ gateway: Id, device: Id }),
]);
export type TelemetryPost = z.infer<typeof TelemetryPost>;

/** Why a sample, or one metric of it, was set aside. Codes are stable, texts are not. */
export const QuarantineCode = z.enum([
  "json",
  "schema",
  "too_large",
  "topic",
  "park",
  "unknown_device",
  "wrong_gateway",
  "unknown_metric",
  "wrong_type",
  "range",
  "clock",
  "too_old",
  "period_closed",
  "store_refused",
]);
export type QuarantineCode = z.infer<typeof QuarantineCode>;

export const TelemetryAnswer = z.object({
  accepted: z.int().nonnegative(),
  quarantined: z.array(
    z.object({
      index: z.int().nonnegative(),
      code: QuarantineCode,
      metric: z.string().optional(),
      detail: z.string().optional(),
    }),
  ),
});
export type TelemetryAnswer = z.infer<typeof TelemetryAnswer>;
