import type { Purpose } from "../../contracts/carbon-vocabulary.ts";
import { DomainError } from "../errors.ts";
import type { CarbonActivity, GasStockActivity, WasteWaterActivity } from "./activity.ts";
import type { AccountContext } from "./emission-line.ts";

/** A gas that left, and its warming over 100 years. Never part of a park's core indicator. */
export interface OtherGasLine {
  readonly source: string;
  readonly gas: string;
  readonly massKg: number;
  readonly gwpSet: string;
  readonly factorId: string;
  readonly factorValue: number;
  readonly confirmed: boolean;
  readonly emissionsKgCo2e: number;
}

export interface OtherGases {
  readonly gwpSet: string;
  readonly emissionsKgCo2e: number;
  readonly lines: readonly OtherGasLine[];
}

/** Sums of weighed amounts may differ by their rounding. */
const toleranceFraction = 1e-9;
/** Other gases belong to the inventories of enterprises, which agree in them. */
const inventory: Purpose = "ENTERPRISE_GHG_LOCATION";

/**
 * Methane of waste water, refrigerants and SF6 of an enterprise, in one set of warming potentials.
 *
 * Entries of amount zero have no line.
 *
 * @throws {DomainError} `factor_missing` when the set has no potential of a gas; `gas_stock_grows`.
 * @see sector guidelines of 2013 to 2015; outside of 发改环资〔2025〕910号, which counts CO2 only.
 */
export function otherGases(
  activity: Pick<CarbonActivity, "wasteWater" | "gasStocks">,
  gwpSet: string,
  context: AccountContext,
): OtherGases {
  const lines = [
    ...activity.wasteWater.flatMap((entry, index) => {
      if (entry.volumeM3 === 0) return [];
      const massKg = wasteWaterMethaneKg(entry, context, `/wasteWater/${index}/treatment`);
      return warming({ source: "waste-water", gas: "CH4", massKg, gwpSet }, context, "/gwpSet");
    }),
    ...activity.gasStocks.flatMap((entry, index) => {
      const pointer = `/gasStocks/${index}`;
      const massKg = gasLossKg(entry, pointer);
      const { gas } = entry;
      if (entry.openingKg + entry.purchasedKg === 0) return [];
      return warming({ source: "gas-stock", gas, massKg, gwpSet }, context, `${pointer}/gas`);
    }),
  ];
  let emissionsKgCo2e = 0;
  for (const line of lines) emissionsKgCo2e += line.emissionsKgCo2e;
  return { gwpSet, emissionsKgCo2e, lines };
}

/**
 * Methane of waste water:
 *
 *     CH4 = (W × (COD_in − COD_out) − S) × B0 × MCF − R        kg, never below 0
 *
 * W in m³, COD in kg/m³, S in kg COD, B0 0.25 kg CH4 per kg COD, MCF measured or the default of the
 * treatment. What is recovered beyond what arises was not measured here and earns no credit.
 *
 * @see sector guideline for food and beverages and for other industries (2013 to 2015).
 */
function wasteWaterMethaneKg(
  activity: WasteWaterActivity,
  { catalogue, year, onDate }: AccountContext,
  pointer: string,
): number {
  const ask = { kind: "wastewater", purpose: inventory, year, onDate, pointer } as const;
  const capacity = catalogue.find({ ...ask, subject: "methane-capacity" }).factor.value;
  const correction =
    activity.methaneCorrectionFraction ??
    catalogue.find({ ...ask, subject: `methane-correction.${activity.treatment}` }).factor.value;
  const removedKg = activity.volumeM3 * (activity.codInKgPerM3 - activity.codOutKgPerM3);
  const arisingKg = (removedKg - activity.sludgeCodKg) * capacity * correction;
  return Math.max(0, arisingKg - activity.recoveredCh4Kg);
}

/**
 * Refrigerant or SF6 that escaped, from what came in and what is left:
 *
 *     loss = opening + purchased − closing − recovered        kg
 *
 * @throws {DomainError} `gas_stock_grows` when more is left and recovered than came in.
 * @see mass balance as in the sector guidelines; not part of 发改环资〔2025〕910号.
 */
function gasLossKg(activity: GasStockActivity, pointer: string): number {
  const { openingKg, purchasedKg, closingKg, recoveredKg } = activity;
  const inKg = openingKg + purchasedKg;
  const outKg = closingKg + recoveredKg;
  if (outKg > inKg * (1 + toleranceFraction)) {
    throw new DomainError(
      "gas_stock_grows",
      `${outKg} kg of ${activity.gas} are left or recovered, but only ${inKg} kg came in`,
      { pointer: `${pointer}/closingKg`, remedy: "enter every purchase of the period" },
    );
  }
  return Math.max(0, inKg - outKg);
}

/**
 * Carbon dioxide equivalent of a gas: mass × GWP-100 of the named set. Sets are never mixed.
 *
 * @throws {DomainError} `factor_missing` when the set has no potential of the gas.
 */
function warming(
  release: Pick<OtherGasLine, "source" | "gas" | "massKg" | "gwpSet">,
  { catalogue, year, onDate }: AccountContext,
  pointer: string,
): OtherGasLine {
  const { gas, gwpSet } = release;
  const ask = { kind: "gwp", subject: gas, sets: [gwpSet], purpose: inventory } as const;
  const { factor } = catalogue.find({ ...ask, year, onDate, pointer });
  return {
    ...release,
    factorId: factor.id,
    factorValue: factor.value,
    confirmed: factor.confirmed,
    emissionsKgCo2e: release.massKg * factor.value,
  };
}
