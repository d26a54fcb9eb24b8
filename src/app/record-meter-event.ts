import { randomUUID } from "node:crypto";
import { registersOf } from "../contracts/device-kinds.ts";
import { ConflictError, DomainError, NotFoundError } from "../domain/errors.ts";
import type { Meter } from "../domain/park.ts";
import { type Principal, requireParkWide, requireRole } from "../domain/principal.ts";
import {
  eventsInForce,
  type MeterEvent,
  type RegisterStand,
  touchOfEvent,
} from "../domain/telemetry/meter-event.ts";
import type { Touch } from "../domain/telemetry/touch.ts";
import { instantText, minuteMs } from "../domain/time.ts";
import { auditNote } from "./audit-note.ts";
import { visibleMeter } from "./energy-parts.ts";
import type { MeterEventStore } from "./meter-ports.ts";
import type { Clock } from "./ports.ts";
import type { Registry } from "./registry.ts";

export interface RecordMeterEventDependencies {
  readonly registry: Registry;
  readonly store: MeterEventStore;
  readonly clock: Clock;
  /** Called when there are slots to derive again. */
  readonly wake: () => void;
}

/** A value of the main register, or of several registers by name. */
export type StandEntry = number | RegisterStand | null;

interface EntryBase {
  readonly atMs: number;
  readonly reason: string | null;
}

/** An event as a person enters it. */
export type MeterEventEntry = EntryBase &
  (
    | {
        readonly type: "replacement";
        readonly oldFinal: StandEntry;
        readonly newInitial: StandEntry;
        readonly multiplier: number | null;
      }
    | { readonly type: "reset"; readonly oldFinal: StandEntry; readonly newInitial: StandEntry }
    | { readonly type: "multiplier"; readonly value: number }
    | { readonly type: "invalidation"; readonly toMs: number }
    | {
        readonly type: "calibration";
        readonly validUntilMs: number | null;
        readonly certificate: string | null;
        readonly accuracyClass: number | null;
      }
    | { readonly type: "withdrawal"; readonly eventId: string }
  );

/** As for readings: a clock may run ahead by so much. */
const aheadMsMax = 5 * minuteMs;

/**
 * Records what happened to a meter. Every slot that it changes is derived again and becomes a new
 * revision with the type of the event as its reason; before and after its readings arrive alike.
 *
 * @throws {NotFoundError} for an unknown meter or event; {DomainError} `event_in_future`,
 * `no_registers`, `unknown_register`, `beyond_digits`, `invalid_interval`; {ConflictError}
 * `event_exists`, `event_withdrawn`.
 */
export async function recordMeterEvent(
  { registry, store, clock, wake }: RecordMeterEventDependencies,
  principal: Principal,
  { meterId, entry }: { readonly meterId: string; readonly entry: MeterEventEntry },
): Promise<MeterEvent> {
  requireParkWide(principal);
  requireRole(principal, "manager", "sysadmin");
  const meter = visibleMeter(registry, principal, meterId);
  const known = registry.events(meterId);
  const nowMs = clock.nowMs();
  requireSense(meter, entry, nowMs);
  requireNew(known, entry);
  const event: MeterEvent = {
    ...standing(meter, entry),
    id: randomUUID(),
    meterId,
    recordedAtMs: nowMs,
    recordedBy: principal.id,
  };
  const touch = touchFor(event, known, nowMs);
  const deed = { action: `meter.${event.type}`, object: `meter:${meterId}`, after: event };
  // The event counts before its slots are marked: whoever derives them then knows of it.
  registry.putEvent(event);
  try {
    const touches = touch === null ? [] : [touch];
    await store.addMeterEvent(event, touches, auditNote(principal, clock, deed));
  } catch (error) {
    await registry.reload();
    throw error;
  }
  wake();
  return event;
}

/** What has been recorded about a meter, withdrawn events too, in the order of recording. */
export function listMeterEvents(
  registry: Registry,
  principal: Principal,
  meterId: string,
): readonly MeterEvent[] {
  return registry.events(visibleMeter(registry, principal, meterId).id);
}

