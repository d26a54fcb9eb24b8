import { hourMs, minuteMs } from "../units.ts";

/** What can go wrong in the field. The README of the simulators says what each of them looks like. */
export const faultKinds = [
  "drop-out",
  "resend",
  "duplicate",
  "out-of-order",
  "clock-skew",
  "stuck",
  "spike",
  "reset",
  "replacement",
  "rollover",
  "unknown-device",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One fault of one device; `[fromMs, toMs)`. What happens at an instant happens at `fromMs`. */
export interface FaultEvent {
  readonly kind: FaultKind;
  readonly deviceId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How far the clock of the device runs ahead. */
  readonly offsetMs: number;
  /** How much a spike exceeds what is possible. */
  readonly factor: number;
}

/** Events for each device and day, by kind. An unknown device appears for each gateway and day. */
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>;

export const faultLevels: Readonly<Record<string, FaultRates>> = {
  none: {},
  light: {
    "drop-out": 0.02,
    resend: 0.02,
    duplicate: 0.02,
    "out-of-order": 0.02,
    "clock-skew": 0.001,
    stuck: 0.002,
    spike: 0.003,
    reset: 0.0003,
    replacement: 0.0003,
    rollover: 0.01,
    "unknown-device": 0.01,
  },
  heavy: {
    "drop-out": 0.3,
    resend: 0.3,
    duplicate: 0.3,
    "out-of-order": 0.3,
    "clock-skew": 0.02,
    stuck: 0.03,
    spike: 0.05,
    reset: 0.005,
    replacement: 0.005,
    rollover: 0.1,
    "unknown-device": 0.1,
  },
};

/** How long a fault lasts, from and to; what happens at an instant has no length. */
export const durationsMs: Readonly<Record<FaultKind, readonly [number, number]>> = {
  "drop-out": [20 * minuteMs, 5 * hourMs],
  resend: [10 * minuteMs, 2 * hourMs],
  duplicate: [10 * minuteMs, 2 * hourMs],
  "out-of-order": [15 * minuteMs, 3 * hourMs],
  "clock-skew": [hourMs, 6 * hourMs],
  stuck: [hourMs, 6 * hourMs],
  spike: [0, 0],
  reset: [0, 0],
  replacement: [0, 0],
  rollover: [0, 0],
  "unknown-device": [10 * minuteMs, hourMs],
};

export const offsetsMs: readonly [number, number] = [30_000, 15 * minuteMs];
export const spikeFactorDefault = 40;
