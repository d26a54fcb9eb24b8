import type { DropTask } from "../../app/meter-ports.ts";
import type { MeterEventEntry } from "../../app/record-meter-event.ts";
import type { MeterEventBody, MeterEventPost, TaskBody } from "../../contracts/meter-events.ts";
import type { MeterEvent } from "../../domain/telemetry/meter-event.ts";
import { instantText } from "../../domain/time.ts";
import { instantOrNull, msOf } from "./instants.ts";

/** What a person entered, with instants as the domain has them; a withdrawal is of now. */
export function meterEventEntry(post: MeterEventPost, nowMs: number): MeterEventEntry {
  const reason = post.reason ?? null;
  if (post.type === "withdrawal") return { ...post, reason, atMs: nowMs };
  const { at, ...rest } = post;
  const atMs = msOf(at);
  switch (rest.type) {
    case "replacement": {
      const { oldFinal = null, newInitial = null, multiplier = null } = rest;
      return { type: rest.type, atMs, reason, oldFinal, newInitial, multiplier };
    }
    case "reset": {
      const { oldFinal = null, newInitial = null } = rest;
      return { type: rest.type, atMs, reason, oldFinal, newInitial };
    }
    case "multiplier":
      return { type: rest.type, atMs, reason, value: rest.value };
    case "invalidation":
      return { type: rest.type, atMs, reason, toMs: msOf(rest.to) };
    default: {
      const { validUntil = null, certificate = null, accuracyClass = null } = rest;
      const validUntilMs = validUntil === null ? null : msOf(validUntil);
      return { type: rest.type, atMs, reason, validUntilMs, certificate, accuracyClass };
    }
  }
}

export function meterEventBody(event: MeterEvent, inForce: boolean): MeterEventBody {
  const { atMs, recordedAtMs, ...rest } = event;
  const common = { at: instantText(atMs), recordedAt: instantText(recordedAtMs), inForce };
  if (rest.type === "invalidation") {
    const { toMs, ...fields } = rest;
    return { ...fields, ...common, to: instantText(toMs) };
  }
  if (rest.type === "calibration") {
    const { validUntilMs, ...fields } = rest;
    return { ...fields, ...common, validUntil: instantOrNull(validUntilMs) };
  }
  return { ...rest, ...common };
}

export function taskBody(task: DropTask): TaskBody {
  const { id, meterId, register, before, after } = task;
  return {
    ...{ id, kind: "register_drop", meterId, register, before, after },
    lastAt: instantText(task.fromMs),
    at: instantText(task.atMs),
    openedAt: instantText(task.openedAtMs),
    closedAt: instantOrNull(task.closedAtMs),
    remedy: `find out what happened at ${meterId}, then record it: POST /api/v1/meters/${meterId}/events with type replacement, reset or invalidation`,
  };
}
