import type { Purpose } from "../../contracts/carbon-vocabulary.ts";
import { kgPerT } from "../units.ts";
import type { HeatActivity } from "./activity.ts";
import { type AccountContext, type EmissionLine, lineFactor } from "./emission-line.ts";

/**
 * Carbon dioxide of heat received, one line each:
 *
 *     emissionsKgCo2 = heat × HF        heat in GJ, HF 0.11 t CO2/GJ for fossil heat, 0 for all other
 *
 * @throws {DomainError} `factor_missing`.
 * @see 发改环资〔2025〕910号 annex 4 (E_heat): default of fossil heat, zero for non-fossil heat.
 */
export function heatLines(
  heat: readonly HeatActivity[],
  purpose: Purpose,
  { catalogue, year, onDate }: AccountContext,
): readonly EmissionLine[] {
  return heat.flatMap(({ origin, quantityGj }, index) => {
    if (quantityGj === 0) return [];
    const subject = origin === "fossil" ? "fossil" : "non-fossil";
    const pointer = `/heat/${index}/origin`;
    const found = catalogue.find({ kind: "heat", subject, purpose, year, onDate, pointer });
    return [
      {
        kind: "heat" as const,
        source: `heat-${origin}`,
        quantity: quantityGj,
        unit: "GJ",
        ...lineFactor(found),
        emissionsKgCo2: quantityGj * found.factor.value * kgPerT,
        memo: null,
        measuredInputs: [],
      },
    ];
  });
}
