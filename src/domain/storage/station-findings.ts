import type { StationEnergies, StationPeriod } from "./station-indicators.ts";

/** Two meter readings that cannot both be right. */
export interface StationFinding {
  readonly code:
    | "charge-above-import"
    | "export-above-discharge"
    | "auxiliary-above-difference"
    | "charge-dc-above-ac"
    | "discharge-ac-above-dc"
    | "gain-in-converters"
    | "gain-in-batteries";
  /** By how much, beyond the tolerance of the meters. */
  readonly excessKwh: number;
}

/** Energy meters of class 0.5 on either side. */
const meterToleranceFraction = 0.01;

/**
 * Meters that contradict each other: more comes out somewhere than goes in, by more than 1 % of the
 * larger energy. Then a meter, a multiplier or a clock is wrong, and no efficiency of the period can be
 * trusted. Pairs with an unknown energy are not compared.
 *
 * A storage that ends emptier than it began may give more than it took; the difference is allowed for.
 */
export function stationFindings(period: StationPeriod): readonly StationFinding[] {
  const e = period.energies;
  const drawnKwh = Math.max(0, -(period.storedRiseKwh ?? 0));
  const auxiliaryKwh = derivedKwh(e);
  const comparisons: readonly Comparison[] = [
    { code: "charge-above-import", smallerKwh: e.chargeKwh, largerKwh: e.gridImportKwh },
    { code: "export-above-discharge", smallerKwh: e.gridExportKwh, largerKwh: e.dischargeKwh },
    {
      code: "auxiliary-above-difference",
      smallerKwh: e.auxiliaryKwh,
      largerKwh: auxiliaryKwh,
      scaleKwh: e.gridImportKwh,
    },
    { code: "charge-dc-above-ac", smallerKwh: e.chargeDcKwh, largerKwh: e.chargeKwh },
    { code: "discharge-ac-above-dc", smallerKwh: e.dischargeKwh, largerKwh: e.dischargeDcKwh },
    {
      code: "gain-in-converters",
      smallerKwh: e.dischargeKwh,
      largerKwh: e.chargeKwh === null ? null : e.chargeKwh + drawnKwh,
    },
    {
      code: "gain-in-batteries",
      smallerKwh: e.dischargeDcKwh,
      largerKwh: e.chargeDcKwh === null ? null : e.chargeDcKwh + drawnKwh,
    },
  ];
  return comparisons.flatMap(({ code, smallerKwh, largerKwh, scaleKwh }) => {
    if (smallerKwh === null || largerKwh === null) return [];
    const toleranceKwh = meterToleranceFraction * Math.max(smallerKwh, scaleKwh ?? largerKwh);
    const excessKwh = smallerKwh - largerKwh - toleranceKwh;
    return excessKwh > 0 ? [{ code, excessKwh }] : [];
  });
}

interface Comparison {
  readonly code: StationFinding["code"];
  readonly smallerKwh: number | null;
  readonly largerKwh: number | null;
  /** Energy that the tolerance is a share of, when it is not the larger one. */
  readonly scaleKwh?: number | null;
}

function derivedKwh(e: StationEnergies): number | null {
  const { gridImportKwh, gridExportKwh, chargeKwh, dischargeKwh } = e;
  if (gridImportKwh === null || gridExportKwh === null) return null;
  if (chargeKwh === null || dischargeKwh === null) return null;
  return gridImportKwh - chargeKwh + (dischargeKwh - gridExportKwh);
}
