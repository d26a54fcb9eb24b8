import type { Meter } from "../park.ts";
import { type Interval, quarterCeilMs, quarterHourMs, quarterStartMs } from "../time.ts";
import { sightMs } from "./steady-window.ts";
import type { Touch } from "./touch.ts";

/** What a register stood at, by register; a register that is not named is not known. */
export type RegisterStand = Readonly<Record<string, number>>;

interface EventBase {
  readonly id: string;
  readonly meterId: string;
  readonly atMs: number;
  readonly reason: string | null;
  readonly recordedAtMs: number;
  /** Id of the principal who recorded it. */
  readonly recordedBy: string;
}

/** Another meter hangs there from `atMs` on; readings up to and including `atMs` are the old one's. */
export interface ReplacementEvent extends EventBase {
  readonly type: "replacement";
  readonly oldFinal: RegisterStand;
  readonly newInitial: RegisterStand;
  /** Multiplier from `atMs` on; null: as before. */
  readonly multiplier: number | null;
}

/** The same meter, its register cleared or set after `atMs`. */
export interface ResetEvent extends EventBase {
  readonly type: "reset";
  readonly oldFinal: RegisterStand;
  readonly newInitial: RegisterStand;
}

/** The multiplier was `value` from `atMs` on, up to the next dated one. */
export interface MultiplierEvent extends EventBase {
  readonly type: "multiplier";
  readonly value: number;
}

/** Register readings in `[atMs, toMs]` are wrong and count for nothing; they stay stored. */
export interface InvalidationEvent extends EventBase {
  readonly type: "invalidation";
  readonly toMs: number;
}

/** The meter was calibrated or verified; it changes no figure. */
export interface CalibrationEvent extends EventBase {
  readonly type: "calibration";
  readonly validUntilMs: number | null;
  readonly certificate: string | null;
  readonly accuracyClass: number | null;
}

/** An earlier event was recorded in error and counts for nothing. */
export interface WithdrawalEvent extends EventBase {
  readonly type: "withdrawal";
  readonly eventId: string;
}

/** What a person recorded of the life of a meter. */
export type MeterEvent =
  | ReplacementEvent
  | ResetEvent
  | MultiplierEvent
  | InvalidationEvent
  | CalibrationEvent
  | WithdrawalEvent;

/** A register that goes on from another value after `atMs`; null where a value is not known. */
export interface RegisterChange {
  readonly atMs: number;
  readonly oldFinal: number | null;
  readonly newInitial: number | null;
}

export interface MultiplierStep {
  readonly fromMs: number;
  readonly multiplier: number;
}

/** All that is known of one register besides its readings. */
export interface RegisterLife {
  /** Ascending. */
  readonly changes: readonly RegisterChange[];
  /** Ascending; the first one holds from the beginning of time. */
  readonly multipliers: readonly MultiplierStep[];
  /** Both ends inclusive. */
  readonly invalid: readonly Interval[];
}

/** Events that count: those that nobody has withdrawn, in the order of their dates. */
export function eventsInForce(events: readonly MeterEvent[]): MeterEvent[] {
  const withdrawn = new Set(
    events.flatMap((event) => (event.type === "withdrawal" ? [event.eventId] : [])),
  );
  return events
    .filter(({ id, type }) => type !== "withdrawal" && !withdrawn.has(id))
    .sort((a, b) => a.atMs - b.atMs || a.recordedAtMs - b.recordedAtMs);
}

/**
 * The life of one register. Of two multipliers of the same date the one that was recorded last holds,
 * so that a wrong one is corrected by recording the right one.
 */
export function registerLife(
  meter: Pick<Meter, "multiplier">,
  events: readonly MeterEvent[],
  register: string,
): RegisterLife {
  const changes: RegisterChange[] = [];
  const invalid: Interval[] = [];
  const steps = new Map<number, number>([[Number.NEGATIVE_INFINITY, meter.multiplier]]);
  for (const event of eventsInForce(events)) {
    if (event.type === "invalidation") invalid.push({ startMs: event.atMs, endMs: event.toMs });
    if (event.type === "multiplier") steps.set(event.atMs, event.value);
    if (event.type !== "replacement" && event.type !== "reset") continue;
    changes.push({
      atMs: event.atMs,
      oldFinal: event.oldFinal[register] ?? null,
      newInitial: event.newInitial[register] ?? null,
    });
    if (event.type === "replacement" && event.multiplier !== null) {
      steps.set(event.atMs, event.multiplier);
    }
  }
  const multipliers = [...steps]
    .map(([fromMs, multiplier]) => ({ fromMs, multiplier }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return { changes, multipliers, invalid };
}

/** Whether readings of this instant count for anything. */
export function isInvalid({ invalid }: Pick<RegisterLife, "invalid">, tsMs: number): boolean {
  return invalid.some(({ startMs, endMs }) => tsMs >= startMs && tsMs <= endMs);
}

/** Multiplier in force just after the instant. */
export function multiplierAt(steps: readonly MultiplierStep[], tsMs: number): number {
  return (steps.findLast(({ fromMs }) => fromMs <= tsMs) ?? steps[0])?.multiplier ?? 1;
}

/** The multiplier that holds at the instant: that on record, or the newest dated one before it. */
export function multiplierInForce(
  meter: Pick<Meter, "multiplier">,
  events: readonly MeterEvent[],
  tsMs: number,
): number {
  return multiplierAt(registerLife(meter, events, "").multipliers, tsMs);
}

/**
 * Whose slots an event changes, and from where to where. A new multiplier changes everything up to
 * the next dated one; anything else what lies between the readings around it, which the derivation
 * finds by itself.
 *
 * @param others the other events in force of the meter.
 */
export function touchOfEvent(
  event: MeterEvent,
  others: readonly MeterEvent[],
  nowMs: number,
): Touch | null {
  if (event.type === "calibration" || event.type === "withdrawal") return null;
  const setsMultiplier =
    event.type === "multiplier" || (event.type === "replacement" && event.multiplier !== null);
  const lastMs = event.type === "invalidation" ? event.toMs : event.atMs;
  const endMs = setsMultiplier ? Math.max(endOfMultiplier(event, others, nowMs), lastMs) : lastMs;
  return {
    meterId: event.meterId,
    fromMs: quarterStartMs(event.atMs - sightMs),
    toMs: Math.max(quarterCeilMs(endMs + sightMs), quarterStartMs(event.atMs) + quarterHourMs),
    reason: event.type,
    kind: "event",
  };
}

function endOfMultiplier(event: MeterEvent, others: readonly MeterEvent[], nowMs: number): number {
  const next = eventsInForce(others).find(
    (other) =>
      other.atMs > event.atMs &&
      (other.type === "multiplier" || (other.type === "replacement" && other.multiplier !== null)),
  );
  return next?.atMs ?? nowMs;
}
