import {
  type DeviceKind,
  type MetricSpec,
  metricOf,
  registersOf,
} from "../../contracts/device-kinds.ts";
import type { Meter } from "../park.ts";
import { minuteMs } from "../time.ts";
import type { MetricValue } from "./reading.ts";

export interface SampleToJudge {
  /** The registered device that the topic names; undefined when there is none. */
  readonly meter: Pick<Meter, "id" | "kind" | "gatewayId" | "ratedMaxKw"> | undefined;
  /** The gateway that brought the sample. */
  readonly gatewayId: string;
  readonly sample: {
    readonly tsMs: number;
    readonly values: Readonly<Record<string, MetricValue>>;
  };
  readonly nowMs: number;
  /** Samples before this instant are refused. */
  readonly oldestMs: number;
}

export type SampleRefusalCode =
  | "unknown_device"
  | "wrong_gateway"
  | "clock"
  | "too_old"
  | "unknown_metric"
  | "wrong_type"
  | "range";

/** Why a sample, or the metric named, is not taken, and what to do about it. */
export interface SampleRefusal {
  readonly code: SampleRefusalCode;
  readonly metric?: string;
  readonly detail: string;
}

export interface SampleVerdict {
  /** The values that are good; null when nothing of the sample is taken. */
  readonly values: Readonly<Record<string, MetricValue>> | null;
  readonly refusals: readonly SampleRefusal[];
}

/** A device clock may run ahead by this much before its readings are refused as `clock`. */
const clockAheadMsMax = 5 * minuteMs;

/**
 * Codes for "no reading" in common use. A register can pass through them on its way, and is judged
 * beside its neighbours later; a momentary value that is exactly one of them is taken for a code.
 */
const sentinels: ReadonlySet<number> = new Set([-9999, 65_535]);
/** Machines are overloaded for a while, but not by so much. */
const overloadFactor = 2;

const noRefusals: readonly SampleRefusal[] = Object.freeze([]);

/**
 * Judges one sample against the registry and the vocabulary of its device kind. A metric that is
 * refused leaves the others of its sample in; whether a register makes sense beside its neighbours
 * is decided later, when slots are closed.
 */
export function judgeSample(question: SampleToJudge): SampleVerdict {
  const whole = sampleRefusal(question);
  if (whole !== null) return { values: null, refusals: [whole] };
  const { meter, sample } = question;
  return meter === undefined ? nothing([]) : judgeValues(meter, sample.values);
}

function sampleRefusal(question: SampleToJudge): SampleRefusal | null {
  const { meter, gatewayId, sample, nowMs, oldestMs } = question;
  if (meter === undefined) {
    return {
      code: "unknown_device",
      detail: `no device of this id is registered; adopt it in the console or register it with gateway ${gatewayId}`,
    };
  }
  if (meter.gatewayId !== gatewayId) {
    return {
      code: "wrong_gateway",
      detail: `${meter.id} belongs to gateway ${meter.gatewayId}, not to ${gatewayId}; publish through its own gateway or change the registration`,
    };
  }
  if (!(sample.tsMs <= nowMs + clockAheadMsMax)) {
    return {
      code: "clock",
      detail: `${instant(sample.tsMs)} is more than 5 minutes after the server's ${instant(nowMs)}; set the clock of ${meter.id}, and send ts in milliseconds`,
    };
  }
  if (sample.tsMs < oldestMs) {
    return {
      code: "too_old",
      detail: `${instant(sample.tsMs)} is before ${instant(oldestMs)}, the oldest that is taken; set the clock of ${meter.id}, and send ts in milliseconds, not seconds`,
    };
  }
  return null;
}

