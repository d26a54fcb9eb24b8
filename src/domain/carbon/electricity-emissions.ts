import type { Purpose } from "../../contracts/carbon-vocabulary.ts";
import type { ElectricityBalance } from "./electricity-balance.ts";
import { type AccountContext, type EmissionLine, lineFactor } from "./emission-line.ts";

/** One kind of electricity in an account and the factor that its purpose gives it. */
interface ElectricityPart {
  readonly source: string;
  readonly kwh: number;
  readonly subject: string;
  /** Place in the request that the energy stems from. */
  readonly field: string;
}

/**
 * Carbon dioxide of the electricity of a zero-carbon park:
 *
 *     E_elec = residual × 0.8325 kg/kWh
 *
 * Direct non-fossil supply, own use, green trade and recognised certificates count 0; ordinary grid
 * electricity counts at the national fossil-power factor whatever the local grid looks like. Exports
 * of non-fossil energy have the factor 0 and therefore earn no credit. `residualFactor` (D1) chooses
 * the printed factor or the newest published one.
 *
 * @throws {DomainError} `factor_missing`.
 * @see 发改环资〔2025〕910号 annex 4: electricity received; D1, D5, D6, D15.
 */
export function parkElectricityLines(
  balance: ElectricityBalance,
  context: AccountContext,
): readonly EmissionLine[] {
  const residual = context.parameters.residualFactor;
  return electricityLines("NDRC910_PARK", context, [
    part("self-generated-electricity", balance.selfUsedKwh, "park-direct", "selfGeneratedKwh"),
    part("direct-electricity", balance.directUsedKwh, "park-direct", "directKwh"),
    part("green-trade-electricity", balance.greenTradeKwh, "park-certified", "greenTradeKwh"),
    part("certificate-electricity", recognised(balance), "park-certified", "certificates"),
    part("residual-electricity", balance.residualKwh, residual, "offTakeKwh"),
    part("attribute-sold-electricity", balance.attributeSoldKwh, residual, "attributeSoldKwh"),
  ]);
}

/**
 * Location-based carbon dioxide of an enterprise's electricity:
 *
 *     E_elec = off-take × national average        of the year, or of the newest year before it
 *
 * Trade and certificates do not matter here. Own and direct energy is not grid electricity: it counts
 * 0 on lines of its own (D17). Tibet has no provincial factor, so the national one is used.
 *
 * @throws {DomainError} `factor_missing` for years before the first published average.
 * @see GHG Protocol Scope 2 Guidance (2015), chapter 6; MEE and NBS announcements of each year.
 */
export function locationElectricityLines(
  balance: ElectricityBalance,
  context: AccountContext,
): readonly EmissionLine[] {
  const { selfUsedKwh, directUsedKwh, attributeSoldKwh } = balance;
  return electricityLines("ENTERPRISE_GHG_LOCATION", context, [
    part("self-generated-electricity", selfUsedKwh, "own-or-direct", "selfGeneratedKwh"),
    part("direct-electricity", directUsedKwh, "own-or-direct", "directKwh"),
    part("attribute-sold-electricity", attributeSoldKwh, "own-or-direct", "attributeSoldKwh"),
    part("grid-electricity", balance.offTakeKwh, "average", "offTakeKwh"),
  ]);
}

/**
 * Market-based carbon dioxide of an enterprise's electricity:
 *
 *     E_elec = residual × national average without market-traded non-fossil power
 *
 * Energy under contract or certificate counts 0, own and direct energy as well. China publishes no
 * formal residual mix; the average used is the nearest figure.
 *
 * @throws {DomainError} `factor_missing` for years before the first published average.
 * @see GHG Protocol Scope 2 Guidance (2015), chapter 6; MEE and NBS announcements of each year.
 */
export function marketElectricityLines(
  balance: ElectricityBalance,
  context: AccountContext,
): readonly EmissionLine[] {
  const { attributeSoldKwh } = balance;
  return electricityLines("ENTERPRISE_GHG_MARKET", context, [
    part("self-generated-electricity", balance.selfUsedKwh, "own-or-direct", "selfGeneratedKwh"),
    part("direct-electricity", balance.directUsedKwh, "own-or-direct", "directKwh"),
    part("green-trade-electricity", balance.greenTradeKwh, "contracted", "greenTradeKwh"),
    part("certificate-electricity", recognised(balance), "contracted", "certificates"),
    part("residual-electricity", balance.residualKwh, "average-untraded", "offTakeKwh"),
    part("attribute-sold-electricity", attributeSoldKwh, "average-untraded", "attributeSoldKwh"),
  ]);
}

function electricityLines(
  purpose: Purpose,
  { catalogue, year, onDate }: AccountContext,
  parts: readonly ElectricityPart[],
): readonly EmissionLine[] {
  return parts.flatMap(({ source, kwh, subject, field }) => {
    if (kwh === 0) return [];
    const pointer = `/electricity/${field}`;
    const ask = { kind: "electricity", subject, purpose, onDate, pointer } as const;
    // What the method prints serves every year; averages describe one.
    const found = catalogue.find({ ...ask, year: subject === "park-residual" ? null : year });
    return [
      {
        kind: "electricity" as const,
        source,
        quantity: kwh,
        unit: "kWh",
        ...lineFactor(found),
        emissionsKgCo2: kwh * found.factor.value,
        memo: null,
        measuredInputs: [],
      },
    ];
  });
}

function part(source: string, kwh: number, subject: string, field: string): ElectricityPart {
  return { source, kwh, subject, field };
}

function recognised(balance: ElectricityBalance): number {
  return balance.certificates.recognisedKwh;
}
