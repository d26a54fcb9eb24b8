import { registersOf } from "../contracts/device-kinds.ts";
import type { Doubt, MetricValue, Reading } from "../domain/telemetry/reading.ts";
import { hourMs } from "../domain/time.ts";

/** The newest value of one metric. */
export interface Metric {
  readonly value: MetricValue;
  readonly tsMs: number;
  readonly doubt: Doubt | undefined;
}

/** What is known of one device, folded from its readings in whatever order they came. */
export interface DeviceState {
  tsMs: number;
  receivedAtMs: number;
  readonly metrics: Map<string, Metric>;
  /** The reading before the newest one of each register, for how fast it rises. */
  readonly before: Map<string, Metric>;
}

export function newState(reading: Reading): DeviceState {
  const { tsMs, receivedAtMs } = reading;
  const state = { tsMs, receivedAtMs, metrics: new Map(), before: new Map() };
  foldMetrics(state, reading);
  return state;
}

/** Takes a reading into the state; answers whether that changed anything. */
export function fold(state: DeviceState, reading: Reading): boolean {
  const isChanged = foldMetrics(state, reading);
  if (reading.tsMs >= state.tsMs) {
    state.tsMs = reading.tsMs;
    state.receivedAtMs = reading.receivedAtMs;
  }
  return isChanged;
}

function foldMetrics({ metrics, before }: DeviceState, reading: Reading): boolean {
  const { tsMs, values, doubts, kind } = reading;
  let isChanged = false;
  for (const name in values) {
    const value = values[name];
    const known = metrics.get(name);
    if (value === undefined || (known !== undefined && known.tsMs > tsMs)) continue;
    if (known !== undefined && known.tsMs < tsMs && registersOf(kind).includes(name)) {
      before.set(name, known);
    }
    metrics.set(name, { value, tsMs, doubt: doubts?.[name] });
    isChanged = true;
  }
  return isChanged;
}

/** Rise per hour between two readings of a register; null when it fell or there is only one. */
export function ratePerH(before: Metric | undefined, now: Metric | null): number | null {
  if (before === undefined || now === null) return null;
  if (typeof before.value !== "number" || typeof now.value !== "number") return null;
  const rise = now.value - before.value;
  return rise < 0 ? null : rise / ((now.tsMs - before.tsMs) / hourMs);
}
