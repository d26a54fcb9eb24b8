import type { ElectricityBalance } from "./electricity-balance.ts";
import type { CarbonParameters } from "./interpretation.ts";

/** Non-fossil electricity of a user in the national recognition, kWh. */
export interface NonFossilElectricity {
  readonly nonFossilKwh: number;
  /** null when nothing was consumed. */
  readonly nonFossilFraction: number | null;
  /** 物理认定: own use and direct line. */
  readonly physicalKwh: number;
  readonly energyTradeKwh: number;
  readonly certificateKwh: number;
  readonly allocationKwh: number;
  /** null: no coefficient is published or entered, so nothing is allocated. */
  readonly provincialAllocation: number | null;
}

/**
 * Non-fossil electricity of a power user (非化石能源电力消费):
 *
 *     NF         = physical + energy trade + certificates + allocation
 *     allocation = (off-take − energy trade − certificates) × provincial coefficient
 *     fraction   = NF / (off-take + physical)
 *
 * It has no carbon factor and does not lower the core indicator of a park (D8). Energy whose
 * attribute was sold is not counted, but stays in the consumption.
 *
 * @see 发改能源〔2026〕622号 annex 3. No coefficient of Tibet was found.
 */
export function nonFossilElectricity(
  balance: ElectricityBalance,
  parameters: CarbonParameters,
): NonFossilElectricity {
  const physicalKwh = balance.selfUsedKwh + balance.directUsedKwh;
  const { greenTradeKwh, residualKwh, consumptionKwh } = balance;
  const certificateKwh = balance.certificates.recognisedKwh;
  const allocationKwh = residualKwh * (parameters.provincialAllocation ?? 0);
  const nonFossilKwh = physicalKwh + greenTradeKwh + certificateKwh + allocationKwh;
  return {
    nonFossilKwh,
    nonFossilFraction: consumptionKwh > 0 ? nonFossilKwh / consumptionKwh : null,
    physicalKwh,
    energyTradeKwh: greenTradeKwh,
    certificateKwh,
    allocationKwh,
    provincialAllocation: parameters.provincialAllocation,
  };
}
