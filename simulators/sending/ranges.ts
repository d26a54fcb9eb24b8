import { z } from "zod";
import { dayMs, minuteMs, quarterMs, quarterStartMs } from "../units.ts";

/** A stretch of time that a gateway has still to deliver, `[fromMs, toMs)`, with its sampling step. */
export const Range = z.object({ fromMs: z.number(), toMs: z.number(), stepMs: z.number() });
export type Range = z.infer<typeof Range>;

/** The newest day is filled in by the minute, what is older by the quarter hour. */
const fineMs = dayMs;
/** Pieces whose samples fit into one message. */
const finePieceMs = dayMs / 2;
const coarsePieceMs = 10 * dayMs;

/**
 * Cuts a stretch into pieces, newest first, so that what is delivered always joins what is there: a
 * platform that saw the oldest piece first would have to bridge a gap up to the present.
 */
export function rangesOf(fromMs: number, toMs: number, nowMs: number): readonly Range[] {
  const fineFromMs = quarterStartMs(nowMs - fineMs);
  const coarseToMs = Math.min(toMs, Math.max(fromMs, fineFromMs));
  return [
    ...pieces(Math.max(fromMs, coarseToMs), toMs, { stepMs: minuteMs, pieceMs: finePieceMs }),
    ...pieces(fromMs, coarseToMs, { stepMs: quarterMs, pieceMs: coarsePieceMs }),
  ];
}

function pieces(
  fromMs: number,
  toMs: number,
  { stepMs, pieceMs }: { readonly stepMs: number; readonly pieceMs: number },
): readonly Range[] {
  const found: Range[] = [];
  for (let endMs = toMs; endMs > fromMs; ) {
    const wantedMs = quarterStartMs(endMs - pieceMs);
    const startMs = Math.max(fromMs, Math.min(wantedMs, endMs - stepMs));
    found.push({ fromMs: startMs, toMs: endMs, stepMs });
    endMs = startMs;
  }
  return found;
}
