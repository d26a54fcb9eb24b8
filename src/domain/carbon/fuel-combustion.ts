import { fuelCarriers, type Purpose } from "../../contracts/carbon-vocabulary.ts";
import type { FuelActivity } from "./activity.ts";
import { fuelProperties } from "./coal-equivalent.ts";
import type { AccountContext, EmissionLine } from "./emission-line.ts";
import { nativeQuantity } from "./fuel-quantity.ts";

/**
 * Carbon dioxide of fuels burnt, one line each:
 *
 *     emissionsKgCo2 = amount × EF          amount in kg or Nm³, EF in kg CO2 per kg or Nm³
 *
 * Feedstock is not burnt and carries no combustion emissions. Biogenic fuel counts zero; its carbon
 * dioxide is a memo beside the total. Fuels of quantity zero have no line and need no factor.
 *
 * @throws {DomainError} `factor_missing`, `unit_mismatch`, `measured_not_applicable`.
 * @see 发改环资〔2025〕910号 annex 4: E_fuel = Σ AD × EF, without feedstock and material use.
 */
export function fuelLines(
  fuels: readonly FuelActivity[],
  purpose: Purpose,
  context: AccountContext,
): readonly EmissionLine[] {
  return fuels.flatMap((fuel, index) =>
    fuel.quantity === 0 || fuel.use === "feedstock"
      ? []
      : [fuelLine(fuel, purpose, context, `/fuels/${index}`)],
  );
}

function fuelLine(
  fuel: FuelActivity,
  purpose: Purpose,
  context: AccountContext,
  pointer: string,
): EmissionLine {
  const { emission, ncvMjPerNative } = fuelProperties(fuel, purpose, context, pointer);
  const amount = nativeQuantity(fuel, purpose, context, { pointer, ncvMjPerNative });
  const isBiogenic = fuelCarriers[fuel.carrier].family === "biogenic";
  return {
    kind: "fuel",
    source: fuel.carrier,
    quantity: fuel.quantity,
    unit: fuel.unit,
    ...emission.line,
    emissionsKgCo2: amount * emission.kgCo2PerNative,
    memo: isBiogenic ? { biogenicKgCo2: biogenicKgCo2(fuel, purpose, context, amount) } : null,
    measuredInputs: emission.measuredInputs,
  };
}

/** Null when no factor says how much: a memo without a figure is better than an invented one. */
function biogenicKgCo2(
  { carrier }: FuelActivity,
  purpose: Purpose,
  { catalogue }: AccountContext,
  amountKg: number,
): number | null {
  const factor = catalogue.current.find(
    ({ kind, subject, purposes }) =>
      kind === "biogenic-memo" && subject === carrier && purposes.includes(purpose),
  );
  const isPerMass = fuelCarriers[carrier].nativeUnit === "kg" && factor?.unit === "tCO2/t";
  return factor?.value == null || !isPerMass ? null : amountKg * factor.value;
}
