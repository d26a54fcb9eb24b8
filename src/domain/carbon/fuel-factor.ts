import { type FuelCarrier, fuelCarriers, type Purpose } from "../../contracts/carbon-vocabulary.ts";
import { DomainError } from "../errors.ts";
import { kgPerT, kjPerMj, mjPerGj, nm3PerTenThousand } from "../units.ts";
import type { FuelActivity, MeasuredFuel } from "./activity.ts";
import { type AccountContext, type LineFactor, lineFactor } from "./emission-line.ts";
import type { Factor, UsableFactor } from "./factor.ts";
import type { FoundFactor } from "./factor-catalogue.ts";

/** The CO2 factor of a fuel per native unit: a kilogram, or a normal cubic metre of a gas. */
export interface FuelFactor {
  readonly kgCo2PerNative: number;
  /** Net calorific value; null when neither the factor nor a measurement gives one. */
  readonly ncvMjPerNative: number | null;
  readonly line: LineFactor;
  readonly measuredInputs: readonly string[];
}

/** Mass of carbon dioxide that a mass of carbon burns to. */
const co2PerCarbon = 44 / 12;

/**
 * The factor of a fuel for a purpose. Measured values beat every default:
 *
 *     EF = NCV × CC × OF × 44/12        NCV in GJ, CC in tC/GJ, OF a fraction
 *
 * Without measured values the published EF counts as printed. Biogenic fuel counts zero in totals.
 *
 * @throws {DomainError} `factor_missing` when no set has the fuel and the measured values do not
 * suffice; `measured_not_applicable` when a fuel without carbon inputs is given measured ones.
 * @see 发改环资〔2025〕910号 annex 4 (E_fuel); default inputs 省级温室气体清单编制指南（2025） and the sector
 * guidelines of 2013 to 2015.
 */
export function fuelFactor(
  fuel: Pick<FuelActivity, "carrier" | "measured">,
  purpose: Purpose,
  context: AccountContext,
  pointer: string,
): FuelFactor {
  const measured = measuredOf(fuel.measured);
  if (measured.length === 3) return whollyMeasured(fuel.measured as MeasuredFuel, fuel.carrier);
  const found = findFuel(fuel.carrier, purpose, context, pointer);
  if (measured.length === 0) return published(found);
  return partlyMeasured(found, fuel.measured as MeasuredFuel, measured, pointer);
}

function findFuel(
  carrier: FuelCarrier,
  purpose: Purpose,
  context: AccountContext,
  pointer: string,
): FoundFactor {
  const { catalogue, parameters, year, onDate } = context;
  const ask = { kind: "fuel", purpose, year, onDate, pointer } as const;
  if (fuelCarriers[carrier].family === "biogenic") {
    return catalogue.find({ ...ask, subject: "biogenic" });
  }
  // What holds no carbon is in no set: its factor follows from what it is.
  if (carrier === "hydrogen") return catalogue.find({ ...ask, subject: carrier });
  return catalogue.find({ ...ask, subject: carrier, sets: parameters.fuelFactorSets });
}

function published(found: FoundFactor): FuelFactor {
  return {
    kgCo2PerNative: kgCo2PerNative(found.factor),
    ncvMjPerNative: ncvMjPerNative(found.factor),
    line: lineFactor(found),
    measuredInputs: [],
  };
}

function whollyMeasured(measured: MeasuredFuel, carrier: FuelCarrier): FuelFactor {
  const [ncvMj, carbonTPerGj, oxidation] = [
    measured.ncvMj ?? 0,
    measured.carbonTPerGj ?? 0,
    measured.oxidationFraction ?? 0,
  ];
  const perNative = combustionKgCo2(ncvMj, carbonTPerGj, oxidation);
  return {
    kgCo2PerNative: perNative,
    ncvMjPerNative: ncvMj,
    line: {
      factorId: "measured",
      factorVersion: null,
      factorValue: perNative,
      factorUnit: `kgCO2/${fuelCarriers[carrier].nativeUnit}`,
      factorYear: null,
      isFallbackYear: false,
      factorSet: null,
      evidence: "measured",
      confirmed: true,
    },
    measuredInputs: measuredOf(measured),
  };
}

function partlyMeasured(
  found: FoundFactor,
  measured: MeasuredFuel,
  names: readonly string[],
  pointer: string,
): FuelFactor {
  const { factor } = found;
  const defaultNcvMj = ncvMjPerNative(factor);
  const { carbonTPerGj = null, oxidationFraction = null } = factor.inputs ?? {};
  if (defaultNcvMj === null || carbonTPerGj === null || oxidationFraction === null) {
    throw new DomainError(
      "measured_not_applicable",
      `${factor.id} is not made of calorific value, carbon content and oxidation, so measured values cannot replace one of them`,
      { pointer, remedy: "leave the measured values out, or give all three" },
    );
  }
  const ncvMj = measured.ncvMj ?? defaultNcvMj;
  const perNative = combustionKgCo2(
    ncvMj,
    measured.carbonTPerGj ?? carbonTPerGj,
    measured.oxidationFraction ?? oxidationFraction,
  );
  return {
    kgCo2PerNative: perNative,
    ncvMjPerNative: ncvMj,
    line: {
      ...lineFactor(found),
      factorValue: perNative,
      factorUnit: `kgCO2/${nativeUnitOf(factor)}`,
    },
    measuredInputs: names,
  };
}

/** kg CO2 of an amount with `ncvMj`: MJ × tC/GJ = kgC, because both scales differ by 1000. */
function combustionKgCo2(ncvMj: number, carbonTPerGj: number, oxidationFraction: number): number {
  const carbonKg = (ncvMj / mjPerGj) * carbonTPerGj * kgPerT;
  return carbonKg * oxidationFraction * co2PerCarbon;
}

function measuredOf(measured: MeasuredFuel | null): readonly string[] {
  if (measured === null) return [];
  return Object.entries(measured)
    .filter(([, value]) => value !== null)
    .map(([name]) => name);
}

/** kg CO2 per kilogram or normal cubic metre; t per t is kg per kg. */
function kgCo2PerNative(factor: UsableFactor): number {
  if (factor.unit === "tCO2/t") return factor.value;
  if (factor.unit === "tCO2/10^4Nm3") return (factor.value * kgPerT) / nm3PerTenThousand;
  throw new Error(`${factor.id} has the unit ${factor.unit}, which is not one of a fuel`);
}

function nativeUnitOf(factor: Factor): "kg" | "Nm3" {
  return factor.unit === "tCO2/10^4Nm3" ? "Nm3" : "kg";
}

/** Net calorific value in MJ per kilogram or normal cubic metre; null when the factor has none. */
export function ncvMjPerNative({ inputs }: Factor): number | null {
  if (inputs === null) return null;
  switch (inputs.ncvUnit) {
    case "GJ/t":
      return inputs.ncv;
    case "GJ/10^4Nm3":
      return (inputs.ncv * mjPerGj) / nm3PerTenThousand;
    case "kJ/kg":
    case "kJ/m3":
    case "kJ/kWh":
      return inputs.ncv / kjPerMj;
  }
}
