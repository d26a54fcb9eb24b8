import type { Calendar } from "../loads/calendar.ts";
import type { SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import { dayMs, quarterMs, secondMs } from "../units.ts";

/** When devices take their samples. */
export interface Timing {
  /** On: registers are frozen at every quarter hour. Off: only the daily freeze at midnight is left. */
  readonly latch: boolean;
  readonly calendar: Calendar;
}

export interface Sampling extends Timing {
  readonly stepMs: number;
  /**
   * Whether samples lie on whole steps, as in a history with latching; live ones are spread, so that
   * not every device of the park speaks in the same second.
   */
  readonly aligned: boolean;
}

/** Instants at which a device samples in `[fromMs, toMs)`, ascending. */
export function instantsOf(
  device: SimDevice,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  sampling: Sampling,
): readonly number[] {
  const instants: number[] = [];
  let tsMs = nextInstant(device, fromMs, sampling);
  while (tsMs < toMs) {
    instants.push(tsMs);
    tsMs = nextInstant(device, tsMs + 1, sampling);
  }
  return instants;
}

/** The first instant at or after `fromMs` at which the device samples. */
export function nextInstant(device: SimDevice, fromMs: number, sampling: Sampling): number {
  const { stepMs, latch, aligned, calendar } = sampling;
  const phaseMs = latch && aligned ? 0 : phaseOf(device, stepMs);
  const regularMs = Math.ceil((fromMs - phaseMs) / stepMs) * stepMs + phaseMs;
  const frozenMs = latch ? Math.ceil(fromMs / quarterMs) * quarterMs : midnight(calendar, fromMs);
  return Math.min(regularMs, frozenMs);
}

/** Whole seconds after the step, never zero: without latching nobody meets the boundary by chance. */
function phaseOf({ key }: SimDevice, stepMs: number): number {
  const seconds = Math.max(1, stepMs / secondMs - 1);
  return (1 + Math.floor(uniform(key, 77) * seconds)) * secondMs;
}

function midnight(calendar: Calendar, fromMs: number): number {
  const startMs = calendar.dayStartMs(fromMs);
  return startMs >= fromMs ? startMs : calendar.dayStartMs(startMs + 1.5 * dayMs);
}
