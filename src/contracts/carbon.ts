import { z } from "zod";
import {
  amountOrigins,
  energyMediumNames,
  fuelCarrierNames,
  fuelUnits,
  heatOrigins,
  processMaterialNames,
  wasteWaterTreatments,
} from "./carbon-vocabulary.ts";

/** Beyond this a figure is a slip: all the world's electricity of a decade in kWh is below it. */
const amountMax = 1e15;

const amount = (unit: string) =>
  z.number().nonnegative().max(amountMax).nullish().describe(`${unit}; absent or null: 0`);
const fraction = (meaning: string) => z.number().min(0).max(1).nullish().describe(meaning);

const CarbonPeriod = z
  .string()
  .regex(/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/, "write 2026, 2026-11 or 2026-11-22")
  .describe("year, month or day in park time");

const CertificateEntry = z.strictObject({
  kwh: amount("kWh, 1,000 per certificate"),
  generationYear: z.int().min(0).max(9999).nullish().describe("year of generation"),
  cancelled: z.boolean().nullish().describe("核销"),
});

const ElectricityEntry = z.strictObject({
  offTakeKwh: amount(
    "下网电量, kWh: contains green trade and certificate-backed energy, excludes the direct line",
  ),
  directKwh: amount("received over a direct line from non-fossil plants, kWh"),
  selfGeneratedKwh: amount("own non-fossil generation, gross, kWh"),
  exportedKwh: amount("kWh, taken from own generation first, then from the direct line"),
  greenTradeKwh: amount("part of the off-take bought as green power, kWh"),
  attributeSoldKwh: amount("own or direct energy whose renewable attribute was sold, kWh"),
  certificates: z
    .array(CertificateEntry)
    .max(10_000)
    .nullish()
    .describe("single certificates of this user, on top of the green trade"),
});

const MeasuredFuelEntry = z.strictObject({
  ncvMj: z.number().positive().max(200).nullish().describe("MJ per kg, of a gas per Nm3"),
  carbonTPerGj: z.number().positive().max(0.2).nullish(),
  oxidationFraction: fraction("0 to 1"),
});

const FuelEntry = z.strictObject({
  carrier: z.enum(fuelCarrierNames).nullish(),
  quantity: amount("in the unit beside it"),
  unit: z.enum(fuelUnits).nullish(),
  use: z.enum(["combustion", "feedstock"]).nullish().describe("default combustion"),
  measured: MeasuredFuelEntry.nullish().describe("measured values, which beat the defaults"),
});

const HeatEntry = z.strictObject({
  origin: z.enum(heatOrigins).nullish(),
  quantityGj: amount("GJ"),
});

const ProcessEntry = z.strictObject({
  material: z.enum(processMaterialNames).nullish(),
  massT: amount("t"),
  purity: fraction("part of the mass that is the named substance; absent: 1"),
  decompositionFraction: fraction("part of the substance that decomposes; absent: 1"),
});

const MediumEntry = z.strictObject({
  medium: z.enum(energyMediumNames).nullish(),
  quantity: amount("t of water, m3 of gas, kg of carbide"),
});

const WasteWaterEntry = z.strictObject({
  volumeM3: amount("m3 treated"),
  codInKgPerM3: amount("kg/m3"),
  codOutKgPerM3: amount("kg/m3"),
  sludgeCodKg: amount("COD that leaves with the sludge, kg"),
  recoveredCh4Kg: amount("methane caught and burnt or used, kg"),
  treatment: z.enum(wasteWaterTreatments).nullish(),
  methaneCorrectionFraction: fraction("measured; absent: the default of the treatment"),
});

const GasStockEntry = z.strictObject({
  gas: z.string().min(1).max(32).nullish().describe("such as R-410A or SF6"),
  openingKg: amount("kg"),
  purchasedKg: amount("kg"),
  closingKg: amount("kg"),
  recoveredKg: amount("kg"),
});

