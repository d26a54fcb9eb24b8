import type { Evidence, Purpose } from "../../contracts/carbon-vocabulary.ts";
import type { FactorCatalogue, FoundFactor } from "./factor-catalogue.ts";
import type { CarbonParameters } from "./interpretation.ts";

/** What every part of an account needs to know besides its activity data. */
export interface AccountContext {
  readonly catalogue: FactorCatalogue;
  readonly parameters: CarbonParameters;
  readonly year: number;
  /** Day on which the account is made, `YYYY-MM-DD`. */
  readonly onDate: string;
}

/** The factor of a line with everything that a reader has to know about it. */
export interface LineFactor {
  readonly factorId: string;
  /** Catalogue and version, such as `published@1`; null when the factor is wholly measured. */
  readonly factorVersion: string | null;
  readonly factorValue: number;
  readonly factorUnit: string;
  readonly factorYear: number | null;
  readonly isFallbackYear: boolean;
  readonly factorSet: string | null;
  readonly evidence: Evidence | "measured";
  readonly confirmed: boolean;
}

/** One row of an account: emissionsKgCo2 = quantity × factor, in consistent units. */
export interface EmissionLine extends LineFactor {
  readonly kind: "fuel" | "process" | "electricity" | "heat";
  readonly source: string;
  /** As entered. */
  readonly quantity: number;
  readonly unit: string;
  readonly emissionsKgCo2: number;
  /** Carbon dioxide of biogenic fuel, outside every total; null where it is unknown. */
  readonly memo: { readonly biogenicKgCo2: number | null } | null;
  /** Inputs that were measured instead of taken from the factor. */
  readonly measuredInputs: readonly string[];
}

export interface PurposeAccount {
  readonly purpose: Purpose;
  readonly emissionsKgCo2: number;
  readonly lines: readonly EmissionLine[];
}

/** What a line says about a factor that was taken from the catalogue as it is. */
export function lineFactor({ factor, isFallbackYear }: FoundFactor): LineFactor {
  return {
    factorId: factor.id,
    factorVersion: `${factor.catalogue}@${factor.version}`,
    factorValue: factor.value,
    factorUnit: factor.unit,
    factorYear: factor.dataYear,
    isFallbackYear,
    factorSet: factor.set,
    evidence: factor.evidence,
    confirmed: factor.confirmed,
  };
}

/**
 * Adds lines up in their order, so that recomputation gives the same bits.
 *
 * Memo items are not in the sum.
 */
export function totalEmissionsKgCo2(lines: readonly EmissionLine[]): number {
  let totalKgCo2 = 0;
  for (const line of lines) totalKgCo2 += line.emissionsKgCo2;
  return totalKgCo2;
}
