import { worse } from "../telemetry/close-slots.ts";
import type { Grade } from "../telemetry/slot.ts";

/** One flow into or out of a place, over the quarter hours in which all of its flows are known. */
export interface BalanceTerm {
  readonly meterId: string;
  readonly side: "in" | "out";
  readonly amount: number;
  /** Part of the amount that is estimated. */
  readonly estimatedAmount: number;
  /** Class of the meter in percent; null when it is not registered. */
  readonly accuracyClass: number | null;
  readonly multiplier: number;
  readonly grade: Grade | null;
}

/** `unmetered`: beyond the range, where use without a meter of its own is expected. */
export type BalanceVerdict = "within" | "surplus" | "deficit" | "unmetered";

export interface Balance {
  readonly inAmount: number;
  readonly outAmount: number;
  /** In minus out: what was lost, used without a meter, or measured wrongly. */
  readonly imbalance: number;
  /** Imbalance over what came in; null when nothing did. */
  readonly imbalanceFraction: number | null;
  /** What the network may lose, an allowance and not a measurement. */
  readonly lossAllowance: number;
  /** Part of the imbalance that the allowance explains. */
  readonly loss: number;
  /** Part of the imbalance above the allowance; it may be use without a meter. */
  readonly unmetered: number;
  /** What the meters' own errors may add up to, either way. */
  readonly band: number;
  /** Middle of the expected range, and half of its width. */
  readonly expected: number;
  readonly halfWidth: number;
  /** How far the imbalance lies outside of the expected range; 0 inside. Only this is a finding. */
  readonly excess: number;
  readonly verdict: BalanceVerdict;
  readonly grade: Grade | null;
  readonly estimatedFraction: number;
}

/** A meter without a known class counts as class 2, the widest for active energy. */
const accuracyClassAssumed = 2;
/** Current and voltage transformers add an error of their own, of class 0.5 where none is known. */
const transformerClassAssumed = 0.5;
/** Displays have two decimals: two readings of ±0.005 each, times the multiplier. */
const displayStep = 0.01;
/** Error of an estimated amount; the default of the accounting rules for estimated activity data. */
const estimateErrorFraction = 0.15;

/**
 * Share of the supply that a network may lose. These are allowances of ours, not figures of a norm,
 * and stand beside every balance. Gas and fuel pipes must lose nothing.
 */
export const lossAllowanceFractions: Readonly<Record<string, number>> = {
  electricity: 0.02,
  heat: 0.05,
  cooling: 0.05,
  steam: 0.05,
  water: 0.02,
  effluent: 0.02,
};

/**
 * Largest error of one amount, by root sum of squares of independent parts:
 *
 *     error = √( (class% × a)² + (0.5 % × a)² if a transformer stands before the meter
 *              + (√2 × 0.005 × multiplier)² + (15 % × estimated part)² )
 *
 * @see IPCC 2006 Guidelines, volume 1, chapter 3, rule A (errors of a sum); JCGM 100:2008, 5.1.2.
 */
export function termError(term: Omit<BalanceTerm, "side" | "grade" | "meterId">): number {
  const { amount, estimatedAmount, multiplier } = term;
  const parts = [
    ((term.accuracyClass ?? accuracyClassAssumed) / 100) * amount,
    multiplier === 1 ? 0 : (transformerClassAssumed / 100) * amount,
    (Math.SQRT2 * displayStep * multiplier) / 2,
    estimateErrorFraction * estimatedAmount,
  ];
  return Math.sqrt(parts.reduce((sum, part) => sum + part ** 2, 0));
}

/**
 * Balance of a place:
 *
 *     imbalance = Σ in − Σ out
 *     band      = √ Σ error²                                over all meters
 *     within    ⇔ −band ≤ imbalance ≤ allowance × Σ in + band
 *
 * A surplus beyond the range went somewhere that no meter sees; a deficit means that a meter shows too
 * little above or too much below.
 */
export function balanceOf(terms: readonly BalanceTerm[], lossAllowanceFraction: number): Balance {
  const sumOf = (side: BalanceTerm["side"]): number =>
    terms.reduce((sum, term) => (term.side === side ? sum + term.amount : sum), 0);
  const [inAmount, outAmount] = [sumOf("in"), sumOf("out")];
  const imbalance = inAmount - outAmount;
  const lossAllowance = inAmount * lossAllowanceFraction;
  const band = Math.sqrt(terms.reduce((sum, term) => sum + termError(term) ** 2, 0));
  const above = Math.max(0, imbalance - lossAllowance - band);
  const under = Math.min(0, imbalance + band);
  const grades = terms.flatMap(({ grade }) => grade ?? []);
  const moved = inAmount + outAmount;
  const estimated = terms.reduce((sum, { estimatedAmount }) => sum + estimatedAmount, 0);
  return {
    ...{ inAmount, outAmount, imbalance, lossAllowance, band },
    imbalanceFraction: inAmount > 0 ? imbalance / inAmount : null,
    loss: Math.min(Math.max(imbalance, 0), lossAllowance),
    unmetered: Math.max(0, imbalance - lossAllowance),
    expected: lossAllowance / 2,
    halfWidth: lossAllowance / 2 + band,
    excess: above + under,
    verdict: above > 0 ? "surplus" : under < 0 ? "deficit" : "within",
    grade: grades.length === 0 ? null : grades.reduce(worse),
    estimatedFraction: moved > 0 ? estimated / moved : 0,
  };
}
