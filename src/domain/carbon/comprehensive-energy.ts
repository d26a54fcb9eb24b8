import { energyMedia, fuelCarriers } from "../../contracts/carbon-vocabulary.ts";
import { mjPerGj } from "../units.ts";
import type { CarbonActivity, FuelActivity, MediumActivity } from "./activity.ts";
import { fuelProperties } from "./coal-equivalent.ts";
import type { AccountContext } from "./emission-line.ts";
import type { UsableFactor } from "./factor.ts";
import { nativeQuantity } from "./fuel-quantity.ts";

/** One energy that was consumed, in standard coal. */
export interface EnergyLine {
  readonly source: string;
  readonly quantity: number;
  readonly unit: string;
  /** Factor of the calorific figure. */
  readonly factorId: string;
  readonly confirmed: boolean;
  readonly calorificKgce: number;
  /** The same, except that electricity counts with what a power plant burns for it. */
  readonly equivalentKgce: number;
  /** How it counts in the share of clean energy; null: it does not. */
  readonly clean: "non-fossil" | "natural-gas" | null;
  readonly isFeedstock: boolean;
}

export interface ComprehensiveEnergy {
  /** Without energy media. */
  readonly calorificKgce: number;
  readonly equivalentKgce: number;
  readonly lines: readonly EnergyLine[];
  /** Energy media: part of an enterprise's figures under GB/T 2589, never of a park's. */
  readonly mediaKgce: number;
  readonly mediaLines: readonly EnergyLine[];
  /** Coal equivalent of electricity that was used, and where it comes from. */
  readonly equivalentKgcePerKwh: number;
  readonly equivalentFactorId: string | null;
}

/** Electricity that was consumed, parted by whether it counts as non-fossil. */
export interface ConsumedElectricity {
  readonly nonFossilKwh: number;
  readonly otherKwh: number;
}

/**
 * Comprehensive energy consumption (综合能源消费量), in kgce:
 *
 *     E = Σ fuel × k + electricity × k_el + heat × 34.12 kgce/GJ
 *
 * k_el is 0.1229 kgce/kWh for the calorific figure (当量值) and the equivalent value (等价值) for the
 * other. All energy really consumed counts, green power and feedstock included. Energy media come
 * apart, because in a park they would count the electricity that made them twice (D11).
 *
 * @throws {DomainError} `factor_missing`, `unit_mismatch`.
 * @see GB/T 2589-2020; 发改环资〔2025〕910号 annex 3: electricity at its equivalent value. No document
 * prints that value, so the default is a proxy (D2).
 */
export function comprehensiveEnergy(
  activity: Pick<CarbonActivity, "fuels" | "heat" | "media">,
  electricity: ConsumedElectricity,
  context: AccountContext,
): ComprehensiveEnergy {
  const equivalent = equivalentValue(context);
  const lines = [
    ...activity.fuels.flatMap((fuel, index) => fuelEnergy(fuel, context, `/fuels/${index}`)),
    ...electricityEnergy(electricity, equivalent.kgcePerKwh, context),
    ...heatEnergy(activity.heat, context),
  ];
  const mediaLines = activity.media.flatMap((medium, index) =>
    mediumEnergy(medium, context, `/energyMedia/${index}/medium`),
  );
  return {
    calorificKgce: sum(lines.map((line) => line.calorificKgce)),
    equivalentKgce: sum(lines.map((line) => line.equivalentKgce)),
    lines,
    mediaKgce: sum(mediaLines.map((line) => line.calorificKgce)),
    mediaLines,
    equivalentKgcePerKwh: equivalent.kgcePerKwh,
    equivalentFactorId: equivalent.factorId,
  };
}

/**
 * Heat in steam: m × (h − 83.74 kJ/kg), in GJ; feed water of 20 °C is the usual reference.
 *
 * `massT` in tonnes, `enthalpyKjPerKg` from the steam tables; kJ/kg is the same as MJ/t.
 *
 * @see customary in the Chinese sector guidelines; the reference of 83.74 kJ/kg is not confirmed.
 */
export function steamHeatGj(massT: number, enthalpyKjPerKg: number): number {
  const feedWaterKjPerKg = 83.74;
  return (massT * (enthalpyKjPerKg - feedWaterKjPerKg)) / mjPerGj;
}

