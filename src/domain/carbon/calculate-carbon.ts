import type { Purpose } from "../../contracts/carbon-vocabulary.ts";
import type { CarbonActivity } from "./activity.ts";
import { type ComprehensiveEnergy, comprehensiveEnergy } from "./comprehensive-energy.ts";
import { type ElectricityBalance, electricityBalance } from "./electricity-balance.ts";
import {
  locationElectricityLines,
  marketElectricityLines,
  parkElectricityLines,
} from "./electricity-emissions.ts";
import {
  type AccountContext,
  type EmissionLine,
  type PurposeAccount,
  totalEmissionsKgCo2,
} from "./emission-line.ts";
import { fuelLines } from "./fuel-combustion.ts";
import { heatLines } from "./heat-emissions.ts";
import { type NonFossilElectricity, nonFossilElectricity } from "./non-fossil-electricity.ts";
import { nonFossilKwh, type ParkIndicator, parkIndicator } from "./park-indicator.ts";
import { processLines } from "./process-emissions.ts";

/** One user's carbon and energy in one period, for every purpose side by side. */
export interface CarbonCalculation {
  readonly energy: ComprehensiveEnergy;
  readonly balance: ElectricityBalance;
  readonly park: PurposeAccount;
  readonly indicator: ParkIndicator;
  readonly location: PurposeAccount;
  readonly market: PurposeAccount;
  readonly nonFossil: NonFossilElectricity;
}

/**
 * Energy and carbon dioxide of one period from its activity data:
 *
 *     E = Σ fuels + Σ processes + Σ heat + electricity as the purpose sees it
 *
 * The same fuels, processes and heat stand in every purpose; the purposes differ in electricity and in
 * which factors they accept. Carbon dioxide only: other gases are kept apart.
 *
 * @throws {DomainError} `factor_missing`, `factor_purpose_mismatch`, `unit_mismatch` and the codes of
 * the electricity balance, each with the place in the request.
 * @see 发改环资〔2025〕910号 annex 4: E_park = E_energy + E_process.
 */
export function calculateCarbon(
  activity: CarbonActivity,
  context: AccountContext,
): CarbonCalculation {
  const balance = electricityBalance(activity.electricity, context.year);
  const clean = nonFossilKwh(balance);
  const energy = comprehensiveEnergy(
    activity,
    { nonFossilKwh: clean, otherKwh: balance.residualKwh + balance.attributeSoldKwh },
    context,
  );
  const account = (purpose: Purpose, electricity: readonly EmissionLine[]): PurposeAccount => {
    const lines = [
      ...fuelLines(activity.fuels, purpose, context),
      ...processLines(activity.processes, purpose, context),
      ...heatLines(activity.heat, purpose, context),
      ...electricity,
    ];
    return { purpose, emissionsKgCo2: totalEmissionsKgCo2(lines), lines };
  };
  const park = account("NDRC910_PARK", parkElectricityLines(balance, context));
  const residualLines = park.lines.filter(
    ({ kind, factorValue }) => kind === "electricity" && factorValue > 0,
  );
  const indicator = parkIndicator(
    {
      emissionsKgCo2: park.emissionsKgCo2,
      energy,
      balance,
      residualKgCo2PerKwh: residualLines[0]?.factorValue ?? null,
      residualElectricityKgCo2: totalEmissionsKgCo2(residualLines),
    },
    context.parameters,
  );
  return {
    energy,
    balance,
    park,
    indicator,
    location: account("ENTERPRISE_GHG_LOCATION", locationElectricityLines(balance, context)),
    market: account("ENTERPRISE_GHG_MARKET", marketElectricityLines(balance, context)),
    nonFossil: nonFossilElectricity(balance, context.parameters),
  };
}
