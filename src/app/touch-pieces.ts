import type { DeviceKind } from "../contracts/device-kinds.ts";
import type { RecordedTouch, Touch } from "../domain/telemetry/touch.ts";
import { dayMs, hourMs, quarterHourMs } from "../domain/time.ts";

/** A stretch of one meter that is derived at once, and the touches that are settled by it. */
export interface TouchPiece {
  readonly touch: Touch;
  readonly opens: readonly RecordedTouch[];
}

/** Pieces of one device kind that are close in time, so that their readings are read together. */
export interface PieceGroup {
  /** Null for devices that are no longer registered: their touches are only cleared. */
  readonly kind: DeviceKind | null;
  readonly pieces: readonly TouchPiece[];
}

/** Weeks are counted from the epoch, so that every touch is cut at the same instants. */
const weekMs = 7 * dayMs;
const groupSpanMs = dayMs;
/** Time of readings in one group, over all its devices and with what is read around them. */
const groupReadingMsMax = 32 * dayMs;
const readAroundMs = 8 * hourMs;

/**
 * Touches that reach across the end of a week, and the parts that stand for them. They are divided in
 * the ledger before anything of them is settled: a step settles no more than it has time for, so a
 * touch that is longer than a step would never be settled whole, and the work on it never be done.
 */
export function dividedTouches(touches: readonly RecordedTouch[]): {
  readonly long: readonly RecordedTouch[];
  readonly parts: readonly Touch[];
} {
  const long = touches.filter(({ fromMs, toMs }) => weekOf(fromMs) < weekOf(toMs - 1));
  return { long, parts: long.flatMap(weeks) };
}

function weeks({ meterId, fromMs, toMs, reason, kind }: RecordedTouch): Touch[] {
  const parts: Touch[] = [];
  for (let startMs = fromMs; startMs < toMs; ) {
    const endMs = Math.min((weekOf(startMs) + 1) * weekMs, toMs);
    parts.push({ meterId, fromMs: startMs, toMs: endMs, reason, kind });
    startMs = endMs;
  }
  return parts;
}

function weekOf(ms: number): number {
  return Math.floor(ms / weekMs);
}

/**
 * Touches as pieces of work: those of a meter that meet or overlap within a week are joined, and after
 * `slotsMax` slots the rest is left for later. What reaches the latest time comes first.
 *
 * @param touches each within one week.
 */
export function touchPieces(touches: readonly RecordedTouch[], slotsMax: number): TouchPiece[] {
  const byWeek = new Map<string, RecordedTouch[]>();
  for (const touch of touches) {
    const { meterId, kind, reason, fromMs } = touch;
    const key = `${meterId}/${kind}/${reason}/${weekOf(fromMs)}`;
    const known = byWeek.get(key);
    if (known === undefined) byWeek.set(key, [touch]);
    else known.push(touch);
  }
  const pieces = [...byWeek.values()].flatMap(joined);
  pieces.sort((a, b) => b.touch.toMs - a.touch.toMs);
  let slots = 0;
  const end = pieces.findIndex(({ touch }) => {
    slots += (touch.toMs - touch.fromMs) / quarterHourMs;
    return slots >= slotsMax;
  });
  return end === -1 ? pieces : pieces.slice(0, end + 1);
}

/** Gathers pieces into groups whose readings one query can read. */
export function pieceGroups(
  pieces: readonly TouchPiece[],
  kindOf: (meterId: string) => DeviceKind | null,
): PieceGroup[] {
  const groups: {
    kind: DeviceKind | null;
    pieces: TouchPiece[];
    fromMs: number;
    readingMs: number;
  }[] = [];
  for (const piece of pieces) {
    const { meterId, fromMs, toMs } = piece.touch;
    const kind = kindOf(meterId);
    const readingMs = toMs - fromMs + readAroundMs;
    const group = groups.findLast(
      (candidate) =>
        candidate.kind === kind &&
        Math.abs(fromMs - candidate.fromMs) <= groupSpanMs &&
        candidate.readingMs + readingMs <= groupReadingMsMax,
    );
    if (group === undefined) groups.push({ kind, pieces: [piece], fromMs, readingMs });
    else {
      group.pieces.push(piece);
      group.readingMs += readingMs;
    }
  }
  return groups;
}

function joined(touches: readonly RecordedTouch[]): TouchPiece[] {
  const pieces: { touch: Touch; opens: RecordedTouch[] }[] = [];
  for (const touch of [...touches].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = pieces.at(-1);
    if (last === undefined || touch.fromMs > last.touch.toMs) {
      pieces.push({ touch, opens: [touch] });
      continue;
    }
    last.touch = { ...last.touch, toMs: Math.max(last.touch.toMs, touch.toMs) };
    last.opens.push(touch);
  }
  return pieces;
}
