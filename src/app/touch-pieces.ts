import type { DeviceKind } from "../contracts/device-kinds.ts";
import type { RecordedTouch, Touch } from "../domain/telemetry/touch.ts";
import { dayMs, hourMs, quarterHourMs } from "../domain/time.ts";

/** A recorded touch and how many of its pieces have still to be derived. */
export interface OpenTouch {
  readonly touch: RecordedTouch;
  piecesLeft: number;
}

/** A stretch of one meter that is derived at once, and the touches that reach into it. */
export interface TouchPiece {
  readonly touch: Touch;
  readonly opens: readonly OpenTouch[];
}

/** Pieces of one device kind that are close in time, so that their readings are read together. */
export interface PieceGroup {
  /** Null for devices that are no longer registered: their touches are only cleared. */
  readonly kind: DeviceKind | null;
  readonly pieces: readonly TouchPiece[];
}

const pieceMsMax = 7 * dayMs;
const groupSpanMs = dayMs;
/** Time of readings in one group, over all its devices and with what is read around them. */
const groupReadingMsMax = 32 * dayMs;
const readAroundMs = 8 * hourMs;

/**
 * Touches as pieces of work: those of a meter that meet or overlap are joined, what is long is cut,
 * and after `slotsMax` slots the rest is left for later. What reaches the latest time comes first.
 */
export function touchPieces(touches: readonly RecordedTouch[], slotsMax: number): TouchPiece[] {
  const byMeter = new Map<string, OpenTouch[]>();
  for (const touch of touches) {
    const key = `${touch.meterId}/${touch.kind}/${touch.reason}`;
    const open = { touch, piecesLeft: 0 };
    const known = byMeter.get(key);
    if (known === undefined) byMeter.set(key, [open]);
    else known.push(open);
  }
  const pieces = [...byMeter.values()].flatMap(joined).flatMap(cut);
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

function joined(opens: readonly OpenTouch[]): TouchPiece[] {
  const pieces: { touch: Touch; opens: OpenTouch[] }[] = [];
  for (const open of [...opens].sort((a, b) => a.touch.fromMs - b.touch.fromMs)) {
    const { touch } = open;
    const last = pieces.at(-1);
    if (last === undefined || touch.fromMs > last.touch.toMs) {
      pieces.push({ touch, opens: [open] });
      continue;
    }
    last.touch = { ...last.touch, toMs: Math.max(last.touch.toMs, touch.toMs) };
    last.opens.push(open);
  }
  return pieces;
}

function cut({ touch, opens }: TouchPiece): TouchPiece[] {
  const pieces: TouchPiece[] = [];
  for (let fromMs = touch.fromMs; fromMs < touch.toMs; fromMs += pieceMsMax) {
    const toMs = Math.min(fromMs + pieceMsMax, touch.toMs);
    const inside = opens.filter((open) => open.touch.fromMs < toMs && open.touch.toMs > fromMs);
    for (const open of inside) open.piecesLeft += 1;
    pieces.push({ touch: { ...touch, fromMs, toMs }, opens: inside });
  }
  return pieces;
}
