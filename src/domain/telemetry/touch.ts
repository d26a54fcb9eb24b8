import { hourMs, quarterHourMs, quarterStartMs } from "../time.ts";
import type { Reading } from "./reading.ts";

/** Part of a device's time in which register readings arrived, `[fromMs, toMs)` in whole slots. */
export interface TouchedSpan {
  readonly deviceId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Part of a meter's time whose slots have to be derived again, `[fromMs, toMs)` in whole slots. */
export interface Touch {
  readonly meterId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: string;
  /**
   * `reading`: register readings arrived in it, which can change slots around it as well. `event`: a
   * person recorded something about the meter, with the same effect. `gap`: the slots of a long gap,
   * which wait until nothing nearer is due. `amendment`: slots of a closed month whose change a person
   * has accepted.
   */
  readonly kind: TouchKind;
}

export type TouchKind = "reading" | "event" | "gap" | "amendment";

/** A touch as the ledger holds it; it counts how often it was recorded, so that none is lost. */
export interface RecordedTouch extends Touch {
  readonly stamp: number;
}

/** Readings of one device further apart than this are settled apart. */
const spanGapMs = 6 * hourMs;

/**
 * Which spans of time the readings touch, per device. `isDue` leaves out readings that cannot change
 * a slot yet, such as the newest one inside the running quarter hour.
 */
export function touchedSpans(
  readings: readonly Reading[],
  isDue: (reading: Reading) => boolean,
): TouchedSpan[] {
  const instants = new Map<string, number[]>();
  for (const reading of readings) {
    if (!isDue(reading)) continue;
    const known = instants.get(reading.deviceId);
    if (known === undefined) instants.set(reading.deviceId, [reading.tsMs]);
    else known.push(reading.tsMs);
  }
  return [...instants].flatMap(([deviceId, times]) =>
    spansOf(times.sort((a, b) => a - b)).map((span) => ({ deviceId, ...span })),
  );
}

function spansOf(ascendingMs: readonly number[]): { fromMs: number; toMs: number }[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const tsMs of ascendingMs) {
    const fromMs = quarterStartMs(tsMs);
    const last = spans.at(-1);
    if (last !== undefined && fromMs - last.toMs <= spanGapMs) {
      last.toMs = Math.max(last.toMs, fromMs + quarterHourMs);
    } else {
      spans.push({ fromMs, toMs: fromMs + quarterHourMs });
    }
  }
  return spans;
}
