import type { CarbonTrial, CarbonTrialResult } from "../../app/calculate-carbon.ts";
import type { InterpretationInForce } from "../../app/query-parameters.ts";
import type {
  CarbonCalculationBody,
  CarbonCalculationPost,
  EmissionLineBody,
} from "../../contracts/carbon.ts";
import type { FactorBody } from "../../contracts/factors.ts";
import type { ParameterBody } from "../../contracts/parameters.ts";
import type {
  ElectricityActivity,
  FuelActivity,
  MeasuredFuel,
} from "../../domain/carbon/activity.ts";
import type { EnergyLine } from "../../domain/carbon/comprehensive-energy.ts";
import type { EmissionLine, PurposeAccount } from "../../domain/carbon/emission-line.ts";
import type { Factor } from "../../domain/carbon/factor.ts";
import type { AccountUncertainty } from "../../domain/carbon/uncertainty.ts";

/** The request with everything that it leaves out filled in: amounts with 0, lists with nothing. */
export function carbonTrial(post: CarbonCalculationPost): CarbonTrial {
  return {
    equivalentKgcePerKwh: post.equivalentKgcePerKwh ?? null,
    provincialAllocation: post.provincialAllocation ?? null,
    fuelFactorSet: post.fuelFactorSet ?? null,
    gwpSet: post.gwpSet ?? "AR5",
    amountOrigin: post.amountOrigin ?? "estimate",
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
      wasteWater: (post.wasteWater ?? []).map(wasteWaterOf),
      gasStocks: (post.gasStocks ?? []).map(
        ({ gas, openingKg, purchasedKg, closingKg, recoveredKg }) => ({
          gas: gas ?? "",
          openingKg: openingKg ?? 0,
          purchasedKg: purchasedKg ?? 0,
          closingKg: closingKg ?? 0,
          recoveredKg: recoveredKg ?? 0,
        }),
      ),
    },
  };
}

function wasteWaterOf(entry: NonNullable<CarbonCalculationPost["wasteWater"]>[number]) {
  return {
    volumeM3: entry.volumeM3 ?? 0,
    codInKgPerM3: entry.codInKgPerM3 ?? 0,
    codOutKgPerM3: entry.codOutKgPerM3 ?? 0,
    sludgeCodKg: entry.sludgeCodKg ?? 0,
    recoveredCh4Kg: entry.recoveredCh4Kg ?? 0,
    treatment: entry.treatment ?? "anaerobic-reactor",
    methaneCorrectionFraction: entry.methaneCorrectionFraction ?? null,
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
  const { activity, parameters, calculation, gases, uncertainty, notes } = result;
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
      NDRC910_PARK: { ...indicatorBody, ...account(calculation.park, uncertainty.park) },
      ENTERPRISE_GHG_LOCATION: account(calculation.location, uncertainty.location),
      ENTERPRISE_GHG_MARKET: account(calculation.market, uncertainty.market),
      NF_622: nonFossil,
    },
    otherGases: { ...gases, lines: [...gases.lines] },
    notes: [...notes],
  };
}

function account(
  { emissionsKgCo2, lines }: PurposeAccount,
  uncertainty: AccountUncertainty | null,
) {
  return { emissionsKgCo2, uncertainty, lines: lines.map(emissionLine) };
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

export function parameterBody(interpretation: InterpretationInForce): ParameterBody {
  const { parameters: _parameters, values, ...rest } = interpretation;
  return {
    ...rest,
    values: values.map(({ parameter, value, change }) => ({
      parameter,
      value: typeof value === "object" && value !== null ? [...value] : value,
      isDefault: change === null,
      validFrom: change?.validFrom ?? null,
      source: change?.source ?? null,
    })),
  };
}
