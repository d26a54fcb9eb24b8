import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BalanceTerm, balanceOf, termError } from "../../../src/domain/energy/balance.ts";

function term(side: "in" | "out", amount: number, more: Partial<BalanceTerm> = {}): BalanceTerm {
  return {
    ...{ meterId: `m-${side}-${amount}`, side, amount, estimatedAmount: 0, accuracyClass: 1 },
    ...{ multiplier: 1, grade: "A", ...more },
  };
}

describe("the largest error of an amount", () => {
  it("is its class, and for a meter of unknown class 2 %", () => {
    // 1 % of 1,000 is 10; the display step of 0.007 adds nothing that shows.
    expect(termError(term("in", 1000))).toBeCloseTo(10, 4);
    expect(termError(term("in", 1000, { accuracyClass: null }))).toBeCloseTo(20, 4);
  });

  it("grows with transformers, the step of the display and what is estimated", () => {
    // Class 0.2: 2; transformer 0.5 %: 5; display √2 × 0.005 × 4000 = 28.284; root of 4 + 25 + 800.
    const multiplied = term("in", 1000, { accuracyClass: 0.2, multiplier: 4000 });
    expect(termError(multiplied)).toBeCloseTo(Math.sqrt(829), 9);
    // 15 % of 400 is 60, with 1 % of 1,000: root of 3600 + 100.
    expect(termError(term("in", 1000, { estimatedAmount: 400 }))).toBeCloseTo(Math.sqrt(3700), 4);
  });
});

describe("the balance of a place", () => {
  it("is within its range as long as allowance and errors explain it", () => {
    // 1,000 in, 600 and 390 out: 10 are missing, a loss of up to 20 is allowed for.
    // Band: root of 10² + 6² + 3.9² = root of 151.21 = 12.297.
    const balance = balanceOf([term("in", 1000), term("out", 600), term("out", 390)], 0.02);
    expect(balance).toMatchObject({ imbalance: 10, lossAllowance: 20, loss: 10, unmetered: 0 });
    expect(balance).toMatchObject({ verdict: "within", excess: 0, imbalanceFraction: 0.01 });
    expect(balance.band).toBeCloseTo(12.297, 3);
    expect(balance.expected).toBe(10);
    expect(balance.halfWidth).toBeCloseTo(22.297, 3);
  });

  it("finds only what lies beyond allowance and errors", () => {
    // 100 are missing: 20 are allowed for, the band is root of 10² + 9² = 13.454, so 66.546 are found.
    const surplus = balanceOf([term("in", 1000), term("out", 900)], 0.02);
    expect(surplus).toMatchObject({ verdict: "surplus", loss: 20, unmetered: 80 });
    expect(surplus.excess).toBeCloseTo(66.546, 3);
    // More out than in: no loss explains that, the band is root of 10² + 11² = 14.866.
    const deficit = balanceOf([term("in", 1000), term("out", 1100)], 0.02);
    expect(deficit).toMatchObject({ verdict: "deficit", loss: 0, unmetered: 0 });
    expect(deficit.excess).toBeCloseTo(-100 + 14.866, 3);
  });

  it("has the worst grade and the estimated share of its flows", () => {
    const estimated = term("out", 100, { grade: "E2", estimatedAmount: 50 });
    const balance = balanceOf([term("in", 100), estimated], 0);
    expect(balance).toMatchObject({ grade: "E2", estimatedFraction: 0.25 });
  });

  it("adds up for all amounts: loss, unmetered use and shortfall are the imbalance", () => {
    const amount = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(amount),
        fc.array(amount),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        (ins, outs, allowance) => {
          const terms = [
            ...ins.map((one) => term("in", one)),
            ...outs.map((one) => term("out", one)),
          ];
          const balance = balanceOf(terms, allowance);
          const parts = balance.loss + balance.unmetered + Math.min(0, balance.imbalance);
          expect(parts).toBeCloseTo(balance.imbalance, 3);
          const centred = Math.abs(balance.imbalance - balance.expected);
          expect(Math.max(0, centred - balance.halfWidth)).toBeCloseTo(Math.abs(balance.excess), 3);
          expect(balance.band).toBeLessThanOrEqual(
            terms.reduce((sum, one) => sum + termError(one), 0) + 1e-6,
          );
        },
      ),
    );
  });
});
