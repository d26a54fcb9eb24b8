import { type Purpose, processMaterials } from "../../contracts/carbon-vocabulary.ts";
import { kgPerT } from "../units.ts";
import type { ProcessActivity } from "./activity.ts";
import { type AccountContext, type EmissionLine, lineFactor } from "./emission-line.ts";

/**
 * Carbon dioxide set free by processing, one line each:
 *
 *     emissionsKgCo2 = mass × purity × decomposition × EF        mass in kg, EF in kg CO2 per kg
 *
 * For carbonates EF is stoichiometric, per tonne of the pure substance; for products (clinker, lime,
 * carbide) it is per tonne of conforming product. A purity that is not stated counts as 1, which is
 * the most that can be set free.
 *
 * @throws {DomainError} `factor_missing`.
 * @see 发改环资〔2025〕910号 annex 4 (E_process): factors follow existing data, with a written note.
 */
export function processLines(
  processes: readonly ProcessActivity[],
  purpose: Purpose,
  { catalogue, year, onDate }: AccountContext,
): readonly EmissionLine[] {
  return processes.flatMap((process, index) => {
    if (process.massT === 0) return [];
    const subject = processMaterials[process.material];
    const pointer = `/processes/${index}/material`;
    const found = catalogue.find({ kind: "process", subject, purpose, year, onDate, pointer });
    const substanceT = process.massT * (process.purity ?? 1) * process.decompositionFraction;
    return [
      {
        kind: "process" as const,
        source: process.material,
        quantity: process.massT,
        unit: "t",
        ...lineFactor(found),
        emissionsKgCo2: substanceT * found.factor.value * kgPerT,
        memo: null,
        measuredInputs: [],
      },
    ];
  });
}
