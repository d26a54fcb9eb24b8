/**
 * The words of carbon accounts: what an account is for, and which fuels, materials and media it can
 * name in which units.
 *
 * It is plain data without imports, because domain, contracts and console have to agree on it
 * (docs/decisions/0003-one-device-vocabulary.md). Factors are not vocabulary: they are catalogue
 * files (docs/decisions/0026-factor-catalogue-files.md).
 */

/** What a figure is for. A factor is bound to purposes, and no other purpose may use it. */
export const purposeNames = [
  "NDRC910_PARK",
  "ENTERPRISE_GHG_LOCATION",
  "ENTERPRISE_GHG_MARKET",
  "NF_622",
  "PCF",
  "INTERNAL_HOURLY",
  "ENERGY_2589",
  "HISTORIC_ETS",
  "DISCLOSURE",
] as const;
export type Purpose = (typeof purposeNames)[number];

export const factorKinds = [
  "electricity",
  "electricity-footprint",
  "heat",
  "fuel",
  "density",
  "biogenic-memo",
  "coal-equivalent",
  "process",
  "wastewater",
  "gwp",
] as const;
export type FactorKind = (typeof factorKinds)[number];

/** How sure a figure is; the meaning of each word stands in docs/accounting.md. */
export const evidenceMarks = [
  "official-text",
  "secondary",
  "calculated",
  "proxy",
  "conflicting",
  "memory",
  "convention",
] as const;
export type Evidence = (typeof evidenceMarks)[number];

export const fuelUnits = ["t", "kg", "L", "Nm3", "GJ", "kWh", "MWh"] as const;
export type FuelUnit = (typeof fuelUnits)[number];

export interface FuelCarrierSpec {
  /** Decides how its energy is judged: natural gas and non-fossil fuel are shown apart. */
  readonly family: "coal" | "oil" | "natural-gas" | "industrial-gas" | "hydrogen" | "biogenic";
  /** What its factors are per: gases per normal cubic metre, everything else per kilogram. */
  readonly nativeUnit: "kg" | "Nm3";
  readonly units: readonly FuelUnit[];
  /** Its coal equivalent: published, or the calorific value of its CO2 factor over 29.3076 MJ/kgce. */
  readonly coalEquivalent: "published" | "calorific";
}

const solidUnits = ["t", "kg", "GJ"] as const;
const liquidUnits = ["t", "kg", "L", "GJ"] as const;
const gasUnits = ["Nm3", "GJ"] as const;

const coal: FuelCarrierSpec = {
  family: "coal",
  nativeUnit: "kg",
  units: solidUnits,
  coalEquivalent: "calorific",
};
const oil: FuelCarrierSpec = {
  family: "oil",
  nativeUnit: "kg",
  units: liquidUnits,
  coalEquivalent: "published",
};
const industrialGas: FuelCarrierSpec = {
  family: "industrial-gas",
  nativeUnit: "Nm3",
  units: gasUnits,
  coalEquivalent: "calorific",
};

export const fuelCarriers = {
  "natural-gas": {
    family: "natural-gas",
    nativeUnit: "Nm3",
    units: [...gasUnits, "kWh", "MWh"],
    coalEquivalent: "published",
  },
  lng: { ...oil, family: "natural-gas" },
  lpg: oil,
  diesel: oil,
  gasoline: oil,
  kerosene: oil,
  "fuel-oil": oil,
  "crude-oil": oil,
  methanol: oil,
  "petroleum-coke": { ...oil, units: solidUnits, coalEquivalent: "calorific" },
  "bituminous-coal": coal,
  lignite: coal,
  anthracite: coal,
  "cleaned-coal": coal,
  "other-washed-coal": coal,
  briquette: coal,
  coke: { ...coal, coalEquivalent: "published" },
  "coke-oven-gas": industrialGas,
  "blast-furnace-gas": industrialGas,
  "converter-gas": industrialGas,
  "other-coal-gas": industrialGas,
  hydrogen: {
    family: "hydrogen",
    nativeUnit: "Nm3",
    units: gasUnits,
    coalEquivalent: "published",
  },
  ethanol: { ...oil, family: "biogenic" },
  biogas: {
    family: "biogenic",
    nativeUnit: "Nm3",
    units: gasUnits,
    coalEquivalent: "published",
  },
} as const satisfies Readonly<Record<string, FuelCarrierSpec>>;
export type FuelCarrier = keyof typeof fuelCarriers;
export const fuelCarrierNames = Object.keys(fuelCarriers) as [FuelCarrier, ...FuelCarrier[]];

/** Where heat comes from; only `fossil` carries emissions. */
export const heatOrigins = [
  "fossil",
  "non-fossil",
  "renewable",
  "geothermal",
  "solar",
  "biomass",
  "nuclear",
  "waste-heat",
] as const;
export type HeatOrigin = (typeof heatOrigins)[number];

/** Materials whose processing sets carbon dioxide free, with the names under which people know them. */
export const processMaterials = {
  CaCO3: "CaCO3",
  limestone: "CaCO3",
  MgCO3: "MgCO3",
  dolomite: "dolomite",
  "CaMg(CO3)2": "dolomite",
  Na2CO3: "Na2CO3",
  "soda-ash": "Na2CO3",
  clinker: "clinker",
  lime: "lime",
  carbide: "carbide",
} as const;
export type ProcessMaterial = keyof typeof processMaterials;
export const processMaterialNames = Object.keys(processMaterials) as [
  ProcessMaterial,
  ...ProcessMaterial[],
];

/** Energy media of an enterprise's GB/T 2589 figures and the unit in which each is counted. */
export const energyMedia = {
  "fresh-water": "t",
  "soft-water": "t",
  "deaerated-water": "t",
  "compressed-air": "m3",
  oxygen: "m3",
  "nitrogen-byproduct": "m3",
  "nitrogen-main": "m3",
  "carbon-dioxide-gas": "m3",
  acetylene: "m3",
  "calcium-carbide": "kg",
} as const;
export type EnergyMedium = keyof typeof energyMedia;
export const energyMediumNames = Object.keys(energyMedia) as [EnergyMedium, ...EnergyMedium[]];

/** How waste water is treated; each has a methane correction factor. */
export const wasteWaterTreatments = [
  "food",
  "beverage",
  "anaerobic-reactor",
  "aerobic-well-run",
  "aerobic-overloaded",
] as const;
export type WasteWaterTreatment = (typeof wasteWaterTreatments)[number];

/** How the amounts of an account were determined, which decides how certain they are. */
export const amountOrigins = [
  "legal-meter",
  "sub-meter",
  "invoice",
  "stock-balance",
  "estimate",
] as const;
export type AmountOrigin = (typeof amountOrigins)[number];
