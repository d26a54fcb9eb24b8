import type { DeviceKind } from "../contracts/device-kinds.ts";
import type { Meter } from "../domain/park.ts";
import type { MeterEvent } from "../domain/telemetry/meter-event.ts";
import type { Slot } from "../domain/telemetry/slot.ts";
import type { RecordedTouch, Touch } from "../domain/telemetry/touch.ts";
import { instantText, quarterHourMs } from "../domain/time.ts";
import { type DerivedMeter, deriveSlots } from "./derive-slots.ts";
import type { Clock, Ledger, Log, TelemetryStore } from "./ports.ts";
import { type PieceGroup, pieceGroups, type TouchPiece, touchPieces } from "./touch-pieces.ts";

/** What changed in the ledger, for the live stream. */
export interface SlotsChanged {
  readonly meterIds: readonly string[];
  /** Start of the earliest slot and end of the latest. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly written: number;
  readonly revised: number;
}

export interface SettleTouchesDependencies {
  readonly telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly ledger: Pick<Ledger, "record">;
  readonly meter: (id: string) => Meter | undefined;
  readonly events: (meterId: string) => readonly MeterEvent[];
  readonly clock: Clock;
  readonly log: Log;
  readonly onChanged: (change: SlotsChanged) => void;
}

/** All pieces of one meter in a group, with what was derived from them. */
interface MeterWork {
  readonly pieces: readonly TouchPiece[];
  readonly derived: DerivedMeter | undefined;
}

/** A step ends after so much, so that what is more pressing by then comes first. */
const stepSlotsMax = 20_000;
/** Rows of one transaction of the ledger, roughly: others wait while it is written. */
const rowsPerRecord = 1000;

/**
 * Derives the slots of the touched spans, as many as one step takes, and records what differs. What
 * fails does not keep the rest from being settled; it stays touched.
 *
 * @param touches each within one week; see `dividedTouches`.
 * @throws the first failure, after everything else is done.
 */
export async function settleTouches(
  dependencies: SettleTouchesDependencies,
  touches: readonly RecordedTouch[],
): Promise<{ readonly gapsOpened: number }> {
  const kindOf = (id: string): DeviceKind | null => dependencies.meter(id)?.kind ?? null;
  const groups = pieceGroups(touchPieces(touches, stepSlotsMax), kindOf);
  let gapsOpened = 0;
  const failures: unknown[] = [];
  let next = derivedGroup(dependencies, groups[0]);
  for (const index of groups.keys()) {
    const derived = await next;
    // The next group is derived while this one is recorded: other threads do most of either.
    next = derivedGroup(dependencies, groups[index + 1]);
    try {
      if ("failure" in derived) throw derived.failure;
      for (const portion of derived.portions) {
        gapsOpened += await recordPortion(dependencies, portion);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { gapsOpened };
}

type DerivedGroup = { readonly portions: MeterWork[][] } | { readonly failure: unknown };

/** What a group comes to; a failure waits for its turn. */
async function derivedGroup(
  dependencies: SettleTouchesDependencies,
  group: PieceGroup | undefined,
): Promise<DerivedGroup> {
  if (group === undefined) return { portions: [] };
  const { kind, pieces } = group;
  const touches = pieces.map(({ touch }) => touch);
  try {
    const derived = kind === null ? [] : await deriveSlots(dependencies, kind, touches);
    return { portions: portionsOf(pieces, derived) };
  } catch (failure) {
    return { failure };
  }
}

async function recordPortion(
  { ledger, clock, log, onChanged }: SettleTouchesDependencies,
  portion: readonly MeterWork[],
): Promise<number> {
  const changes = portion.map(({ pieces, derived }) => ({
    slots: derived?.slots ?? [],
    judged: derived?.judged ?? [],
    reason: pieces[0]?.touch.reason ?? "",
    knownAtMs: clock.nowMs(),
    amends: pieces[0]?.touch.kind === "amendment",
  }));
  const opened = portion.flatMap(gapTouches);
  const settled = portion.flatMap(({ pieces }) => pieces.flatMap(({ opens }) => opens));
  const { written, revised } = await ledger.record(changes, settled, opened);
  const slots = changes.flatMap((change) => change.slots);
  if (written > 0) {
    const meterIds = [...new Set(slots.map(({ meterId }) => meterId))];
    onChanged({ meterIds, ...extentOf(slots), written, revised });
    log.debug(
      { written, revised, slotStart: instantText(extentOf(slots).fromMs) },
      "slots recorded",
    );
  }
  return opened.length;
}

function gapTouches({ pieces, derived }: MeterWork): Touch[] {
  if (derived === undefined) return [];
  const reason = pieces[0]?.touch.reason ?? "";
  return derived.gaps.map(({ startMs, endMs }) => ({
    meterId: derived.meterId,
    fromMs: startMs,
    toMs: endMs,
    reason,
    kind: "gap",
  }));
}

function extentOf(slots: readonly Slot[]): { readonly fromMs: number; readonly toMs: number } {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = 0;
  for (const { startMs } of slots) {
    fromMs = Math.min(fromMs, startMs);
    toMs = Math.max(toMs, startMs + quarterHourMs);
  }
  return { fromMs, toMs };
}

/** Meters in portions of about one transaction; a meter is not divided. */
function portionsOf(
  pieces: readonly TouchPiece[],
  derived: readonly DerivedMeter[],
): MeterWork[][] {
  const byMeter = new Map<string, TouchPiece[]>();
  for (const piece of pieces) {
    const known = byMeter.get(piece.touch.meterId);
    if (known === undefined) byMeter.set(piece.touch.meterId, [piece]);
    else known.push(piece);
  }
  const results = new Map(derived.map((meter) => [meter.meterId, meter]));
  const portions: MeterWork[][] = [];
  let rows = rowsPerRecord;
  for (const [meterId, ofMeter] of byMeter) {
    if (rows >= rowsPerRecord) {
      portions.push([]);
      rows = 0;
    }
    const work = { pieces: ofMeter, derived: results.get(meterId) };
    portions.at(-1)?.push(work);
    rows += work.derived?.slots.length ?? 0;
  }
  return portions;
}
