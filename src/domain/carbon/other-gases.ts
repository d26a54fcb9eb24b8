import type { Purpose } from "../../contracts/carbon-vocabulary.ts";
import type { AccountContext } from "./emission-line.ts";
import type { UsableFactor } from "./factor.ts";

/** Gas that left, and its warming over 100 years. Never part of a park's core indicator. */
export interface OtherGasEmission {
  readonly gas: string;
  readonly massKg: number;
  readonly gwpSet: string;
  readonly gwpFactorId: string;
  readonly gwpConfirmed: boolean;
  readonly emissionsKgCo2e: number;
}

/** Treatment that waste water goes through; decides how much of it turns into methane. */
export interface WasteWaterActivity {
  readonly volumeM3: number;
  readonly codInKgPerM3: number;
  readonly codOutKgPerM3: number;
  /** COD that leaves with the sludge. */
  readonly sludgeCodKg: number;
  /** Methane that was caught and burnt or used. */
  readonly recoveredCh4Kg: number;
  /** Methane correction factor, measured or chosen from the catalogue. */
  readonly methaneCorrectionFraction: number;
}

/** What came into and left a plant's stock of a refrigerant or of SF6 in the period. */
export interface GasStockActivity {
  readonly gas: string;
  readonly openingKg: number;
  readonly purchasedKg: number;
  readonly closingKg: number;
  readonly recoveredKg: number;
}

/**
 * Methane of waste water:
 *
 *     CH4 = (W × (COD_in − COD_out) − S) × B0 × MCF − R        kg
 *
 * W in m³, COD in kg/m³, S in kg COD, B0 0.25 kg CH4 per kg COD. What is recovered beyond what arises
 * was not measured here and counts as zero, not as a credit.
 *
 * @see sector guideline for food and beverages and for other industries (2013 to 2015).
 */
export function wasteWaterMethaneKg(
  activity: WasteWaterActivity,
  context: AccountContext,
  purpose: Purpose,
): number {
  const { catalogue, year, onDate } = context;
  const ask = { kind: "wastewater", subject: "methane-capacity", purpose, year, onDate } as const;
  const capacity = catalogue.find(ask).factor.value;
  const removedKg = activity.volumeM3 * (activity.codInKgPerM3 - activity.codOutKgPerM3);
  const arisingKg =
    (removedKg - activity.sludgeCodKg) * capacity * activity.methaneCorrectionFraction;
  return Math.max(0, arisingKg - activity.recoveredCh4Kg);
}

/**
 * Refrigerant or SF6 that escaped, from what came in and what is left:
 *
 *     loss = opening + purchased − closing − recovered        kg
 *
 * @see mass balance as in the sector guidelines; not part of 发改环资〔2025〕910号.
 */
export function gasLossKg({
  openingKg,
  purchasedKg,
  closingKg,
  recoveredKg,
}: GasStockActivity): number {
  return Math.max(0, openingKg + purchasedKg - closingKg - recoveredKg);
}

/**
 * Carbon dioxide equivalent of a gas: mass × GWP-100 of the named set. Sets are never mixed.
 *
 * @throws {DomainError} `factor_missing` when the set has no potential of the gas;
 * `factor_purpose_mismatch` for the park indicator, which counts carbon dioxide only.
 */
export function carbonDioxideEquivalent(
  release: { readonly gas: string; readonly massKg: number; readonly gwpSet: string },
  context: AccountContext,
  purpose: Purpose,
): OtherGasEmission {
  const { gas, massKg, gwpSet } = release;
  const { catalogue, year, onDate } = context;
  const ask = { kind: "gwp", subject: gas, sets: [gwpSet], purpose, year, onDate } as const;
  const gwp: UsableFactor = catalogue.find(ask).factor;
  return {
    gas,
    massKg,
    gwpSet,
    gwpFactorId: gwp.id,
    gwpConfirmed: gwp.confirmed,
    emissionsKgCo2e: massKg * gwp.value,
  };
}
