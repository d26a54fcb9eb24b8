import type { MeterEventBody, TaskBody } from "../../../contracts/meter-events.ts";
import type { MeterBody } from "../../../contracts/registry.ts";
import { fieldTime, instantOfField } from "../../format/park-time.ts";
import { type Pair, say } from "../../text/language.ts";
import { lifeForm as words } from "../../text/meter-life.ts";

export const enteredTypes = [
  ...(["replacement", "reset", "multiplier", "invalidation", "calibration"] as const),
];
export type EnteredType = Exclude<MeterEventBody["type"], "withdrawal">;

/** The fields as they are typed; empty means not given. Stands are by register. */
export interface EventForm {
  type: EnteredType;
  atTime: string;
  toTime: string;
  oldFinal: Record<string, string>;
  newInitial: Record<string, string>;
  multiplier: string;
  value: string;
  validUntil: string;
  certificate: string;
  accuracyClass: string;
  reason: string;
}

interface Ground {
  readonly task: TaskBody | null;
  readonly timezone: string;
}

/**
 * The instants that a fall suggests: a change comes after the last reading before it, and what is
 * invalid begins with the first reading after it.
 */
export function suggestedTimes(
  type: EnteredType,
  { task, timezone }: Ground,
): Pick<EventForm, "atTime" | "toTime"> {
  if (task === null || type === "calibration") return { atTime: "", toTime: "" };
  const first = fieldTime(Date.parse(task.at), timezone);
  if (type === "invalidation") return { atTime: first, toTime: first };
  return { atTime: fieldTime(Date.parse(task.lastAt), timezone), toTime: "" };
}

export function emptyEventForm({ registers }: MeterBody, ground: Ground): EventForm {
  const type = registers.length === 0 ? "calibration" : "replacement";
  const none = (): Record<string, string> =>
    Object.fromEntries(registers.map((name) => [name, ""]));
  return {
    ...{ type, ...suggestedTimes(type, ground), oldFinal: none(), newInitial: none() },
    ...{ multiplier: "", value: "", validUntil: "", certificate: "", accuracyClass: "" },
    reason: "",
  };
}

export interface Entry {
  readonly body: Record<string, unknown>;
  /** What is wrong before anything is sent, by field; a register is `oldFinal/importKwh`. */
  readonly faults: ReadonlyMap<string, string>;
}

/** The body of the request, and what in the form cannot be sent. */
export function eventEntry(form: EventForm, timezone: string): Entry {
  const reader = new FormReader(form, timezone);
  const body: Record<string, unknown> = { type: form.type, at: reader.instant("at", form.atTime) };
  const isReasonNeeded = form.type === "multiplier" || form.type === "invalidation";
  switch (form.type) {
    case "replacement":
      body.multiplier = reader.number("multiplier", form.multiplier, multiplierRange);
      Object.assign(body, reader.stands());
      break;
    case "reset":
      Object.assign(body, reader.stands());
      break;
    case "multiplier":
      body.value = reader.number("value", form.value, { ...multiplierRange, isNeeded: true });
      break;
    case "invalidation":
      body.to = reader.instant("to", form.toTime);
      break;
    default:
      body.validUntil =
        form.validUntil === "" ? null : reader.instant("validUntil", form.validUntil);
      body.certificate = form.certificate.trim() === "" ? null : form.certificate.trim();
      body.accuracyClass = reader.number("accuracyClass", form.accuracyClass, accuracyRange);
  }
  body.reason = reader.reason(isReasonNeeded);
  return { body, faults: reader.faults };
}

/** The body of a withdrawal. */
export function withdrawalEntry(eventId: string, reason: string): Entry {
  const text = reason.trim();
  const faults = new Map(text === "" ? [["reason", say(words.needReason)]] : []);
  return { body: { type: "withdrawal", eventId, reason: text }, faults };
}

interface Range {
  readonly holds: (value: number) => boolean;
  readonly words: Pair;
  readonly isNeeded?: boolean;
}

const standRange: Range = {
  holds: (value) => value >= 0 && value <= 1e12,
  words: words.needStand,
};
const multiplierRange: Range = {
  holds: (value) => value > 0 && value <= 1e6,
  words: words.needMultiplier,
};
const accuracyRange: Range = {
  holds: (value) => value > 0 && value <= 10,
  words: words.needAccuracy,
};

/** Reads the fields of a form and remembers which of them cannot be read. */
class FormReader {
  readonly faults = new Map<string, string>();
  readonly #form: EventForm;
  readonly #timezone: string;

  constructor(form: EventForm, timezone: string) {
    this.#form = form;
    this.#timezone = timezone;
  }

  instant(field: string, typed: string): string | null {
    const tsMs = instantOfField(typed, this.#timezone);
    if (tsMs === null) this.faults.set(field, say(words.needInstant));
    return tsMs === null ? null : new Date(tsMs).toISOString();
  }

  number(field: string, typed: string, { holds, words: rule, isNeeded }: Range): number | null {
    const text = typed.trim();
    if (text === "" && isNeeded !== true) return null;
    const value = Number(text);
    if (text === "" || !Number.isFinite(value)) this.faults.set(field, say(words.needNumber));
    else if (!holds(value)) this.faults.set(field, say(rule));
    return value;
  }

  /** Only the registers that a person has given; the others are not known. */
  stands(): Record<"oldFinal" | "newInitial", Record<string, number> | null> {
    const read = (field: "oldFinal" | "newInitial"): Record<string, number> | null => {
      const given: Record<string, number> = {};
      for (const [register, typed] of Object.entries(this.#form[field])) {
        const value = this.number(`${field}/${register}`, typed, standRange);
        if (value !== null) given[register] = value;
      }
      return Object.keys(given).length === 0 ? null : given;
    };
    return { oldFinal: read("oldFinal"), newInitial: read("newInitial") };
  }

  reason(isNeeded: boolean): string | null {
    const text = this.#form.reason.trim();
    if (text === "" && isNeeded) this.faults.set("reason", say(words.needReason));
    return text === "" ? null : text;
  }
}
