import type { MeterEventBody } from "../../contracts/meter-events.ts";
import type { MeterBody } from "../../contracts/registry.ts";
import { asItStands, unitText } from "../format/numbers.ts";
import { dateClock } from "../format/park-time.ts";
import { type Pair, say } from "../text/language.ts";
import { life as words } from "../text/meter-life.ts";
import { metricWord } from "../text/metrics.ts";
import { specsOf } from "./device-rows.ts";

/** One event of the life of a meter, with its withdrawal if there is one. */
export interface LifeLine {
  readonly event: MeterEventBody;
  readonly withdrawal: MeterEventBody | null;
}

/** The events, the newest date first; a withdrawal stands with what it withdraws. */
export function lifeLines(events: readonly MeterEventBody[]): readonly LifeLine[] {
  const withdrawals = new Map(
    events.flatMap((event) => (event.eventId === undefined ? [] : [[event.eventId, event]])),
  );
  return events
    .filter(({ type }) => type !== "withdrawal")
    .map((event) => ({ event, withdrawal: withdrawals.get(event.id) ?? null }))
    .sort(
      (a, b) =>
        Date.parse(b.event.at) - Date.parse(a.event.at) ||
        Date.parse(b.event.recordedAt) - Date.parse(a.event.recordedAt),
    );
}

/** What a register showed, with its unit; the multiplier is not in it. */
export function standText(value: number, register: string, kind: string): string {
  return `${asItStands(value)} ${unitText(specsOf(kind)[register]?.unit ?? "")}`.trim();
}

/** The figures of an event, named, in the language of the person. */
export function lifeFacts(
  event: MeterEventBody,
  { kind, registers }: Pick<MeterBody, "kind" | "registers">,
  timezone: string,
): readonly (readonly [name: string, value: string])[] {
  const time = (instant: string): string => dateClock(Date.parse(instant), timezone);
  const stands = (label: Pair, stand: Readonly<Record<string, number>> | undefined) => {
    const entries = Object.entries(stand ?? {});
    if (entries.length === 0) return [[say(label), say(words.unknown)] as const];
    return entries.map(([register, value]) => {
      const name = registers.length > 1 ? `${say(label)} · ${metricWord(register)}` : say(label);
      return [name, standText(value, register, kind)] as const;
    });
  };
  const maybe = (label: Pair, value: string | null | undefined) =>
    (value ?? null) === null ? [] : [[say(label), String(value)] as const];
  const number = (value: number | null | undefined): string | null =>
    value === null || value === undefined ? null : asItStands(value);
  switch (event.type) {
    case "replacement":
      return [
        ...stands(words.oldFinal, event.oldFinal),
        ...stands(words.newInitial, event.newInitial),
        ...maybe(words.multiplier, number(event.multiplier)),
      ];
    case "reset":
      return [
        ...stands(words.beforeReset, event.oldFinal),
        ...stands(words.afterReset, event.newInitial),
      ];
    case "multiplier":
      return maybe(words.multiplier, number(event.value));
    case "invalidation":
      return maybe(words.until, event.to === undefined ? null : time(event.to));
    default:
      return [
        ...maybe(words.validUntil, (event.validUntil ?? null) && time(event.validUntil ?? "")),
        ...maybe(words.certificate, event.certificate),
        ...maybe(words.accuracy, number(event.accuracyClass)),
      ];
  }
}
