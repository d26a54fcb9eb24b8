import { kgcePerTce, kgPerT, kwhPerMwh } from "../units.ts";
import type { ComprehensiveEnergy } from "./comprehensive-energy.ts";
import type { ElectricityBalance } from "./electricity-balance.ts";
import type { CarbonParameters } from "./interpretation.ts";

/** The limit of a park's size and whether a document prints it. */
export interface ParkLimit {
  readonly limitTCo2PerTce: number;
  readonly limitStatus: "printed" | "threshold_unconfirmed";
}

/** What is missing to the limit; negative distances lie inside it. */
export interface DistanceToLimit {
  readonly allowedKgCo2: number;
  /** Emissions above what is allowed. */
  readonly excessKgCo2: number;
  /** Residual electricity that would still be allowed; negative: covering all of it is not enough. */
  readonly residualAllowedKwh: number;
  /** Residual electricity to cover by direct supply, trade or certificates; null: cannot suffice. */
  readonly coverNeededKwh: number | null;
  /** The same in whole certificates of one megawatt hour. */
  readonly certificatesNeeded: number | null;
}

export interface ParkIndicator extends ParkLimit {
  readonly emissionsKgCo2: number;
  /** Comprehensive energy at the equivalent value; the denominator. */
  readonly energyKgce: number;
  /** 单位能耗碳排放; null without consumption. */
  readonly intensityTCo2PerTce: number | null;
  /** Provisional while the limit is unconfirmed; null without consumption. */
  readonly meetsLimit: boolean | null;
  readonly directSupplyFraction: number | null;
  /** Direct supply reaches the half that the method asks for in principle. */
  readonly meetsDirectSupply: boolean | null;
  /** Judged figure: non-fossil energy only (D9). */
  readonly cleanEnergyFractionStrict: number | null;
  readonly cleanEnergyFractionWithGas: number | null;
  /** 绿电占比: non-fossil electricity in all electricity. */
  readonly greenElectricityFraction: number | null;
  readonly distance: DistanceToLimit | null;
}

const smallTierTce = 200_000;
const largeTierTce = 1_000_000;
const directSupplyFractionMin = 0.5;
/** Limits are printed with one digit; what differs in the sixteenth has the same size. */
const toleranceFraction = 1e-12;

/**
 * The limit that fits a park's yearly consumption: 0.2 tCO2/tce from 200,000 tce, 0.3 from
 * 1,000,000 tce. Nothing is printed below, where the park is judged provisionally (D3).
 *
 * @see 发改环资〔2025〕910号 annex 3, core indicator.
 */
function parkLimit(energyKgce: number, parameters: CarbonParameters): ParkLimit {
  const energyTce = energyKgce / kgcePerTce;
  if (energyTce >= largeTierTce) return { limitTCo2PerTce: 0.3, limitStatus: "printed" };
  if (energyTce >= smallTierTce) return { limitTCo2PerTce: 0.2, limitStatus: "printed" };
  return {
    limitTCo2PerTce: parameters.provisionalLimitTCo2PerTce,
    limitStatus: "threshold_unconfirmed",
  };
}

/** What the indicator is made of. */
export interface IndicatorParts {
  readonly emissionsKgCo2: number;
  readonly energy: ComprehensiveEnergy;
  readonly balance: ElectricityBalance;
  /** Factor of the residual electricity; null when there was none. */
  readonly residualKgCo2PerKwh: number | null;
  readonly residualElectricityKgCo2: number;
}

/**
 * The core indicator of a national zero-carbon park and what stands beside it:
 *
 *     I                 = E_park / C_park                              tCO2/tce = kgCO2/kgce
 *     direct supply     = (direct + self-used) / all electricity
 *     clean, strict     = (non-fossil electricity and heat, biogenic fuel) / C_park
 *     clean, with gas   = (the same + natural gas) / C_park
 *
 * C_park takes electricity at its equivalent value and counts all energy really consumed. Ratios of
 * nothing are null. The definition of clean energy is open; both are shown and the strict one judged.
 *
 * @see 发改环资〔2025〕910号 annexes 3 and 4; D3, D5, D9, D10, D16.
 */
