import type { DeviceKind } from "../contracts/device-kinds.ts";
import type { Meter } from "../domain/park.ts";
import { touchedSpans } from "../domain/telemetry/touch.ts";
import { dayMs, instantText, quarterHourMs } from "../domain/time.ts";
import { deriveSlots } from "./derive-slots.ts";
import { createDrain, type Drain } from "./drain.ts";
import type { Clock, Journal, Ledger, Log, TelemetryStore, Touch } from "./ports.ts";
import { createSlotHeads } from "./slot-heads.ts";

/** What changed in the ledger, for the live stream. */
export interface SlotsChanged {
  readonly meterIds: readonly string[];
  /** Start of the earliest slot and end of the latest. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly written: number;
  readonly revised: number;
}

export interface CloseSlotsDependencies {
  readonly journal: Pick<Journal, "read">;
  readonly telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly ledger: Ledger;
  readonly meter: (id: string) => Meter | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Sequence through which the telemetry store answers; slots are derived from there. */
  readonly storedSeq: () => number;
  readonly onChanged: (change: SlotsChanged) => void;
  readonly onFollowed: (seq: number) => void;
}

const readingsPerStep = 10_000;
const touchesPerStep = 250;

/**
 * Follows the journal into the ledger. First it records which spans each stretch of the journal
 * touched, with its cursor, in one transaction; then it settles the spans: derives their slots from
 * the readings in the telemetry store and records what differs as new revisions. A crash at any
 * point repeats at most one step, and repeating a step changes nothing.
 */
export function closeSlots(dependencies: CloseSlotsDependencies): Drain {
  const { journal, ledger, log, storedSeq, onFollowed } = dependencies;
  const heads = createSlotHeads();
  let followedSeq: number | null = null;

  const follow = async (): Promise<boolean> => {
    followedSeq ??= await ledger.cursor();
    if (followedSeq >= storedSeq()) return false;
    const batches = (await journal.read(followedSeq, readingsPerStep)).filter(
      (batch) => batch.seq <= storedSeq(),
    );
    const last = batches.at(-1);
    if (last === undefined) return false;
    const readings = batches.flatMap((batch) => batch.readings);
    const touches = touchedSpans(readings, heads.advance).map(
      ({ deviceId, fromMs, toMs }): Touch => ({
        meterId: deviceId,
        fromMs,
        toMs,
        reason: "late_reading",
      }),
    );
    await ledger.touch(
      last.seq,
      touches,
      batches.flatMap((batch) => batch.quarantined),
    );
    followedSeq = last.seq;
    onFollowed(last.seq);
    return true;
  };

  return createDrain({
    name: "slot-closer",
    log,
    step: async () => {
      const followed = await follow();
      const settled = await settle(dependencies);
      return followed || settled;
    },
  });
}

/** Settles one portion of what is touched; answers whether there was any. */
async function settle(dependencies: CloseSlotsDependencies): Promise<boolean> {
  const { ledger, meter, clock, onChanged, log } = dependencies;
  const touches = await ledger.touched(touchesPerStep);
  if (touches.length === 0) return false;
  for (const group of groupsOf(touches, meter)) {
    const slots =
      group.kind === null ? [] : await deriveSlots(dependencies, group.kind, group.touches);
    const change = { slots, reason: "late_reading", knownAtMs: clock.nowMs() };
    const { written, revised } = await ledger.record([change], group.touches);
    if (written === 0) continue;
    const starts = slots.map((slot) => slot.startMs);
    const fromMs = starts.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY);
    const toMs = starts.reduce((most, ms) => Math.max(most, ms), 0) + quarterHourMs;
    const meterIds = [...new Set(slots.map((slot) => slot.meterId))];
    onChanged({ meterIds, fromMs, toMs, written, revised });
    log.debug({ written, revised, slotStart: instantText(fromMs) }, "slots recorded");
  }
  return true;
}

interface TouchGroup {
  /** Null for devices that are no longer registered: their touches are only cleared. */
  readonly kind: DeviceKind | null;
  readonly touches: Touch[];
}

/** Spans of one group are read together, so they should lie close to each other in time. */
const groupSpanMs = dayMs;
const slotsPerGroup = 900;

function groupsOf(
  touches: readonly Touch[],
  meter: (id: string) => Meter | undefined,
): TouchGroup[] {
  const groups: (TouchGroup & { fromMs: number; slots: number })[] = [];
  const ascending = [...touches].sort((a, b) => a.fromMs - b.fromMs);
  for (const touch of ascending) {
    const kind = meter(touch.meterId)?.kind ?? null;
    const slots = (touch.toMs - touch.fromMs) / quarterHourMs;
    const group = groups.findLast(
      (candidate) =>
        candidate.kind === kind &&
        touch.fromMs - candidate.fromMs <= groupSpanMs &&
        candidate.slots + slots <= slotsPerGroup,
    );
    if (group === undefined) groups.push({ kind, touches: [touch], fromMs: touch.fromMs, slots });
    else {
      group.touches.push(touch);
      group.slots += slots;
    }
  }
  return groups;
}
