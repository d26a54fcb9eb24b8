import type { AmountOrigin } from "../contracts/carbon-vocabulary.ts";
import type { CarbonActivity } from "../domain/carbon/activity.ts";
import { type CarbonCalculation, calculateCarbon } from "../domain/carbon/calculate-carbon.ts";
import { type CalculationNote, calculationNotes } from "../domain/carbon/calculation-notes.ts";
import type { FactorCatalogue } from "../domain/carbon/factor-catalogue.ts";
import {
  type CarbonParameters,
  factorSetOrder,
  type ParameterChange,
  parametersAt,
} from "../domain/carbon/interpretation.ts";
import { type OtherGases, otherGases } from "../domain/carbon/other-gases.ts";
import { type AccountUncertainty, accountUncertainty } from "../domain/carbon/uncertainty.ts";
import { DomainError } from "../domain/errors.ts";
import { type Principal, requireRole } from "../domain/principal.ts";
import { localDate, periodInterval } from "../domain/time.ts";
import type { Clock } from "./ports.ts";

export interface CalculateCarbonDependencies {
  readonly factors: FactorCatalogue;
  /** What the park decided where the rules leave a choice. */
  readonly parameterChanges: readonly ParameterChange[];
  readonly timezone: string;
  readonly clock: Clock;
}

/** A trial: activity data somebody entered, and the parameters that it tries instead of the park's. */
export interface CarbonTrial {
  readonly activity: Omit<CarbonActivity, "year">;
  readonly equivalentKgcePerKwh: number | null;
  readonly provincialAllocation: number | null;
  readonly fuelFactorSet: string | null;
  /** Set of warming potentials for other gases than carbon dioxide. */
  readonly gwpSet: string;
  readonly amountOrigin: AmountOrigin;
}

export interface CarbonTrialResult {
  readonly activity: CarbonActivity;
  readonly parameters: CarbonParameters;
  readonly calculation: CarbonCalculation;
  readonly gases: OtherGases;
  readonly uncertainty: {
    readonly park: AccountUncertainty | null;
    readonly location: AccountUncertainty | null;
    readonly market: AccountUncertainty | null;
  };
  readonly notes: readonly CalculationNote[];
}

/**
 * Calculates entered activity data with the code and the parameters of the real accounts (试算).
 * Nothing is read of anybody's meters and nothing is stored.
 *
 * @throws {ForbiddenError} for displays and gateways; {DomainError} as `calculateCarbon`, and
 * `unknown_factor_set`, `gas_stock_grows`, `invalid_period`.
 */
export function calculateCarbonTrial(
  { factors, parameterChanges, timezone, clock }: CalculateCarbonDependencies,
  principal: Principal,
  trial: CarbonTrial,
): CarbonTrialResult {
  requireRole(principal, "manager", "enterprise", "regulator", "auditor", "sysadmin", "secadmin");
  const { period } = trial.activity;
  const { startMs, endMs } = periodInterval(period, timezone);
  const lastMs = endMs - 1;
  const parameters = triedParameters(
    trial,
    factors,
    parametersAt(parameterChanges, localDate(lastMs, timezone)),
  );
  const activity = { ...trial.activity, year: Number(localDate(startMs, timezone).slice(0, 4)) };
  const context = {
    catalogue: factors,
    parameters,
    year: activity.year,
    // A period that is still to come takes what will be in force by its end.
    onDate: localDate(Math.max(lastMs, clock.nowMs()), timezone),
  };
  const calculation = calculateCarbon(activity, context);
  const gases = otherGases(activity, trial.gwpSet, context);
  const { park, location, market } = calculation;
  const { amountOrigin } = trial;
  return {
    activity,
    parameters,
    calculation,
    gases,
    uncertainty: {
      park: accountUncertainty(park.lines, amountOrigin),
      location: accountUncertainty(location.lines, amountOrigin),
      market: accountUncertainty(market.lines, amountOrigin),
    },
    notes: calculationNotes(activity, calculation, gases),
  };
}

function triedParameters(
  trial: CarbonTrial,
  factors: FactorCatalogue,
  ofPark: CarbonParameters,
): CarbonParameters {
  const { fuelFactorSet, equivalentKgcePerKwh, provincialAllocation } = trial;
  const sets = factors.sets("fuel");
  if (fuelFactorSet !== null && !sets.includes(fuelFactorSet)) {
    throw new DomainError("unknown_factor_set", `there is no fuel factor set ${fuelFactorSet}`, {
      pointer: "/fuelFactorSet",
      remedy: `use one of ${sets.join(", ")}`,
    });
  }
  return {
    ...ofPark,
    equivalentKgcePerKwh: equivalentKgcePerKwh ?? ofPark.equivalentKgcePerKwh,
    provincialAllocation: provincialAllocation ?? ofPark.provincialAllocation,
    fuelFactorSets:
      fuelFactorSet === null
        ? ofPark.fuelFactorSets
        : factorSetOrder(fuelFactorSet, ofPark.fuelFactorSets),
  };
}