function touchFor(event: MeterEvent, known: readonly MeterEvent[], nowMs: number): Touch | null {
  if (event.type !== "withdrawal") return touchOfEvent(event, known, nowMs);
  const withdrawn = known.find(({ id }) => id === event.eventId);
  if (withdrawn === undefined) return null;
  const others = known.filter(({ id }) => id !== withdrawn.id);
  const touch = touchOfEvent(withdrawn, others, nowMs);
  return touch === null ? null : { ...touch, reason: "withdrawal" };
}

type Standing<Entry> = Entry extends { readonly oldFinal: StandEntry }
  ? Omit<Entry, "oldFinal" | "newInitial"> & {
      readonly oldFinal: RegisterStand;
      readonly newInitial: RegisterStand;
    }
  : Entry;

function standing(meter: Meter, entry: MeterEventEntry): Standing<MeterEventEntry> {
  if (entry.type !== "replacement" && entry.type !== "reset") return entry;
  const oldFinal = standOf(meter, entry.oldFinal, "/oldFinal");
  const newInitial = standOf(meter, entry.newInitial, "/newInitial");
  return { ...entry, oldFinal, newInitial };
}

function standOf(meter: Meter, entry: StandEntry, pointer: string): RegisterStand {
  if (entry === null) return {};
  const registers = registersOf(meter.kind);
  const [main] = registers;
  if (main === undefined) {
    throw new DomainError("no_registers", `a ${meter.kind} has no register`, {
      remedy: "record a replacement only for devices that count something",
      pointer,
    });
  }
  const stand = typeof entry === "number" ? { [main]: entry } : entry;
  for (const [register, value] of Object.entries(stand)) {
    if (!registers.includes(register)) {
      throw new DomainError("unknown_register", `${meter.id} has no register ${register}`, {
        remedy: `use ${registers.join(", ")}`,
        pointer,
      });
    }
    if (meter.registerDigits !== null && value >= 10 ** meter.registerDigits) {
      const place = typeof entry === "number" ? pointer : `${pointer}/${register}`;
      throw new DomainError(
        "beyond_digits",
        `${register} of ${meter.id} has ${meter.registerDigits} digits and cannot show ${value}`,
        {
          remedy: "read the meter's display again, or correct the digits of the meter",
          pointer: place,
        },
      );
    }
  }
  return stand;
}

function requireSense(meter: Meter, entry: MeterEventEntry, nowMs: number): void {
  if (entry.type !== "calibration" && registersOf(meter.kind).length === 0) {
    throw new DomainError("no_registers", `a ${meter.kind} has no register`, {
      remedy: "only a calibration can be recorded for it",
      pointer: "/type",
    });
  }
  if (entry.atMs > nowMs + aheadMsMax) {
    throw new DomainError(
      "event_in_future",
      `${instantText(entry.atMs)} has not come yet; it is ${instantText(nowMs)}`,
      { remedy: "record what has happened, when it has happened", pointer: "/at" },
    );
  }
  if (entry.type === "invalidation" && entry.toMs < entry.atMs) {
    throw new DomainError("invalid_interval", "`to` is before `at`", {
      remedy: "readings from `at` to `to`, both included, are left out",
      pointer: "/to",
    });
  }
}

function requireNew(known: readonly MeterEvent[], entry: MeterEventEntry): void {
  if (entry.type === "withdrawal") {
    const event = known.find(({ id }) => id === entry.eventId);
    if (event === undefined || event.type === "withdrawal") {
      throw new NotFoundError("not_found", `the meter has no event ${entry.eventId}`, {
        remedy: "GET /api/v1/meters/{id}/events lists them",
      });
    }
    if (eventsInForce(known).includes(event)) return;
    throw new ConflictError("event_withdrawn", `${entry.eventId} has been withdrawn already`, {
      remedy: "nothing is left to do",
    });
  }
  if (entry.type !== "replacement" && entry.type !== "reset") return;
  const same = eventsInForce(known).find(
    ({ type, atMs }) => atMs === entry.atMs && (type === "replacement" || type === "reset"),
  );
  if (same === undefined) return;
  throw new ConflictError("event_exists", `a ${same.type} of this instant is recorded already`, {
    remedy: `withdraw event ${same.id} first if it is wrong`,
    pointer: "/at",
  });
}