function fuelEnergy(
  fuel: FuelActivity,
  context: AccountContext,
  pointer: string,
): readonly EnergyLine[] {
  if (fuel.quantity === 0) return [];
  const { coal, ncvMjPerNative } = fuelProperties(fuel, "NDRC910_PARK", context, pointer);
  const place = { pointer, ncvMjPerNative };
  const kgce = nativeQuantity(fuel, "ENERGY_2589", context, place) * coal.kgcePerNative;
  return [
    {
      source: fuel.carrier,
      quantity: fuel.quantity,
      unit: fuel.unit,
      factorId: coal.factorId,
      confirmed: coal.confirmed,
      calorificKgce: kgce,
      equivalentKgce: kgce,
      clean: cleanliness(fuelCarriers[fuel.carrier].family),
      isFeedstock: fuel.use === "feedstock",
    },
  ];
}

/** Hydrogen is a carrier whose making may be fossil, so it is not clean by itself. */
function cleanliness(family: string): EnergyLine["clean"] {
  if (family === "biogenic") return "non-fossil";
  return family === "natural-gas" ? "natural-gas" : null;
}

function electricityEnergy(
  { nonFossilKwh, otherKwh }: ConsumedElectricity,
  equivalentKgcePerKwh: number,
  context: AccountContext,
): readonly EnergyLine[] {
  const parts = [
    { source: "non-fossil-electricity", kwh: nonFossilKwh, clean: "non-fossil" as const },
    { source: "other-electricity", kwh: otherKwh, clean: null },
  ].filter(({ kwh }) => kwh > 0);
  if (parts.length === 0) return [];
  const calorific = energyFactor("electricity-calorific", context, "/electricity");
  return parts.map(({ source, kwh, clean }) => ({
    source,
    quantity: kwh,
    unit: "kWh",
    factorId: calorific.id,
    confirmed: calorific.confirmed,
    calorificKgce: kwh * calorific.value,
    equivalentKgce: kwh * equivalentKgcePerKwh,
    clean,
    isFeedstock: false,
  }));
}

/** Non-fossil heat has no emissions but is energy all the same, and clean (D16). */
function heatEnergy(heat: CarbonActivity["heat"], context: AccountContext): readonly EnergyLine[] {
  return heat.flatMap(({ origin, quantityGj }, index) => {
    if (quantityGj === 0) return [];
    const factor = energyFactor("heat", context, `/heat/${index}`);
    const kgce = quantityGj * (factor.value * mjPerGj);
    return [
      {
        source: `heat-${origin}`,
        quantity: quantityGj,
        unit: "GJ",
        factorId: factor.id,
        confirmed: factor.confirmed,
        calorificKgce: kgce,
        equivalentKgce: kgce,
        clean: origin === "fossil" ? null : ("non-fossil" as const),
        isFeedstock: false,
      },
    ];
  });
}

function mediumEnergy(
  { medium, quantity }: MediumActivity,
  context: AccountContext,
  pointer: string,
): readonly EnergyLine[] {
  if (quantity === 0) return [];
  const factor = energyFactor(medium, context, pointer);
  const kgce = quantity * factor.value;
  return [
    {
      source: medium,
      quantity,
      unit: energyMedia[medium],
      factorId: factor.id,
      confirmed: factor.confirmed,
      calorificKgce: kgce,
      equivalentKgce: kgce,
      clean: null,
      isFeedstock: false,
    },
  ];
}

function equivalentValue(context: AccountContext): {
  readonly kgcePerKwh: number;
  readonly factorId: string | null;
} {
  const { equivalentKgcePerKwh } = context.parameters;
  if (equivalentKgcePerKwh !== null) return { kgcePerKwh: equivalentKgcePerKwh, factorId: null };
  // A parameter with a year, not a figure of the account's year: the newest proxy serves all (D2).
  const { catalogue, onDate } = context;
  const ask = { kind: "coal-equivalent", purpose: "ENERGY_2589", year: null, onDate } as const;
  const proxy = catalogue.find({ ...ask, subject: "electricity-equivalent" }).factor;
  return { kgcePerKwh: proxy.value, factorId: proxy.id };
}

function energyFactor(subject: string, context: AccountContext, pointer: string): UsableFactor {
  const { catalogue, year, onDate } = context;
  const ask = { kind: "coal-equivalent", subject, purpose: "ENERGY_2589", year, onDate } as const;
  return catalogue.find({ ...ask, pointer }).factor;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
