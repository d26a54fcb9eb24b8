import type { QualityBody } from "../../contracts/energy.ts";
import type { MeterBody } from "../../contracts/registry.ts";

/** Quarter hours of all meters by how well they are known. */
export interface QualityTotals {
  readonly expected: number;
  readonly measured: number;
  readonly estimated: number;
  readonly missing: number;
}

export function qualityTotals(body: QualityBody | null): QualityTotals | null {
  if (body === null || body.items.length === 0) return null;
  let [expected, measured, estimated, missing] = [0, 0, 0, 0];
  for (const item of body.items) {
    expected += item.slotsExpected;
    measured += item.slotsMeasured;
    estimated += item.slotsEstimated;
    missing += item.slotsMissing;
  }
  return expected === 0 ? null : { expected, measured, estimated, missing };
}

export interface CarrierCoverage {
  readonly carrier: MeterBody["carrier"];
  readonly meterCount: number;
  /** Measured share of the meters' quarter hours. */
  readonly fraction: number;
}

/** Coverage of each carrier, those with the most meters first. */
export function coverageByCarrier(
  body: QualityBody | null,
  meters: readonly MeterBody[],
): readonly CarrierCoverage[] {
  const carrierOf = new Map(meters.map(({ id, carrier }) => [id, carrier]));
  const sums = new Map<
    MeterBody["carrier"],
    { count: number; measured: number; expected: number }
  >();
  for (const { meterId, slotsMeasured, slotsExpected } of body?.items ?? []) {
    const carrier = carrierOf.get(meterId);
    if (carrier === undefined) continue;
    const sum = sums.get(carrier) ?? { count: 0, measured: 0, expected: 0 };
    sum.count += 1;
    sum.measured += slotsMeasured;
    sum.expected += slotsExpected;
    sums.set(carrier, sum);
  }
  return [...sums]
    .filter(([, { expected }]) => expected > 0)
    .map(([carrier, { count, measured, expected }]) => ({
      carrier,
      meterCount: count,
      fraction: measured / expected,
    }))
    .sort((a, b) => b.meterCount - a.meterCount);
}
