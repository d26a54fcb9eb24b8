import { fuelCarriers, type Purpose } from "../../contracts/carbon-vocabulary.ts";
import { DomainError } from "../errors.ts";
import { kgPerT, kwhPerMwh, mjPerGj, mjPerKwh } from "../units.ts";
import type { FuelActivity } from "./activity.ts";
import type { AccountContext } from "./emission-line.ts";

/**
 * The amount of a fuel in its native unit: kilograms, or normal cubic metres of a gas.
 *
 * Litres need a density; energy units are divided by `ncvMjPerNative`, so that a fuel gives the same
 * figures in whichever unit it is entered.
 *
 * @throws {DomainError} `unit_mismatch` when the carrier is not measured in the unit;
 * `factor_missing` when the density or the calorific value that the unit needs is not known.
 */
export function nativeQuantity(
  fuel: Pick<FuelActivity, "carrier" | "quantity" | "unit">,
  purpose: Purpose,
  context: AccountContext,
  place: { readonly pointer: string; readonly ncvMjPerNative: number | null },
): number {
  const { carrier, quantity, unit } = fuel;
  const spec = fuelCarriers[carrier];
  if (!(spec.units as readonly string[]).includes(unit)) {
    throw new DomainError("unit_mismatch", `${carrier} is not measured in ${unit}`, {
      pointer: `${place.pointer}/unit`,
      remedy: `use one of ${spec.units.join(", ")}`,
    });
  }
  switch (unit) {
    case "t":
      return quantity * kgPerT;
    case "kg":
    case "Nm3":
      return quantity;
    case "L":
      return quantity * densityKgPerL(carrier, purpose, context, place.pointer);
    case "GJ":
      return (quantity * mjPerGj) / knownNcv(carrier, place);
    case "kWh":
      return (quantity * mjPerKwh) / knownNcv(carrier, place);
    case "MWh":
      return (quantity * kwhPerMwh * mjPerKwh) / knownNcv(carrier, place);
  }
}

function densityKgPerL(
  carrier: string,
  purpose: Purpose,
  { catalogue, year, onDate }: AccountContext,
  pointer: string,
): number {
  const ask = { kind: "density", subject: carrier, purpose, year, onDate } as const;
  return catalogue.find({ ...ask, pointer: `${pointer}/unit` }).factor.value;
}

function knownNcv(
  carrier: string,
  place: { readonly pointer: string; readonly ncvMjPerNative: number | null },
): number {
  if (place.ncvMjPerNative !== null && place.ncvMjPerNative > 0) return place.ncvMjPerNative;
  throw new DomainError(
    "factor_missing",
    `there is no calorific value of ${carrier} to turn its energy into an amount`,
    { pointer: `${place.pointer}/unit`, remedy: "enter the amount in mass or volume" },
  );
}
