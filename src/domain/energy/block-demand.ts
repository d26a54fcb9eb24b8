import { worse } from "../telemetry/close-slots.ts";
import type { Grade } from "../telemetry/slot.ts";
import { hourMs, quarterHourMs } from "../time.ts";
import type { EnergyStep } from "./energy-steps.ts";

/** Mean power of one quarter hour. */
export interface DemandBlock {
  readonly startMs: number;
  readonly powerKw: number;
  readonly grade: Grade | null;
  readonly coverage: number;
  readonly estimatedFraction: number;
}

/** What a row of quarter hours says about the demand. */
export interface BlockDemand {
  /** Largest block that is wholly measured; null when there is none. */
  readonly maximum: DemandBlock | null;
  /** A larger block of which a part is estimated; null when no such block is larger. */
  readonly estimatedMaximum: DemandBlock | null;
  /** Mean power of the measured blocks. */
  readonly meanKw: number | null;
  /** Mean over maximum, of measured blocks. */
  readonly loadFactor: number | null;
  readonly blocksExpected: number;
  readonly blocksMeasured: number;
  /** Measured blocks over expected ones; null when none is expected yet. */
  readonly coverage: number | null;
  /** Worst grade of the measured blocks. */
  readonly grade: Grade | null;
}

const blocksPerHour = hourMs / quarterHourMs;

/**
 * Maximum demand by fixed blocks of a quarter hour, from registers:
 *
 *     powerKw = energyKwh × 4          of one quarter hour, aligned to the full hour
 *
 * The maximum is taken over blocks that are measured as a whole: every meter has a figure and no part
 * of it is an estimate. How the energy of a gap is spread over its quarter hours is a guess, and a
 * guess must not become a peak that is billed. A larger estimated block is named beside it.
 *
 * @param steps quarter hours, those without a figure too.
 * @param name whose amounts count, in kWh.
 */
export function blockDemand(steps: readonly EnergyStep[], name: string): BlockDemand {
  const measured = blocksOf(steps.filter(isMeasured), name);
  const others = blocksOf(
    steps.filter((step) => !isMeasured(step)),
    name,
  );
  const maximum = largest(measured);
  const estimated = largest(others);
  const sumKw = measured.reduce((sum, { powerKw }) => sum + powerKw, 0);
  const meanKw = measured.length === 0 ? null : sumKw / measured.length;
  const grades = measured.flatMap(({ grade }) => grade ?? []);
  const isLarger = estimated !== null && estimated.powerKw > (maximum?.powerKw ?? -Infinity);
  return {
    ...{ maximum, meanKw, blocksExpected: steps.length, blocksMeasured: measured.length },
    estimatedMaximum: isLarger ? estimated : null,
    loadFactor: maximum !== null && maximum.powerKw > 0 ? (meanKw ?? 0) / maximum.powerKw : null,
    coverage: steps.length === 0 ? null : measured.length / steps.length,
    grade: grades.length === 0 ? null : grades.reduce(worse),
  };
}

function blocksOf(steps: readonly EnergyStep[], name: string): readonly DemandBlock[] {
  return steps.flatMap(({ startMs, grade, coverage, estimatedFraction, amounts }) => {
    const amountKwh = amounts[name] ?? null;
    if (amountKwh === null) return [];
    return [{ startMs, powerKw: amountKwh * blocksPerHour, grade, coverage, estimatedFraction }];
  });
}

function isMeasured({ missingSlotCount, estimatedFraction, grade }: EnergyStep): boolean {
  return missingSlotCount === 0 && estimatedFraction === 0 && grade !== "X";
}

/** The largest block; of equals the earliest one. */
function largest(blocks: readonly DemandBlock[]): DemandBlock | null {
  return blocks.reduce<DemandBlock | null>(
    (known, block) => (known !== null && known.powerKw >= block.powerKw ? known : block),
    null,
  );
}
