/** How an amount was determined. */
export type AmountOrigin = "legal-meter" | "sub-meter" | "invoice" | "stock-balance" | "estimate";
/** How a factor was determined. */
export type FactorOrigin = "measured" | "national-default" | "process-default";

/**
 * Relative uncertainty of amounts and factors until calibration certificates replace them.
 *
 * They are conventions of this platform, not figures of a norm.
 */
export const amountUncertainty: Readonly<Record<AmountOrigin, number>> = {
  "legal-meter": 0.01,
  "sub-meter": 0.02,
  invoice: 0.01,
  "stock-balance": 0.05,
  estimate: 0.15,
};
export const factorUncertainty: Readonly<Record<FactorOrigin, number>> = {
  measured: 0.02,
  "national-default": 0.05,
  "process-default": 0.1,
};

export interface UncertainEmission {
  readonly emissionsKgCo2: number;
  readonly amountUncertaintyFraction: number;
  readonly factorUncertaintyFraction: number;
}

export type UncertaintyTier = "high" | "medium" | "low";

/**
 * Relative uncertainty of a product of independent figures: u = √(u_AD² + u_EF²).
 *
 * @see IPCC 2006 Guidelines, volume 1, chapter 3 (propagation of error, rule B).
 */
export function lineUncertainty(line: Omit<UncertainEmission, "emissionsKgCo2">): number {
  return Math.hypot(line.amountUncertaintyFraction, line.factorUncertaintyFraction);
}

/**
 * Relative uncertainty of a sum of independent lines: u = √(Σ (E·u)²) / Σ E; null for a sum of zero.
 *
 * @see IPCC 2006 Guidelines, volume 1, chapter 3 (propagation of error, rule A).
 */
export function totalUncertainty(lines: readonly UncertainEmission[]): number | null {
  let totalKgCo2 = 0;
  let squares = 0;
  for (const line of lines) {
    totalKgCo2 += line.emissionsKgCo2;
    squares += (line.emissionsKgCo2 * lineUncertainty(line)) ** 2;
  }
  return totalKgCo2 === 0 ? null : Math.sqrt(squares) / totalKgCo2;
}

/** Tier of a result: up to 5 % high, up to 10 % medium, else low quality (platform convention). */
export function uncertaintyTier(uncertaintyFraction: number): UncertaintyTier {
  if (uncertaintyFraction <= 0.05) return "high";
  return uncertaintyFraction <= 0.1 ? "medium" : "low";
}