function judgeValues(
  meter: Pick<Meter, "kind" | "ratedMaxKw">,
  values: Readonly<Record<string, MetricValue>>,
): SampleVerdict {
  const refusals: SampleRefusal[] = [];
  const changed: Record<string, MetricValue> = {};
  let goodCount = 0;
  let isChanged = false;
  for (const metric of Object.keys(values)) {
    const value = values[metric];
    if (value === undefined) continue;
    const spec = metricOf(meter.kind, metric);
    const refusal = metricRefusal(meter, spec, { metric, value });
    if (refusal !== null) {
      refusals.push(refusal);
      continue;
    }
    goodCount += 1;
    isChanged ||= spec?.type === "text" && typeof value === "number";
  }
  if (refusals.length === 0 && !isChanged && goodCount > 0) return { values, refusals: noRefusals };
  if (goodCount === 0) return nothing(refusals);
  const refused = new Set(refusals.map(({ metric }) => metric));
  for (const [metric, value] of Object.entries(values)) {
    if (refused.has(metric)) continue;
    const isText = metricOf(meter.kind, metric)?.type === "text";
    changed[metric] = isText ? String(value) : value;
  }
  return { values: changed, refusals };
}

/** A sample without any metric says nothing, so it is refused rather than kept as an empty reading. */
function nothing(refusals: readonly SampleRefusal[]): SampleVerdict {
  if (refusals.length > 0) return { values: null, refusals };
  const detail = "the sample has no metric; send at least one under values";
  return { values: null, refusals: [{ code: "unknown_metric", detail }] };
}

function metricRefusal(
  meter: Pick<Meter, "kind" | "ratedMaxKw">,
  spec: MetricSpec | undefined,
  { metric, value }: { readonly metric: string; readonly value: MetricValue },
): SampleRefusal | null {
  if (spec === undefined) {
    const detail = `${meter.kind} has no metric ${quoted(metric)}; send the names of the contract or correct the kind of the device`;
    return { code: "unknown_metric", metric, detail };
  }
  if (spec.type === "text") {
    if (typeof value === "number" || isPrintable(value)) return null;
    const detail = `${metric} holds control characters: ${quoted(value)}; send printable text`;
    return { code: "wrong_type", metric, detail };
  }
  if (typeof value === "string") {
    const detail = `${metric} is a number, not the text ${quoted(value)}; send it without quotes, or leave it out when there is no reading`;
    return { code: "wrong_type", metric, detail };
  }
  const why = outOfRange(meter, spec, value);
  if (why === null) return null;
  return { code: "range", metric, detail: `${metric} is ${value} ${spec.unit}`.trimEnd() + why };
}

/** Why a number cannot be true, to be read after it; null when it can. */
function outOfRange(
  { kind, ratedMaxKw }: Pick<Meter, "kind" | "ratedMaxKw">,
  spec: MetricSpec,
  value: number,
): string | null {
  if (spec.type === "gauge" && sentinels.has(value)) {
    return ", which devices send for no reading; leave the metric out instead";
  }
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = spec;
  if (!(value >= min && value <= max)) {
    return `, outside ${min} to ${max}; check the unit and the scaling in the gateway`;
  }
  if (spec.unit !== "kW" || ratedMaxKw === null || !isRatedInKw(kind)) return null;
  const mostKw = ratedMaxKw * overloadFactor;
  if (Math.abs(value) <= mostKw) return null;
  return `, more than ${overloadFactor} times the rated maximum of ${ratedMaxKw} kW; check the scaling in the gateway and the registration`;
}

/** Where the registers count another unit than kWh, the rating is in that unit an hour. */
function isRatedInKw(kind: DeviceKind): boolean {
  const [main] = registersOf(kind);
  return main !== undefined && metricOf(kind, main)?.unit === "kWh";
}

/** Line breaks, direction marks and halves of characters have no place in lists, logs and files. */
function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);
}

/** Quotes a text from outside so that it cannot break out of a line of log. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 64)).replace(/[\p{Cf}\u007f-\u009f]/gu, "\ufffd");
}

/** Instants of a broken clock can lie beyond what a date can name. */
function instant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `instant ${ms}` : date.toISOString();
}
