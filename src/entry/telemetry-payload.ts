import type { z } from "zod";
import type { Sample } from "../app/ingest-telemetry.ts";
import {
  metricsMax,
  type QuarantineCode,
  samplesMax,
  TelemetryBatch,
  TelemetrySample,
} from "../contracts/telemetry.ts";
import type { Doubt, MetricValue } from "../domain/telemetry/reading.ts";
import { instantMs } from "../domain/time.ts";
import { fault, type PayloadFault, readSafeJson } from "./safe-json.ts";

/** A sample, or one metric of it, that does not have the shape of the contract. */
export interface SampleFault {
  readonly index: number;
  readonly code: QuarantineCode;
  readonly metric?: string;
  readonly detail: string;
}

export interface ReadTelemetry {
  readonly ok: true;
  readonly messageId?: string | null | undefined;
  /** Samples that can be judged, each with its place in the message. */
  readonly samples: readonly Sample[];
  readonly indexes: readonly number[];
  readonly faults: readonly SampleFault[];
}

export type TelemetryRead = ReadTelemetry | PayloadFault;

const noFaults: readonly SampleFault[] = Object.freeze([]);

/** Reads a telemetry payload from its bytes, as MQTT brings it. */
export function readTelemetry(bytes: Uint8Array): TelemetryRead {
  const json = readSafeJson(bytes);
  return json.ok ? readTelemetryValue(json.value) : json;
}

/**
 * Reads a telemetry payload that is parsed already. A message of the right shape is checked by its
 * schema once. Otherwise it is gone through sample by sample, so that one bad sample or value does
 * not take the rest of the message with it.
 */
export function readTelemetryValue(value: unknown): TelemetryRead {
  if (!isRecord(value)) return fault("schema", "the payload is not a JSON object");
  const plain = plainSamples(value);
  if (plain !== null) return samplesRead(plain, undefined);
  if (Object.hasOwn(value, "samples")) {
    const batch = TelemetryBatch.safeParse(value);
    return batch.success
      ? samplesRead(batch.data.samples.map(sampleOf), batch.data.id)
      : salvageBatch(value);
  }
  const sample = TelemetrySample.safeParse(value);
  if (sample.success) return samplesRead([sampleOf(sample.data)], sample.data.id);
  return salvaged([value], messageIdOf(value));
}

/**
 * The samples of a message without options and without faults, or null: then the schema decides. Most
 * messages are of this kind, and a busy park sends tens of thousands a second; the schema, which
 * copies what it checks, would double their cost. That both agree is tested on generated payloads.
 */
function plainSamples(value: Record<string, unknown>): readonly Sample[] | null {
  const { samples } = value;
  if (samples === undefined) {
    const sample = plainSample(value);
    return sample === null ? null : [sample];
  }
  if (!Array.isArray(samples) || samples.length === 0 || samples.length > samplesMax) return null;
  for (const key in value) if (key !== "samples") return null;
  const plain: Sample[] = [];
  for (const each of samples) {
    const sample = isRecord(each) ? plainSample(each) : null;
    if (sample === null) return null;
    plain.push(sample);
  }
  return plain;
}

function plainSample(value: Record<string, unknown>): Sample | null {
  const { ts, values } = value;
  if (!Number.isFinite(ts) || !isRecord(values)) return null;
  for (const key in value) if (key !== "ts" && key !== "values") return null;
  let count = 0;
  for (const metric in values) {
    count += 1;
    if (!isMetricName(metric) || !isMetricValue(values[metric]) || count > metricsMax) return null;
  }
  return { tsMs: Math.round(ts as number), values: values as Record<string, MetricValue> };
}

function samplesRead(
  samples: readonly Sample[],
  messageId: string | null | undefined,
): ReadTelemetry {
  return {
    ok: true,
    messageId,
    samples,
    indexes: samples.map((_sample, index) => index),
    faults: noFaults,
  };
}

