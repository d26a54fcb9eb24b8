import { DomainError } from "../errors.ts";
import type { ElectricityActivity } from "./activity.ts";
import { type CertificateRecognition, recogniseCertificates } from "./certificates.ts";

/** Where the electricity of a period came from and what may be claimed for it, kWh. */
export interface ElectricityBalance {
  readonly consumptionKwh: number;
  readonly offTakeKwh: number;
  readonly greenTradeKwh: number;
  readonly certificates: CertificateRecognition;
  /** Off-take that neither trade nor certificates cover. */
  readonly residualKwh: number;
  /** Own and direct energy that was used here and whose attribute stayed here. */
  readonly selfUsedKwh: number;
  readonly directUsedKwh: number;
  /** Own and direct energy used here whose attribute was sold; it is judged as residual (D15). */
  readonly attributeSoldKwh: number;
}

/** Sums of metered figures may differ by their rounding. */
const toleranceFraction = 1e-9;
/** Below this part of the figures that were subtracted, a rest is noise of floating point. */
const noiseFraction = 1e-12;

/**
 * Consumption and its origin:
 *
 *     consumption = off-take + direct + self-generated − exported
 *     residual    = off-take − green trade − recognised certificates
 *
 * Exported energy is taken from own generation first and from the direct line then. It earns no
 * credit: it only leaves the energy that was used (D6). The off-take (下网电量) contains green trade
 * and certificate-backed energy and excludes the direct line. All figures in kWh, non-negative.
 *
 * @throws {DomainError} `export_exceeds_supply` when more leaves than own generation and direct line
 * brought; `green_trade_exceeds_off_take`; `attribute_exceeds_use` when more attributes were sold
 * than own and direct energy was used.
 * @see 发改环资〔2025〕910号 annex 4 (electricity received); 发改能源〔2026〕622号 annex 3 (users).
 */
export function electricityBalance(
  activity: ElectricityActivity,
  year: number,
): ElectricityBalance {
  const { offTakeKwh, directKwh, selfGeneratedKwh, exportedKwh, greenTradeKwh } = activity;
  requireAtMost(exportedKwh, selfGeneratedKwh + directKwh, exportExceedsSupply);
  requireAtMost(greenTradeKwh, offTakeKwh, greenTradeExceedsOffTake);

  const supplyKwh = selfGeneratedKwh + directKwh;
  const selfLeftKwh = rest(selfGeneratedKwh - exportedKwh, supplyKwh);
  const exportedFromDirectKwh = Math.max(0, exportedKwh - selfGeneratedKwh);
  const directLeftKwh = rest(directKwh - exportedFromDirectKwh, supplyKwh);
  requireAtMost(activity.attributeSoldKwh, selfLeftKwh + directLeftKwh, attributeExceedsUse);
  const soldFromSelfKwh = Math.min(activity.attributeSoldKwh, selfLeftKwh);
  const soldFromDirectKwh = Math.min(activity.attributeSoldKwh - soldFromSelfKwh, directLeftKwh);

  const ceilingKwh = rest(offTakeKwh - greenTradeKwh, offTakeKwh);
  const certificates = recogniseCertificates(activity.certificates, { year, ceilingKwh });
  return {
    consumptionKwh: offTakeKwh + selfLeftKwh + directLeftKwh,
    offTakeKwh,
    greenTradeKwh,
    certificates,
    residualKwh: rest(ceilingKwh - certificates.recognisedKwh, offTakeKwh),
    selfUsedKwh: selfLeftKwh - soldFromSelfKwh,
    directUsedKwh: directLeftKwh - soldFromDirectKwh,
    attributeSoldKwh: soldFromSelfKwh + soldFromDirectKwh,
  };
}

/** What a subtraction left, never below zero; noise of figures of this size is nothing. */
function rest(leftKwh: number, sizeKwh: number): number {
  return leftKwh > noiseFraction * sizeKwh ? leftKwh : 0;
}

interface Excess {
  readonly code: string;
  readonly pointer: string;
  readonly text: (amountKwh: number, limitKwh: number) => string;
  readonly remedy: string;
}

function requireAtMost(amountKwh: number, limitKwh: number, excess: Excess): void {
  if (amountKwh <= limitKwh + toleranceFraction * Math.max(amountKwh, limitKwh)) return;
  const { code, pointer, text, remedy } = excess;
  throw new DomainError(code, text(amountKwh, limitKwh), { pointer, remedy });
}

const exportExceedsSupply: Excess = {
  code: "export_exceeds_supply",
  pointer: "/electricity/exportedKwh",
  text: (amountKwh, limitKwh) =>
    `${amountKwh} kWh exported, but own generation and the direct line brought only ${limitKwh} kWh`,
  remedy:
    "selfGeneratedKwh is gross generation; energy that only passes through from the grid belongs to neither off-take nor export",
};

const greenTradeExceedsOffTake: Excess = {
  code: "green_trade_exceeds_off_take",
  pointer: "/electricity/greenTradeKwh",
  text: (amountKwh, limitKwh) =>
    `${amountKwh} kWh of green trade, but the off-take that contains it is only ${limitKwh} kWh`,
  remedy: "enter the settled green-power quantity, which is part of offTakeKwh",
};

const attributeExceedsUse: Excess = {
  code: "attribute_exceeds_use",
  pointer: "/electricity/attributeSoldKwh",
  text: (amountKwh, limitKwh) =>
    `attributes of ${amountKwh} kWh were sold, but only ${limitKwh} kWh of own and direct energy was used`,
  remedy:
    "count only attributes of energy that was used here; exported energy is not claimed anyway",
};
