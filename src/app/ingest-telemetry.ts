import { createHash } from "node:crypto";
import { ForbiddenError } from "../domain/errors.ts";
import type { Meter } from "../domain/park.ts";
import { type Principal, requireRole } from "../domain/principal.ts";
import { judgeSample } from "../domain/telemetry/judge-sample.ts";
import type { Doubt, MetricValue, Quarantined, Reading } from "../domain/telemetry/reading.ts";
import { dayMs } from "../domain/time.ts";
import type { Clock, Journal } from "./ports.ts";
import type { Registry } from "./registry.ts";

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
  readonly messageId?: string | undefined;
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
export type QuarantineMessage = (principal: Principal, message: UnreadableMessage) => Promise<void>;

export interface IngestCounters {
  messagesTotal: number;
  readingsTotal: number;
  quarantinedTotal: number;
  duplicatesTotal: number;
  ackedTotal: number;
}

export interface IngestDependencies {
  readonly registry: Registry;
  readonly journal: Pick<Journal, "append">;
  readonly clock: Clock;
  /** Told after the commit, for the live picture. */
  readonly onAccepted: (readings: readonly Reading[]) => void;
  /** Readings older than this, and in any case than 400 days, are refused as `too_old`. */
  readonly ageMsMax?: number;
}

export interface Ingest {
  readonly ingest: IngestTelemetry;
  readonly quarantine: QuarantineMessage;
  readonly counters: Readonly<IngestCounters>;
}

const noRefusals: readonly Refusal[] = Object.freeze([]);
const noneQuarantined: readonly Quarantined[] = Object.freeze([]);

/** Copies of refused payloads are cut to this many bytes. */
const excerptBytesMax = 16 * 1024;
/** The largest payload that comes in at all. */
const wholeBytesMax = 256 * 1024;
const ageMsMost = 400 * dayMs;

