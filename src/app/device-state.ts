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
  /** What registers and power were before their newest reading, for how they move. */
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
    if (known !== undefined && known.tsMs < tsMs && movesMatter(kind, name))
      before.set(name, known);
    metrics.set(name, { value, tsMs, doubt: doubts?.[name] });
    isChanged = true;
  }
  return isChanged;
}

function movesMatter(kind: Reading["kind"], metric: string): boolean {
  return metric === "powerKw" || registersOf(kind).includes(metric);
}

/** How far a metric has moved since the reading before; null when there is only one. */
export function stepOf(before: Metric | undefined, now: Metric | null): number | null {
  if (before === undefined || now === null) return null;
  if (typeof before.value !== "number" || typeof now.value !== "number") return null;
  return Math.abs(now.value - before.value);
}

/** Rise per hour between two readings of a register; null when it fell or there is only one. */
export function ratePerH(before: Metric | undefined, now: Metric | null): number | null {
  if (before === undefined || now === null) return null;
  if (typeof before.value !== "number" || typeof now.value !== "number") return null;
  const rise = now.value - before.value;
  return rise < 0 ? null : rise / ((now.tsMs - before.tsMs) / hourMs);
}
