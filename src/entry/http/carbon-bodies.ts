import type { CarbonTrial, CarbonTrialResult } from "../../app/calculate-carbon.ts";
import type {
  CarbonCalculationBody,
  CarbonCalculationPost,
  EmissionLineBody,
} from "../../contracts/carbon.ts";
import type { FactorBody } from "../../contracts/factors.ts";
import type {
  ElectricityActivity,
  FuelActivity,
  MeasuredFuel,
} from "../../domain/carbon/activity.ts";
import type { EnergyLine } from "../../domain/carbon/comprehensive-energy.ts";
import type { EmissionLine, PurposeAccount } from "../../domain/carbon/emission-line.ts";
import type { Factor } from "../../domain/carbon/factor.ts";

/** The request with everything that it leaves out filled in: amounts with 0, lists with nothing. */
export function carbonTrial(post: CarbonCalculationPost): CarbonTrial {
  return {
    equivalentKgcePerKwh: post.equivalentKgcePerKwh ?? null,
    provincialAllocation: post.provincialAllocation ?? null,
    fuelFactorSet: post.fuelFactorSet ?? null,
    activity: {
      period: post.period,
      electricity: electricityOf(post.electricity ?? {}),
      fuels: (post.fuels ?? []).map(fuelOf),
      // An entry without an amount says nothing, so it does not matter what it would be of.
      heat: (post.heat ?? []).map(({ origin, quantityGj }) => ({
        origin: origin ?? "fossil",
        quantityGj: quantityGj ?? 0,
      })),
      processes: (post.processes ?? []).map((process) => ({
        material: process.material ?? "CaCO3",
        massT: process.massT ?? 0,
        purity: process.purity ?? null,
        decompositionFraction: process.decompositionFraction ?? 1,
      })),
      media: (post.energyMedia ?? []).map(({ medium, quantity }) => ({
        medium: medium ?? "fresh-water",
        quantity: quantity ?? 0,
      })),
    },
  };
}

function electricityOf(entry: NonNullable<CarbonCalculationPost["electricity"]>) {
  const electricity: ElectricityActivity = {
    offTakeKwh: entry.offTakeKwh ?? 0,
    directKwh: entry.directKwh ?? 0,
    selfGeneratedKwh: entry.selfGeneratedKwh ?? 0,
    exportedKwh: entry.exportedKwh ?? 0,
    greenTradeKwh: entry.greenTradeKwh ?? 0,
    attributeSoldKwh: entry.attributeSoldKwh ?? 0,
    certificates: (entry.certificates ?? []).map(({ kwh, generationYear, cancelled }) => ({
      kwh: kwh ?? 0,
      generationYear: generationYear ?? null,
      isCancelled: cancelled ?? false,
    })),
  };
  return electricity;
}

function fuelOf(entry: NonNullable<CarbonCalculationPost["fuels"]>[number]): FuelActivity {
  const carrier = entry.carrier ?? "diesel";
  return {
    carrier,
    quantity: entry.quantity ?? 0,
    unit: entry.unit ?? "t",
    use: entry.use ?? "combustion",
    measured: measuredOf(entry.measured ?? {}),
  };
}

function measuredOf(
  entry: NonNullable<NonNullable<CarbonCalculationPost["fuels"]>[number]["measured"]>,
): MeasuredFuel | null {
  const { ncvMj = null, carbonTPerGj = null, oxidationFraction = null } = entry;
  const isEmpty = ncvMj === null && carbonTPerGj === null && oxidationFraction === null;
  return isEmpty ? null : { ncvMj, carbonTPerGj, oxidationFraction };
}

export function carbonBody(result: CarbonTrialResult): CarbonCalculationBody {
  const { activity, parameters, calculation, notes } = result;
  const { energy, balance, indicator, nonFossil } = calculation;
  const { eligibleKwh, recognisedKwh, unusedKwh, refused } = balance.certificates;
  const { energyKgce: _energyKgce, ...indicatorBody } = indicator;
  return {
    period: activity.period,
    origin: "entered",
    parameters: {
      equivalentKgcePerKwh: energy.equivalentKgcePerKwh,
      equivalentFactorId: energy.equivalentFactorId,
      provincialAllocation: parameters.provincialAllocation,
      fuelFactorSets: [...parameters.fuelFactorSets],
      residualFactor: parameters.residualFactor,
    },
    energy: {
      equivalentKgce: energy.equivalentKgce,
      calorificKgce: energy.calorificKgce,
      mediaKgce: energy.mediaKgce,
      lines: energy.lines.map(energyLine),
      mediaLines: energy.mediaLines.map(energyLine),
    },
    certificates: {
      ...{ recognisedKwh, unusedKwh, eligibleKwh },
      residualKwh: balance.residualKwh,
      refused: [...refused],
    },
    electricity: {
      consumptionKwh: balance.consumptionKwh,
      selfUsedKwh: balance.selfUsedKwh,
      directUsedKwh: balance.directUsedKwh,
      greenTradeKwh: balance.greenTradeKwh,
      attributeSoldKwh: balance.attributeSoldKwh,
    },
    purposes: {
      NDRC910_PARK: { ...indicatorBody, lines: calculation.park.lines.map(emissionLine) },
      ENTERPRISE_GHG_LOCATION: account(calculation.location),
      ENTERPRISE_GHG_MARKET: account(calculation.market),
      NF_622: nonFossil,
    },
    notes: [...notes],
  };
}

function account({ emissionsKgCo2, lines }: PurposeAccount) {
  return { emissionsKgCo2, lines: lines.map(emissionLine) };
}

function emissionLine({ factorSet, kind, ...line }: EmissionLine): EmissionLineBody {
  return {
    ...line,
    kind,
    fuelFactorSet: kind === "fuel" ? factorSet : null,
    measuredInputs: [...line.measuredInputs],
  };
}

function energyLine({ clean: _clean, ...line }: EnergyLine) {
  return line;
}

export function factorBody({ dataYear, purposes, ...factor }: Factor): FactorBody {
  return { ...factor, year: dataYear, purposes: [...purposes] };
}