/** The one way in for telemetry, whichever door it came through. */
export function createIngest(dependencies: IngestDependencies): Ingest {
  const { registry, journal, clock, onAccepted } = dependencies;
  const ageMsMax = Math.min(dependencies.ageMsMax ?? ageMsMost, ageMsMost);
  const seen = createRecentMessages();
  const counters: IngestCounters = {
    messagesTotal: 0,
    readingsTotal: 0,
    quarantinedTotal: 0,
    duplicatesTotal: 0,
    ackedTotal: 0,
  };

  const committed = (readings: readonly Reading[]): void => {
    counters.readingsTotal += readings.length;
    counters.ackedTotal += 1;
    if (readings.length > 0) onAccepted(readings);
  };

  /** Keeps only what is needed after the commit: thousands of messages wait for one at a time. */
  const commit = (judged: Judged, remember: (() => void) | null): Promise<Ingested> => {
    const { readings, refusals, quarantined } = judged;
    return journal.append({ readings, quarantined }).then(() => {
      committed(readings);
      remember?.();
      return { accepted: readings.length, quarantined: refusals };
    });
  };

  const take = (delivery: Delivery): Promise<Ingested> => {
    counters.messagesTotal += 1;
    if (seen.isRepeat(delivery)) {
      counters.duplicatesTotal += 1;
      counters.ackedTotal += 1;
      return Promise.resolve({ accepted: delivery.samples.length, quarantined: noRefusals });
    }
    const nowMs = clock.nowMs();
    const meter = registry.meter(delivery.deviceId);
    const judged = judgeDelivery(delivery, meter, { nowMs, oldestMs: nowMs - ageMsMax });
    counters.quarantinedTotal += judged.refusals.length;
    // What was refused in part may be taken when it is sent again, so it must not look like a repeat.
    return commit(judged, judged.refusals.length === 0 ? seen.remembering(delivery) : null);
  };

  return {
    counters,
    ingest: (principal, delivery) => {
      try {
        requireSpeaker(principal, delivery.gatewayId);
        return take(delivery);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    quarantine: async (principal, message) => {
      if (message.gatewayId !== null) requireSpeaker(principal, message.gatewayId);
      counters.messagesTotal += 1;
      counters.quarantinedTotal += 1;
      await journal.append({
        readings: [],
        quarantined: [unreadableEntry(message, clock.nowMs())],
      });
      committed([]);
    },
  };
}

/** A gateway speaks for itself only; people and keys speak with the rights of their role. */
function requireSpeaker(principal: Principal, gatewayId: string): void {
  if (principal.gatewayId === gatewayId) return;
  if (principal.gatewayId === null) {
    requireRole(principal, "manager", "sysadmin");
    return;
  }
  throw new ForbiddenError("forbidden", `${principal.gatewayId} may not speak for ${gatewayId}`, {
    remedy: "publish below the topic level of the gateway that signed in",
  });
}

interface Judged {
  readonly readings: readonly Reading[];
  readonly refusals: readonly Refusal[];
  readonly quarantined: readonly Quarantined[];
}

function judgeDelivery(
  delivery: Delivery,
  meter: Meter | undefined,
  times: { readonly nowMs: number; readonly oldestMs: number },
): Judged {
  const { gatewayId, deviceId } = delivery;
  const { nowMs, oldestMs } = times;
  const readings: Reading[] = [];
  const refusals: Refusal[] = [];
  for (const [index, sample] of delivery.samples.entries()) {
    const verdict = judgeSample({ meter, gatewayId, sample, nowMs, oldestMs });
    for (const refusal of verdict.refusals) refusals.push({ index, ...refusal });
    const { values } = verdict;
    if (meter === undefined || values === null) continue;
    const { tsMs, doubts } = sample;
    const reading = { deviceId, kind: meter.kind, tsMs, receivedAtMs: nowMs, values };
    readings.push(doubts === undefined ? reading : { ...reading, doubts });
  }
  const quarantined =
    refusals.length === 0 ? noneQuarantined : quarantineEntries(delivery, refusals, nowMs);
  return { readings, refusals, quarantined };
}

/** One entry for each reason of a message, so that a thousand equal samples leave one trace. */
function quarantineEntries(
  delivery: Delivery,
  refusals: readonly Refusal[],
  nowMs: number,
): Quarantined[] {
  const payload = delivery.payloadText();
  const firstOfKind = new Map<string, Refusal>();
  for (const refusal of refusals) {
    const kind = `${refusal.code}/${refusal.metric ?? ""}`;
    if (!firstOfKind.has(kind)) firstOfKind.set(kind, refusal);
  }
  return [...firstOfKind.values()].map((refusal) => ({
    gatewayId: delivery.gatewayId,
    deviceId: delivery.deviceId,
    code: refusal.code,
    metric: refusal.metric ?? null,
    detail: refusal.detail ?? "",
    topic: delivery.topic,
    // What an unknown device sent is taken in when it is adopted, so it is kept whole.
    ...excerptOf(payload, refusal.code === "unknown_device" ? wholeBytesMax : excerptBytesMax),
    receivedAtMs: nowMs,
  }));
}

function unreadableEntry(message: UnreadableMessage, nowMs: number): Quarantined {
  const { gatewayId, deviceId, topic, code, detail, payload } = message;
  const text = new TextDecoder().decode(payload.subarray(0, excerptBytesMax));
  return {
    gatewayId,
    deviceId,
    code,
    metric: null,
    detail,
    topic: topic.slice(0, 512),
    payloadExcerpt: text,
    payloadBytes: payload.byteLength,
    receivedAtMs: nowMs,
  };
}

function excerptOf(
  payload: string,
  bytesMax: number,
): { payloadExcerpt: string; payloadBytes: number } {
  const bytes = new TextEncoder().encode(payload);
  const payloadExcerpt =
    bytes.byteLength <= bytesMax ? payload : new TextDecoder().decode(bytes.subarray(0, bytesMax));
  return { payloadExcerpt, payloadBytes: bytes.byteLength };
}

/** Messages whose ids are remembered; older repeats are harmless and merely not counted as such. */
const rememberedMax = 20_000;

/**
 * Recognises a message that is sent again. The id alone is not trusted: gateways restart their
 * counters, and a reading that looks like a repeat must not be lost, so the content must agree too.
 */
function createRecentMessages() {
  const digests = new Map<string, string>();
  const keyOf = (delivery: Delivery): string => `${delivery.deviceId}\n${delivery.messageId}`;
  const digestOf = (delivery: Delivery): string =>
    createHash("sha256").update(delivery.payloadText()).digest("base64");
  return {
    isRepeat: (delivery: Delivery): boolean =>
      delivery.messageId !== undefined && digests.get(keyOf(delivery)) === digestOf(delivery),
    /** What to call after the commit, or null for a message without an id. */
    remembering: (delivery: Delivery): (() => void) | null => {
      if (delivery.messageId === undefined) return null;
      const [key, digest] = [keyOf(delivery), digestOf(delivery)];
      return () => {
        digests.set(key, digest);
        const [oldest] = digests.keys();
        if (digests.size > rememberedMax && oldest !== undefined) digests.delete(oldest);
      };
    },
  };
}
