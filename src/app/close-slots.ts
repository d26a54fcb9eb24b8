import type { Meter } from "../domain/park.ts";
import type { MeterEvent } from "../domain/telemetry/meter-event.ts";
import { type RecordedTouch, type Touch, touchedSpans } from "../domain/telemetry/touch.ts";
import { createDrain, type Drain } from "./drain.ts";
import type { Clock, Journal, Ledger, Log, TelemetryStore } from "./ports.ts";
import { type SlotsChanged, settleTouches } from "./settle-touches.ts";
import { createSlotHeads } from "./slot-heads.ts";
import { dividedTouches } from "./touch-pieces.ts";

export type { SlotsChanged } from "./settle-touches.ts";

export interface CloseSlotsDependencies {
  readonly journal: Pick<Journal, "read">;
  readonly telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly ledger: Ledger;
  readonly meter: (id: string) => Meter | undefined;
  readonly events: (meterId: string) => readonly MeterEvent[];
  readonly clock: Clock;
  readonly log: Log;
  /** Sequence through which the telemetry store answers; slots are derived from there. */
  readonly storedSeq: () => number;
  readonly onChanged: (change: SlotsChanged) => void;
  readonly onFollowed: (seq: number) => void;
  /** How long no long gap must have appeared before long gaps are filled. */
  readonly gapRestMs?: number;
}

const readingsPerStep = 10_000;
const touchesPerStep = 500;
const gapRestMsDefault = 3000;
/** Gaps that appear without end do not put off those that are waiting for longer than this. */
const gapWaitMsMax = 30_000;

/**
 * Follows the journal into the ledger. First it records which spans each stretch of the journal
 * touched, with its cursor, in one transaction; then it settles the spans: derives their slots from
 * the readings in the telemetry store and records what differs as new revisions. A crash at any
 * point repeats at most one step, and repeating a step changes nothing.
 */
export function closeSlots(dependencies: CloseSlotsDependencies): Drain {
  const { ledger, log, gapRestMs = gapRestMsDefault } = dependencies;
  const follow = createFollower(dependencies);
  const rest = createRest(gapRestMs, () => drain.wake());

  /** Puts the weeks of long touches in their place; answers whether there were any. */
  const divide = async (touches: readonly RecordedTouch[]): Promise<boolean> => {
    const { long, parts } = dividedTouches(touches);
    if (long.length > 0) await ledger.record([], long, parts);
    return long.length > 0;
  };

  const settle = async (kind: "reading" | "event" | "amendment"): Promise<boolean> => {
    const touches = await ledger.touched(kind, touchesPerStep);
    if (touches.length === 0) return false;
    if (await divide(touches)) return true;
    const { gapsOpened } = await settleTouches(dependencies, touches);
    if (gapsOpened > 0) rest.begin();
    return true;
  };

  const fillGaps = async (): Promise<boolean> => {
    if (!rest.isOver()) return false;
    const touches = await ledger.touched("gap", touchesPerStep);
    if (touches.length === 0) {
      rest.end();
      return false;
    }
    if (await divide(touches)) return true;
    await settleTouches(dependencies, touches);
    return true;
  };

  const drain = createDrain({
    name: "slot-closer",
    log,
    step: async () => {
      const followed = await follow();
      const settled =
        (await settle("reading")) || (await settle("event")) || (await settle("amendment"));
      return followed || settled || fillGaps();
    },
  });
  return {
    wake: drain.wake,
    settled: drain.settled,
    stop: () => {
      rest.end();
      return drain.stop();
    },
    get lastError() {
      return drain.lastError;
    },
  };
}

/** One step along the journal; answers whether there may be more. */
function createFollower({
  journal,
  ledger,
  storedSeq,
  onFollowed,
}: CloseSlotsDependencies): () => Promise<boolean> {
  const heads = createSlotHeads();
  let followedSeq: number | null = null;
  return async () => {
    followedSeq ??= await ledger.cursor();
    const throughSeq = storedSeq();
    if (followedSeq >= throughSeq) return false;
    const batches = (await journal.read(followedSeq, readingsPerStep)).filter(
      ({ seq }) => seq <= throughSeq,
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
        kind: "reading",
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
}

/** A pause after the last long gap that appeared, because the readings that belong in it may follow. */
function createRest(restMs: number, wake: () => void) {
  let startedAtMs: number | null = null;
  let latestAtMs = 0;
  let timer: NodeJS.Timeout | null = null;

  const leftMs = (): number => {
    if (startedAtMs === null) return 0;
    const atMs = performance.now();
    return Math.min(latestAtMs + restMs, startedAtMs + gapWaitMsMax) - atMs;
  };
  const clear = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };

  return {
    begin: (): void => {
      latestAtMs = performance.now();
      startedAtMs ??= latestAtMs;
    },
    isOver: (): boolean => {
      const waitMs = leftMs();
      if (waitMs <= 0) return true;
      clear();
      timer = setTimeout(wake, waitMs);
      timer.unref();
      return false;
    },
    end: (): void => {
      startedAtMs = null;
      clear();
    },
  };
}