/** An entry with an amount has to say what it is an amount of. */
function named<Entry extends z.ZodType>(entry: Entry, quantity: string, ...names: string[]) {
  return entry.superRefine((value, context) => {
    const fields = value as Readonly<Record<string, unknown>>;
    if ((fields[quantity] ?? 0) === 0) return;
    for (const name of names.filter((field) => fields[field] == null)) {
      const message = `${quantity} is given, so ${name} is needed`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  });
}

/** Body of `POST /api/v1/carbon/calculations`. Every group and field except `period` may be left out. */
export const CarbonCalculationPost = z.strictObject({
  period: CarbonPeriod,
  equivalentKgcePerKwh: z
    .number()
    .nonnegative()
    .max(10)
    .nullish()
    .describe("equivalent value of electricity instead of the park's"),
  provincialAllocation: fraction("provincial allocation coefficient instead of the park's"),
  fuelFactorSet: z.string().max(32).nullish().describe("prov2025, ndrc24 or a later set"),
  electricity: ElectricityEntry.nullish(),
  fuels: z
    .array(named(FuelEntry, "quantity", "carrier", "unit"))
    .max(1000)
    .nullish(),
  heat: z
    .array(named(HeatEntry, "quantityGj", "origin"))
    .max(1000)
    .nullish(),
  processes: z
    .array(named(ProcessEntry, "massT", "material"))
    .max(1000)
    .nullish(),
  energyMedia: z
    .array(named(MediumEntry, "quantity", "medium"))
    .max(1000)
    .nullish()
    .describe("water, compressed air and the like: enterprise figures under GB/T 2589 only"),
  wasteWater: z
    .array(named(WasteWaterEntry, "volumeM3", "treatment"))
    .max(1000)
    .nullish(),
  gasStocks: z
    .array(named(named(GasStockEntry, "openingKg", "gas"), "purchasedKg", "gas"))
    .max(1000)
    .nullish()
    .describe("refrigerants and SF6: enterprise inventories only"),
  gwpSet: z.string().min(1).max(32).nullish().describe("SAR, AR5 or AR6; absent: AR5"),
  amountOrigin: z
    .enum(amountOrigins)
    .nullish()
    .describe("how the amounts were determined, for the uncertainty; absent: estimate"),
});
export type CarbonCalculationPost = z.infer<typeof CarbonCalculationPost>;

const nullableNumber = z.number().nullable();

const EmissionLineBody = z.object({
  kind: z.enum(["fuel", "process", "electricity", "heat"]),
  source: z.string(),
  quantity: z.number(),
  unit: z.string(),
  factorId: z.string(),
  factorVersion: z.string().nullable().describe("catalogue@version; null: wholly measured"),
  factorValue: z.number(),
  factorUnit: z.string(),
  factorYear: z.int().nullable(),
  isFallbackYear: z.boolean().describe("nothing is published for the year of the account"),
  fuelFactorSet: z.string().nullable(),
  evidence: z.string(),
  confirmed: z.boolean(),
  measuredInputs: z.array(z.string()),
  emissionsKgCo2: z.number(),
  memo: z
    .object({ biogenicKgCo2: nullableNumber })
    .nullable()
    .describe("carbon dioxide of biogenic fuel, outside the total"),
});
export type EmissionLineBody = z.infer<typeof EmissionLineBody>;

const EnergyLineBody = z.object({
  source: z.string(),
  quantity: z.number(),
  unit: z.string(),
  factorId: z.string(),
  confirmed: z.boolean(),
  calorificKgce: z.number(),
  equivalentKgce: z.number(),
  isFeedstock: z.boolean(),
});

const account = {
  emissionsKgCo2: z.number().describe("carbon dioxide only"),
  uncertainty: z
    .object({ uncertaintyFraction: z.number(), tier: z.enum(["high", "medium", "low"]) })
    .nullable()
    .describe("null for a total of zero"),
  lines: z.array(EmissionLineBody),
};

const ParkPurposeBody = z.object({
  emissionsKgCo2: account.emissionsKgCo2,
  intensityTCo2PerTce: nullableNumber.describe("null without consumption"),
  limitTCo2PerTce: z.number(),
  limitStatus: z.enum(["printed", "threshold_unconfirmed"]),
  meetsLimit: z.boolean().nullable(),
  directSupplyFraction: nullableNumber,
  meetsDirectSupply: z.boolean().nullable().describe("at least one half, in principle"),
  cleanEnergyFractionStrict: nullableNumber.describe("non-fossil only; this one is judged"),
  cleanEnergyFractionWithGas: nullableNumber,
  greenElectricityFraction: nullableNumber,
  distance: z
    .object({
      allowedKgCo2: z.number(),
      excessKgCo2: z.number(),
      residualAllowedKwh: z.number(),
      coverNeededKwh: nullableNumber.describe("null: covering all residual power is not enough"),
      certificatesNeeded: z.int().nullable(),
    })
    .nullable(),
  uncertainty: account.uncertainty,
  lines: account.lines,
});

/** Answer of `POST /api/v1/carbon/calculations`. */
export const CarbonCalculationBody = z.object({
  period: z.string(),
  origin: z.literal("entered").describe("figures that somebody entered, not metered ones"),
  parameters: z.object({
    equivalentKgcePerKwh: z.number(),
    equivalentFactorId: z.string().nullable().describe("null: entered or decided by the park"),
    provincialAllocation: nullableNumber,
    fuelFactorSets: z.array(z.string()),
    residualFactor: z.string(),
  }),
  energy: z.object({
    equivalentKgce: z.number().describe("等价: electricity at its equivalent value"),
    calorificKgce: z.number().describe("当量: electricity at 0.1229 kgce/kWh"),
    mediaKgce: z.number().describe("energy media, in neither of the two sums"),
    lines: z.array(EnergyLineBody),
    mediaLines: z.array(EnergyLineBody),
  }),
  certificates: z.object({
    recognisedKwh: z.number(),
    unusedKwh: z.number(),
    residualKwh: z.number(),
    eligibleKwh: z.number(),
    refused: z.array(
      z.object({
        index: z.int(),
        kwh: z.number(),
        reason: z.enum(["not_cancelled", "other_year", "year_unknown"]),
      }),
    ),
  }),
  electricity: z.object({
    consumptionKwh: z.number(),
    selfUsedKwh: z.number(),
    directUsedKwh: z.number(),
    greenTradeKwh: z.number(),
    attributeSoldKwh: z.number(),
  }),
  purposes: z.object({
    NDRC910_PARK: ParkPurposeBody,
    ENTERPRISE_GHG_LOCATION: z.object(account),
    ENTERPRISE_GHG_MARKET: z.object(account),
    NF_622: z.object({
      nonFossilKwh: z.number(),
      nonFossilFraction: nullableNumber,
      physicalKwh: z.number(),
      energyTradeKwh: z.number(),
      certificateKwh: z.number(),
      allocationKwh: z.number(),
      provincialAllocation: nullableNumber,
    }),
  }),
  otherGases: z
    .object({
      gwpSet: z.string(),
      emissionsKgCo2e: z.number(),
      lines: z.array(
        z.object({
          source: z.string(),
          gas: z.string(),
          massKg: z.number(),
          gwpSet: z.string(),
          factorId: z.string(),
          factorValue: z.number(),
          confirmed: z.boolean(),
          emissionsKgCo2e: z.number(),
        }),
      ),
    })
    .describe("for enterprise inventories, beside their carbon dioxide; never in the park's"),
  notes: z.array(z.object({ id: z.string(), zh: z.string(), en: z.string() })),
});
export type CarbonCalculationBody = z.infer<typeof CarbonCalculationBody>;
