import { worse } from "../telemetry/close-slots.ts";
import type { Grade } from "../telemetry/slot.ts";
import {
  hourMs,
  type Interval,
  localNextMs,
  localStartMs,
  quarterCeilMs,
  quarterHourMs,
} from "../time.ts";
import { markedSlots, type SlotMarks } from "./slot-marks.ts";

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

/** One park day of one named figure, summed over its quarter hours and the meters that have it. */
export interface DayInput extends Omit<StepInput, "startMs" | "meterCount"> {
  readonly day: Interval;
  /** Meters that have every quarter hour of the day. */
  readonly wholeCount: number;
  /** Which quarter hours each other meter has. */
  readonly partial: readonly SlotMarks[];
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

/** A meter's register that should have a figure under a name, from the start of its registration. */
export interface ExpectedPart {
  readonly name: string;
  readonly validFromMs: number | null;
}

/** Which steps are wanted, and what should be in them. */
export interface StepsPlan {
  /** Ascending; each step ends where the next one starts, the last one at `endMs`. */
  readonly starts: readonly number[];
  readonly endMs: number;
  /** Names of the answer; one without a part is answered as null. */
  readonly names: readonly string[];
  readonly parts: readonly ExpectedPart[];
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

function stepEndMs(startMs: number, step: StepName, timezone: string): number {
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

interface StepSum {
  readonly amounts: Record<string, number | null>;
  grade: Grade | null;
  coverageSum: number;
  estimatedSum: number;
  amountSum: number;
  revision: number;
}

/**
 * Adds quarter hours up to steps, in whatever portions they come. The worst grade of the parts is the
 * grade of the step; coverage counts missing parts as zero, so that a sum over a gap shows that it is
 * a lower bound. A meter is expected from the first whole slot of its registration on, and in every
 * slot something is, so that one that nobody has measured is missing.
 */
export class EnergySteps {
  readonly #plan: StepsPlan;
  readonly #firstMs: number;
  readonly #sums: StepSum[];
  /** Figures in each quarter hour of the whole interval. */
  readonly #present: Uint32Array;

  constructor(plan: StepsPlan) {
    this.#plan = plan;
    this.#firstMs = plan.starts[0] ?? plan.endMs;
    this.#sums = plan.starts.map(() => ({
      amounts: Object.fromEntries(plan.names.map((name) => [name, null])),
      grade: null,
      coverageSum: 0,
      estimatedSum: 0,
      amountSum: 0,
      revision: 0,
    }));
    this.#present = new Uint32Array(this.#slotIndex(plan.endMs));
  }

  /** Takes in quarter hours of the interval; each name and start once. */
  add(inputs: readonly StepInput[]): void {
    for (const input of inputs) {
      const slot = this.#slotIndex(input.startMs);
      if (slot < 0 || slot >= this.#present.length) continue;
      this.#addFigure(input.startMs, input);
      this.#present[slot] = (this.#present[slot] as number) + input.meterCount;
    }
  }

  /** Takes in whole days of the interval, which the steps do not divide; each name and day once. */
  addDays(inputs: readonly DayInput[]): void {
    for (const input of inputs) {
      const { startMs, endMs } = input.day;
      const first = this.#slotIndex(startMs);
      const count = (endMs - startMs) / quarterHourMs;
      if (first < 0 || first + count > this.#present.length) continue;
      this.#addFigure(startMs, input);
      for (let slot = first; slot < first + count; slot += 1) {
        this.#present[slot] = (this.#present[slot] as number) + input.wholeCount;
      }
      for (const index of input.partial.flatMap(markedSlots)) {
        this.#present[first + index] = (this.#present[first + index] as number) + 1;
      }
    }
  }

  #addFigure(startMs: number, input: Omit<StepInput, "startMs" | "meterCount">): void {
    const sum = this.#sums[this.#stepIndex(startMs)];
    if (sum === undefined) return;
    sum.amounts[input.name] = (sum.amounts[input.name] ?? 0) + input.amount;
    sum.grade = sum.grade === null ? input.grade : worse(sum.grade, input.grade);
    sum.coverageSum += input.coverageSum;
    sum.estimatedSum += input.estimatedAmount;
    sum.amountSum += input.amount;
    sum.revision = Math.max(sum.revision, input.revision);
  }

  steps(): EnergyStep[] {
    const expectedIn = expectation(this.#plan.parts);
    return this.#sums.map((sum, index) => {
      const startMs = this.#plan.starts[index] as number;
      const endMs = this.#plan.starts[index + 1] ?? this.#plan.endMs;
      let expected = 0;
      let missingSlotCount = 0;
      for (let slotMs = startMs; slotMs < endMs; slotMs += quarterHourMs) {
        const inSlot = expectedIn(slotMs);
        expected += inSlot;
        if ((this.#present[this.#slotIndex(slotMs)] as number) < inSlot) missingSlotCount += 1;
      }
      return {
        startMs,
        amounts: sum.amounts,
        grade: sum.grade,
        coverage: Math.min(1, sum.coverageSum / expected),
        estimatedFraction: sum.amountSum > 0 ? sum.estimatedSum / sum.amountSum : 0,
        revision: sum.revision,
        missingSlotCount,
      };
    });
  }

  #slotIndex(startMs: number): number {
    return (startMs - this.#firstMs) / quarterHourMs;
  }

  /** The last step that starts at or before the instant. */
  #stepIndex(tsMs: number): number {
    const { starts } = this.#plan;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] as number) <= tsMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** How many figures a slot should have; at least one. */
function expectation(parts: readonly ExpectedPart[]): (slotMs: number) => number {
  const always = parts.filter(({ validFromMs }) => validFromMs === null).length;
  const later = parts
    .flatMap(({ validFromMs }) => (validFromMs === null ? [] : [quarterCeilMs(validFromMs)]))
    .sort((a, b) => a - b);
  let begun = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  return (slotMs) => {
    if (slotMs < lastMs) begun = 0;
    lastMs = slotMs;
    while (begun < later.length && (later[begun] as number) <= slotMs) begun += 1;
    return Math.max(1, always + begun);
  };
}
