import type { AmountOrigin } from "../../contracts/carbon-vocabulary.ts";
import type { EmissionLine } from "./emission-line.ts";

/** How a factor was determined. */
type FactorOrigin = "measured" | "national-default" | "process-default";

/**
 * Relative uncertainty of amounts and factors until calibration certificates replace them. They are
 * conventions of this platform, not figures of a norm.
 */
const amountUncertainty: Readonly<Record<AmountOrigin, number>> = {
  "legal-meter": 0.01,
  "sub-meter": 0.02,
  invoice: 0.01,
  "stock-balance": 0.05,
  estimate: 0.15,
};
const factorUncertainty: Readonly<Record<FactorOrigin, number>> = {
  measured: 0.02,
  "national-default": 0.05,
  "process-default": 0.1,
};
const highTierMax = 0.05;
const mediumTierMax = 0.1;

export interface AccountUncertainty {
  readonly uncertaintyFraction: number;
  /** Quality of the result: up to 5 % high, up to 10 % medium, else low (platform convention). */
  readonly tier: "high" | "medium" | "low";
}

/**
 * Relative uncertainty of an account whose lines are independent of each other:
 *
 *     u_line  = √(u_AD² + u_EF²)
 *     u_total = √(Σ (E·u_line)²) / Σ E          null for a total of zero
 *
 * A factor counts as measured when all of it was, as a process default for processes, and as a
 * national default otherwise.
 *
 * @see IPCC 2006 Guidelines, volume 1, chapter 3: propagation of error, rules A and B.
 */
export function accountUncertainty(
  lines: readonly Pick<EmissionLine, "emissionsKgCo2" | "kind" | "evidence">[],
  amounts: AmountOrigin,
): AccountUncertainty | null {
  let totalKgCo2 = 0;
  let squares = 0;
  for (const line of lines) {
    const uncertainty = Math.hypot(amountUncertainty[amounts], factorUncertainty[originOf(line)]);
    totalKgCo2 += line.emissionsKgCo2;
    squares += (line.emissionsKgCo2 * uncertainty) ** 2;
  }
  if (totalKgCo2 === 0) return null;
  const uncertaintyFraction = Math.sqrt(squares) / totalKgCo2;
  return { uncertaintyFraction, tier: tierOf(uncertaintyFraction) };
}

function originOf({ kind, evidence }: Pick<EmissionLine, "kind" | "evidence">): FactorOrigin {
  if (evidence === "measured") return "measured";
  return kind === "process" ? "process-default" : "national-default";
}

function tierOf(uncertaintyFraction: number): AccountUncertainty["tier"] {
  if (uncertaintyFraction <= highTierMax) return "high";
  return uncertaintyFraction <= mediumTierMax ? "medium" : "low";
}
