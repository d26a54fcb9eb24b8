import { fuelCarriers, type Purpose } from "../../contracts/carbon-vocabulary.ts";
import { mjPerKgce } from "../units.ts";
import type { FuelActivity } from "./activity.ts";
import type { AccountContext } from "./emission-line.ts";
import type { UsableFactor } from "./factor.ts";
import { type FuelFactor, fuelFactor, ncvMjPerNative } from "./fuel-factor.ts";

/** kgce of a kilogram or normal cubic metre of a fuel, and where the figure stands. */
export interface CoalEquivalent {
  readonly kgcePerNative: number;
  readonly factorId: string;
  readonly confirmed: boolean;
}

/** What a fuel is per native unit: its energy, and its carbon dioxide where a purpose asks for it. */
export interface FuelProperties {
  readonly emission: FuelFactor;
  readonly coal: CoalEquivalent;
  /** To turn energy units into an amount. */
  readonly ncvMjPerNative: number | null;
}

/**
 * Emission factor and coal equivalent of a fuel, from one gas or one coal:
 *
 *     k = NCV / 29.3076 MJ per kgce
 *
 * Coals and industrial gases take the NCV of their CO2 factor, because a table value for another coal
 * would let energy and carbon describe two fuels. Natural gas is 1.33 kgce/Nm³ and oils have the
 * published k, which was calculated the same way. A measured NCV replaces both.
 *
 * @throws {DomainError} `factor_missing`.
 * @see GB/T 2589-2020, annex A; 29,307.6 kJ per kgce.
 */
export function fuelProperties(
  fuel: Pick<FuelActivity, "carrier" | "measured">,
  purpose: Purpose,
  context: AccountContext,
  pointer: string,
): FuelProperties {
  const emission = fuelFactor(fuel, purpose, context, `${pointer}/carrier`);
  const measuredNcvMj = fuel.measured?.ncvMj ?? null;
  const isCalorific = fuelCarriers[fuel.carrier].coalEquivalent === "calorific";
  if (emission.ncvMjPerNative !== null && (isCalorific || measuredNcvMj !== null)) {
    const { factorId, confirmed } = emission.line;
    const kgcePerNative = emission.ncvMjPerNative / mjPerKgce;
    return {
      emission,
      coal: { kgcePerNative, factorId, confirmed },
      ncvMjPerNative: emission.ncvMjPerNative,
    };
  }
  const factor = publishedEquivalent(fuel.carrier, context, `${pointer}/carrier`);
  return {
    emission,
    coal: { kgcePerNative: factor.value, factorId: factor.id, confirmed: factor.confirmed },
    ncvMjPerNative: emission.ncvMjPerNative ?? ncvMjPerNative(factor),
  };
}

/** A published coal equivalent of the comprehensive energy that every purpose shares. */
function publishedEquivalent(
  subject: string,
  { catalogue, year, onDate }: AccountContext,
  pointer: string,
): UsableFactor {
  const ask = { kind: "coal-equivalent", purpose: "ENERGY_2589", year, onDate, pointer } as const;
  return catalogue.find({ ...ask, subject }).factor;
}
