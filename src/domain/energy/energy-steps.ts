import { worse } from "../telemetry/close-slots.ts";
import type { Grade } from "../telemetry/slot.ts";
import { hourMs, type Interval, localNextMs, localStartMs, quarterHourMs } from "../time.ts";

export type StepName = "15m" | "1h" | "1d" | "1mo";

/** One quarter hour of one named figure, summed over the meters that have it. */
export interface StepInput {
  readonly name: string;
  readonly startMs: number;
  readonly amount: number;
  readonly estimatedAmount: number;
  readonly grade: Grade;
  readonly coverageSum: number;
  readonly meterCount: number;
  readonly revision: number;
}

export interface EnergyStep {
  readonly startMs: number;
  /** Per name; null where nothing is known, which is not zero. */
  readonly amounts: Readonly<Record<string, number | null>>;
  readonly grade: Grade | null;
  /** Measured share of the time, over all quarter hours and meters of the step. */
  readonly coverage: number;
  readonly estimatedFraction: number;
  readonly revision: number;
  /** Quarter hours of the step of which at least one meter has no figure. */
  readonly missingSlotCount: number;
}

/** Starts of the steps of an interval, in park time for days and months. */
export function stepStarts(interval: Interval, step: StepName, timezone: string): number[] {
  const starts: number[] = [];
  let startMs = interval.startMs;
  while (startMs < interval.endMs) {
    starts.push(startMs);
    startMs = stepEndMs(startMs, step, timezone);
  }
  return starts;
}

export function stepEndMs(startMs: number, step: StepName, timezone: string): number {
  if (step === "15m") return startMs + quarterHourMs;
  if (step === "1h") return startMs + hourMs;
  return localNextMs(startMs, step === "1d" ? "day" : "month", timezone);
}

/** Whether an instant is a boundary of the step. */
export function isOnStep(tsMs: number, step: StepName, timezone: string): boolean {
  if (step === "15m") return tsMs % quarterHourMs === 0;
  if (step === "1h") return tsMs % hourMs === 0;
  return localStartMs(tsMs, step === "1d" ? "day" : "month", timezone) === tsMs;
}

/** Meters that should report each name; a name without meters is answered as null. */
export type ExpectedMeters = ReadonlyMap<string, number>;

/**
 * Adds quarter hours up to steps. The worst grade of the parts is the grade of the step; coverage
 * counts missing parts as zero, so that a sum over a gap shows that it is a lower bound.
 */
export function energySteps(
  inputs: readonly StepInput[],
  starts: readonly number[],
  endMs: number,
  expected: ExpectedMeters,
): EnergyStep[] {
  const ascending = [...inputs].sort((a, b) => a.startMs - b.startMs);
  let next = 0;
  return starts.map((startMs, index) => {
    const stepEnd = starts[index + 1] ?? endMs;
    const from = next;
    while (next < ascending.length && (ascending[next] as StepInput).startMs < stepEnd) next += 1;
    return stepOf({ startMs, endMs: stepEnd }, ascending.slice(from, next), expected);
  });
}

/**
 * How well each name of a span is known by itself, so that a gap in one meter does not colour the
 * figures of the others.
 */
export function qualityByName(
  inputs: readonly StepInput[],
  interval: Interval,
  expected: ExpectedMeters,
): Readonly<Record<string, EnergyStep>> {
  return Object.fromEntries(
    [...expected].map(([name, meterCount]) => {
      const own = inputs.filter((input) => input.name === name);
      return [name, stepOf(interval, own, new Map([[name, meterCount]]))];
    }),
  );
}

function stepOf(
  interval: Interval,
  inputs: readonly StepInput[],
  expected: ExpectedMeters,
): EnergyStep {
  const amounts: Record<string, number | null> = {};
  for (const name of expected.keys()) amounts[name] = null;
  let grade: Grade | null = null;
  let coverageSum = 0;
  let estimated = 0;
  let whole = 0;
  let revision = 0;
  const present = new Map<number, number>();
  for (const input of inputs) {
    amounts[input.name] = (amounts[input.name] ?? 0) + input.amount;
    grade = grade === null ? input.grade : worse(grade, input.grade);
    coverageSum += input.coverageSum;
    estimated += input.estimatedAmount;
    whole += input.amount;
    revision = Math.max(revision, input.revision);
    present.set(input.startMs, (present.get(input.startMs) ?? 0) + input.meterCount);
  }
  const slotCount = (interval.endMs - interval.startMs) / quarterHourMs;
  const perSlot = [...expected.values()].reduce((sum, count) => sum + count, 0);
  const fullSlots = [...present.values()].filter((count) => count >= perSlot).length;
  return {
    startMs: interval.startMs,
    amounts,
    grade,
    coverage: perSlot === 0 ? 0 : coverageSum / (slotCount * perSlot),
    estimatedFraction: whole > 0 ? estimated / whole : 0,
    revision,
    missingSlotCount: slotCount - fullSlots,
  };
}