export function parkIndicator(parts: IndicatorParts, parameters: CarbonParameters): ParkIndicator {
  const { emissionsKgCo2, balance } = parts;
  const counted = parts.energy.lines.filter(
    ({ isFeedstock }) => parameters.isFeedstockCounted || !isFeedstock,
  );
  const energyKgce = kgceOf(counted);
  const nonFossilKgce = kgceOf(counted.filter(({ clean }) => clean === "non-fossil"));
  const gasKgce = kgceOf(counted.filter(({ clean }) => clean === "natural-gas"));
  const limit = parkLimit(energyKgce, parameters);
  const intensity = ratio(emissionsKgCo2, energyKgce);
  const directSupplyFraction = ratio(directSupplyKwh(balance, parameters), balance.consumptionKwh);
  return {
    emissionsKgCo2,
    energyKgce,
    intensityTCo2PerTce: intensity,
    ...limit,
    meetsLimit: intensity === null ? null : isAtMost(intensity, limit.limitTCo2PerTce),
    directSupplyFraction,
    meetsDirectSupply:
      directSupplyFraction === null
        ? null
        : isAtMost(directSupplyFractionMin, directSupplyFraction),
    cleanEnergyFractionStrict: ratio(nonFossilKgce, energyKgce),
    cleanEnergyFractionWithGas: ratio(nonFossilKgce + gasKgce, energyKgce),
    greenElectricityFraction: ratio(nonFossilKwh(balance), balance.consumptionKwh),
    distance: energyKgce > 0 ? distanceToLimit(parts, energyKgce, limit.limitTCo2PerTce) : null,
  };
}

/** Non-fossil electricity in the consumption: own, direct, traded and certificate-backed, kWh. */
export function nonFossilKwh(balance: ElectricityBalance): number {
  const { selfUsedKwh, directUsedKwh, greenTradeKwh, certificates } = balance;
  return selfUsedKwh + directUsedKwh + greenTradeKwh + certificates.recognisedKwh;
}

function directSupplyKwh(balance: ElectricityBalance, parameters: CarbonParameters): number {
  const { selfUsedKwh, directUsedKwh } = balance;
  return parameters.isSelfUseDirectSupply ? selfUsedKwh + directUsedKwh : directUsedKwh;
}

/** What the residual electricity would have to come down to, everything else being as it is. */
function distanceToLimit(
  parts: IndicatorParts,
  energyKgce: number,
  limitTCo2PerTce: number,
): DistanceToLimit {
  const allowedKgCo2 = limitTCo2PerTce * (energyKgce / kgcePerTce) * kgPerT;
  const excessKgCo2 = parts.emissionsKgCo2 - allowedKgCo2;
  const residualKwh = parts.balance.residualKwh + parts.balance.attributeSoldKwh;
  const { residualKgCo2PerKwh } = parts;
  if (residualKgCo2PerKwh === null || residualKgCo2PerKwh === 0) {
    const isInside = excessKgCo2 <= toleranceFraction * allowedKgCo2;
    const none = isInside ? 0 : null;
    return {
      allowedKgCo2,
      excessKgCo2,
      residualAllowedKwh: 0,
      coverNeededKwh: none,
      certificatesNeeded: none,
    };
  }
  const otherKgCo2 = parts.emissionsKgCo2 - parts.residualElectricityKgCo2;
  const residualAllowedKwh = (allowedKgCo2 - otherKgCo2) / residualKgCo2PerKwh;
  const coverKwh = Math.max(0, residualKwh - residualAllowedKwh);
  const coverNeededKwh = residualAllowedKwh < 0 ? null : coverKwh;
  return {
    allowedKgCo2,
    excessKgCo2,
    residualAllowedKwh,
    coverNeededKwh,
    certificatesNeeded: coverNeededKwh === null ? null : Math.ceil(coverNeededKwh / kwhPerMwh),
  };
}

function kgceOf(lines: ComprehensiveEnergy["lines"]): number {
  let totalKgce = 0;
  for (const line of lines) totalKgce += line.equivalentKgce;
  return totalKgce;
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

function isAtMost(value: number, limit: number): boolean {
  return value <= limit * (1 + toleranceFraction);
}