function sampleOf({ ts, values, q }: TelemetrySample): Sample {
  // The schema has let through only what is an instant; anything else would be refused as `clock`.
  const tsMs = instantMs(ts) ?? Number.NaN;
  if (q === undefined || q === null) return { tsMs, values };
  const doubts: Record<string, Doubt> = {};
  for (const [metric, quality] of Object.entries(q)) {
    if (quality !== "good" && Object.hasOwn(values, metric)) doubts[metric] = quality;
  }
  return Object.keys(doubts).length === 0 ? { tsMs, values } : { tsMs, values, doubts };
}

function salvageBatch(batch: Record<string, unknown>): TelemetryRead {
  const { samples, ...rest } = batch;
  const frame = TelemetryBatch.omit({ samples: true }).safeParse(rest);
  if (!frame.success) return fault("schema", reasonOf(frame.error));
  if (!Array.isArray(samples) || samples.length === 0) {
    return fault("schema", "samples: must be a list with at least one sample");
  }
  if (samples.length > samplesMax) {
    return fault(
      "schema",
      `samples: ${samples.length} samples exceed ${samplesMax}; send several messages`,
    );
  }
  return salvaged(samples, frame.data.id);
}

function salvaged(list: readonly unknown[], messageId: string | null | undefined): TelemetryRead {
  const samples: Sample[] = [];
  const indexes: number[] = [];
  const faults: SampleFault[] = [];
  for (const [index, value] of list.entries()) {
    const sample = salvageSample(value, index, faults);
    if (sample === null) continue;
    samples.push(sample);
    indexes.push(index);
  }
  const [only] = faults;
  if (list.length === 1 && samples.length === 0 && only !== undefined) {
    return fault(only.code, only.detail);
  }
  return {
    ok: true,
    messageId,
    samples,
    indexes,
    faults,
  };
}

/** The sample without those values that are none; null when nothing can be made of it. */
function salvageSample(value: unknown, index: number, faults: SampleFault[]): Sample | null {
  const whole = TelemetrySample.safeParse(value);
  if (whole.success) return sampleOf(whole.data);
  if (!isRecord(value) || !isRecord(value.values)) {
    faults.push({ index, code: "schema", detail: reasonOf(whole.error) });
    return null;
  }
  const entries = Object.entries(value.values);
  const values: Record<string, MetricValue> = {};
  const metricFaults: SampleFault[] = [];
  for (const [metric, reading] of entries.slice(0, metricsMax + 1)) {
    if (isMetricValue(reading)) values[metric] = reading;
    else metricFaults.push(metricFault(index, metric, reading));
  }
  const rest = TelemetrySample.safeParse({ ...value, values });
  if (!rest.success || entries.length > metricsMax) {
    const error = rest.error ?? whole.error;
    faults.push({ index, code: "schema", detail: reasonOf(error) });
    return null;
  }
  faults.push(...metricFaults);
  return Object.keys(values).length === 0 ? null : sampleOf(rest.data);
}

function isMetricName(name: string): boolean {
  return name !== "" && name.length <= 64 && name !== "__proto__";
}

function isMetricValue(value: unknown): value is MetricValue {
  return typeof value === "string" ? value.length <= 64 : Number.isFinite(value);
}

function metricFault(index: number, metric: string, value: unknown): SampleFault {
  const name = JSON.stringify(metric.slice(0, 64));
  if (typeof value === "number") {
    const detail = `${name} is larger than any number that can be kept; leave it out when there is no reading`;
    return { index, code: "range", metric, detail };
  }
  const what = typeof value === "string" ? "a text over 64 characters" : kindOf(value);
  const detail = `${name} is ${what}; send a number or a short text, or leave it out when there is no reading`;
  return { index, code: "wrong_type", metric, detail };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "true or false";
  return Array.isArray(value) ? "a list" : "an object";
}

function reasonOf(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map(({ path, message }) => {
    const place = path.map((part) => String(part).slice(0, 64)).join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
  const more = error.issues.length - shown.length;
  return `${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`.slice(0, 500);
}

function messageIdOf(value: Record<string, unknown>): string | undefined {
  const id = value.id;
  return typeof id === "string" && id.length > 0 && id.length <= 64 ? id : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
