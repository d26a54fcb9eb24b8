import type {
  EnergyMedium,
  FuelCarrier,
  FuelUnit,
  HeatOrigin,
  ProcessMaterial,
  WasteWaterTreatment,
} from "../../contracts/carbon-vocabulary.ts";

/** A green certificate of the user itself, beside those that came with green-power trade. */
export interface Certificate {
  readonly kwh: number;
  /** Year in which its electricity was generated; null: not stated, so it cannot be recognised. */
  readonly generationYear: number | null;
  readonly isCancelled: boolean;
}

/** Electricity of one user over one period, kWh. */
export interface ElectricityActivity {
  /** 下网电量: taken from the public grid, green trade and certificate-backed energy included. */
  readonly offTakeKwh: number;
  /** Received over a direct line from non-fossil plants; not part of the off-take. */
  readonly directKwh: number;
  /** Own non-fossil generation, gross. */
  readonly selfGeneratedKwh: number;
  readonly exportedKwh: number;
  /** Part of the off-take bought as green power. */
  readonly greenTradeKwh: number;
  /** Own or direct energy whose renewable attribute was sold; somebody else claims it. */
  readonly attributeSoldKwh: number;
  readonly certificates: readonly Certificate[];
}

/** Values measured for the fuel that was really burnt; what is null takes the default. */
export interface MeasuredFuel {
  /** Net calorific value per kilogram, or per normal cubic metre of a gas. */
  readonly ncvMj: number | null;
  readonly carbonTPerGj: number | null;
  readonly oxidationFraction: number | null;
}

export interface FuelActivity {
  readonly carrier: FuelCarrier;
  readonly quantity: number;
  readonly unit: FuelUnit;
  /** Feedstock is not burnt: no combustion emissions, but it is energy consumed. */
  readonly use: "combustion" | "feedstock";
  readonly measured: MeasuredFuel | null;
}

export interface HeatActivity {
  readonly origin: HeatOrigin;
  readonly quantityGj: number;
}

export interface ProcessActivity {
  readonly material: ProcessMaterial;
  readonly massT: number;
  /** Part of the mass that is the named substance; null: not stated, all of it counts. */
  readonly purity: number | null;
  /** Part of the substance that decomposes. */
  readonly decompositionFraction: number;
}

export interface MediumActivity {
  readonly medium: EnergyMedium;
  /** In the unit of the medium: tonnes of water, cubic metres of gas, kilograms of carbide. */
  readonly quantity: number;
}

/** Waste water that was treated, and the methane that was caught on the way. */
export interface WasteWaterActivity {
  readonly volumeM3: number;
  readonly codInKgPerM3: number;
  readonly codOutKgPerM3: number;
  /** COD that leaves with the sludge. */
  readonly sludgeCodKg: number;
  /** Methane that was caught and burnt or used. */
  readonly recoveredCh4Kg: number;
  readonly treatment: WasteWaterTreatment;
  /** Measured methane correction factor; null: the default of the treatment. */
  readonly methaneCorrectionFraction: number | null;
}

/** What came into and left a stock of a refrigerant or of SF6 in the period. */
export interface GasStockActivity {
  readonly gas: string;
  readonly openingKg: number;
  readonly purchasedKg: number;
  readonly closingKg: number;
  readonly recoveredKg: number;
}

/** Everything that one user consumed and made in one period. */
export interface CarbonActivity {
  /** `2026`, `2026-11` or `2026-11-22`. */
  readonly period: string;
  readonly year: number;
  readonly electricity: ElectricityActivity;
  readonly fuels: readonly FuelActivity[];
  readonly heat: readonly HeatActivity[];
  readonly processes: readonly ProcessActivity[];
  readonly media: readonly MediumActivity[];
  readonly wasteWater: readonly WasteWaterActivity[];
  readonly gasStocks: readonly GasStockActivity[];
}
