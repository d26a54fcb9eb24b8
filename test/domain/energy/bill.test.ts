import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BilledMonth, bill, powerFactorOf } from "../../../src/domain/energy/bill.ts";
import type { Tariff } from "../../../src/domain/energy/tariff.ts";
import { lineFen, roundedQuotient, shareFen } from "../../../src/domain/money.ts";
import { localMinuteMs, periodInterval, quarterHourMs } from "../../../src/domain/time.ts";
import { minuteOf, priced, recordOf, tariffOf, zone } from "../../support/tariffs.ts";

const timezone = "Asia/Shanghai";
const name = { zh: "基金", en: "Fund" };

function quarterAt(clock: string, kwh: number, day = "2026-06-15") {
  return { startMs: localMinuteMs(day, minuteOf(clock), timezone), kwh };
}

function monthOf(more: Partial<BilledMonth> = {}): BilledMonth {
  const interval = periodInterval("2026-06", timezone);
  return { month: "2026-06", interval, kwh: 0, maximumDemandKw: null, reactive: null, ...more };
}

function billOf(
  tariff: Tariff,
  quarters: readonly { startMs: number; kwh: number }[],
  months: readonly BilledMonth[] = [],
) {
  const record = recordOf(tariff);
  return bill({ quarters, months, timezone, tariffOf: () => record });
}

const linesOf = ({ lines }: ReturnType<typeof bill>) =>
  lines.map(({ part, period, quantity, amountFen, gap }) => [
    part,
    period,
    quantity,
    amountFen,
    gap,
  ]);

describe("rounding to fen", () => {
  it("takes halves away from zero, once for a line", () => {
    expect([5n, -5n, 4n, -4n, 15n].map((one) => roundedQuotient(one, 10n))).toEqual([
      1n,
      -1n,
      0n,
      0n,
      2n,
    ]);
    // 0.015 yuan is 1.5 fen.
    expect(lineFen(0.03, { microCny: 500_000, factorPpm: 1_000_000 })).toBe(2n);
    expect(lineFen(-0.03, { microCny: 500_000, factorPpm: 1_000_000 })).toBe(-2n);
    expect(shareFen(1000n, -7_500)).toBe(-8n);
  });

  it("is at most half a fen from the exact amount", () => {
    const integer = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(integer, fc.integer({ min: 1, max: 1_000_000 }), (numerator, denominator) => {
        const rounded = Number(roundedQuotient(BigInt(numerator), BigInt(denominator)));
        expect(Math.abs(rounded - numerator / denominator)).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });
});

describe("the lines of energy", () => {
  it("add energy up by price and split quarter hours at a boundary", () => {
    // Peak from 08:35: of the quarter hour at 08:30 with 30 kWh a third, 10, is flat and 20 are peak.
    // Flat 10 + 30 = 40 at 0.6 is 24.00 yuan; peak 20 + 30 = 50 at 1.2 is 60.00 yuan.
    const energy = priced(0.6, [zone("08:35-11:30", 1.2, { period: "peak" })]);
    const quarters = [quarterAt("08:15", 30), quarterAt("08:30", 30), quarterAt("08:45", 30)];
    const { lines } = billOf(tariffOf({ energy }), quarters);
    expect(lines).toMatchObject([
      { part: "energy", period: "all", amountFen: 2400n, unit: "kWh", microCny: 600_000 },
      { part: "energy", period: "peak", amountFen: 6000n },
    ]);
    expect(lines[0]?.quantity).toBeCloseTo(40, 9);
    expect(lines[0]?.splitKwh).toBeCloseTo(10, 9);
    expect(lines[1]?.splitKwh).toBeCloseTo(20, 9);
  });

  it("round a month once and not each quarter hour", () => {
    // 0.013 yuan a quarter hour would be 1 fen each; together 100 are 1.30 yuan.
    const quarters = Array.from({ length: 100 }, (_, index) => ({
      startMs: localMinuteMs("2026-06-15", 0, timezone) + index * quarterHourMs,
      kwh: 0.026,
    }));
    expect(linesOf(billOf(tariffOf(), quarters)).map(([, , , fen]) => fen)).toEqual([130n]);
  });

  it("price charges beside energy and tax both", () => {
    // 100 kWh: (0.5 + 0.02) × 1.13 = 58.76 yuan, of which 56.50 and 2.26.
    const charges = [{ ...priced(0.02), name }];
    const taxed = billOf(tariffOf({ charges, factorPpm: 1_130_000 }), [quarterAt("08:00", 100)]);
    expect(linesOf(taxed)).toEqual([
      ["energy", "all", 100, 5650n, null],
      ["charge", "all", 100, 226n, null],
    ]);
  });

  it("name the days without a tariff and leave them out", () => {
    const record = recordOf(tariffOf());
    const quarters = [quarterAt("08:00", 10), quarterAt("08:00", 10, "2026-06-16")];
    const answer = bill({
      ...{ quarters, months: [], timezone },
      tariffOf: (day) => (day === "2026-06-15" ? record : null),
    });
    expect(answer.unpricedDays).toEqual(["2026-06-16"]);
    expect(linesOf(answer)).toEqual([["energy", "all", 10, 500n, null]]);
  });

  it("hold all of the energy, however it is cut up", () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
      minLength: 1,
      maxLength: 96,
    });
    const energy = priced(0.6, [
      zone("03:07-11:31", 1.2, { period: "peak" }),
      zone("22:59-01:01", 0.3),
    ]);
    fc.assert(
      fc.property(amounts, (list) => {
        const quarters = list.map((wh, index) => ({
          ...quarterAt("00:00", wh / 1000),
          startMs: localMinuteMs("2026-06-15", index * 15, timezone),
        }));
        const { lines } = billOf(tariffOf({ energy }), quarters);
        const billed = lines.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0);
        expect(billed).toBeCloseTo(
          list.reduce((sum, wh) => sum + wh / 1000, 0),
          6,
        );
        expect(lines.every(({ amountFen }) => typeof amountFen === "bigint")).toBe(true);
      }),
    );
  });
});

describe("what a month adds", () => {
  it("is the largest demand, at least the agreed one, or the transformers", () => {
    const basic = { basis: "maximum-demand", microCny: 38_000_000, floorKw: 400 } as const;
    const demand = tariffOf({ basic });
    // 512.5 kW × 38 = 19,475.00 yuan; below 400 kW the floor counts: 15,200.00.
    expect(linesOf(billOf(demand, [], [monthOf({ maximumDemandKw: 512.5 })]))).toEqual([
      ["basic", null, 512.5, 1_947_500n, null],
    ]);
    expect(linesOf(billOf(demand, [], [monthOf({ maximumDemandKw: 312 })]))).toEqual([
      ["basic", null, 400, 1_520_000n, null],
    ]);
    const capacity = {
      basis: "transformer-capacity",
      microCny: 24_000_000,
      capacityKva: 1250,
    } as const;
    expect(linesOf(billOf(tariffOf({ basic: capacity }), [], [monthOf()]))).toEqual([
      ["basic", null, 1250, 3_000_000n, null],
    ]);
  });

  it("is not known without a measured demand", () => {
    const basic = { basis: "maximum-demand", microCny: 38_000_000, floorKw: 0 } as const;
    expect(linesOf(billOf(tariffOf({ basic }), [], [monthOf()]))).toEqual([
      ["basic", null, null, null, "demand"],
    ]);
  });

  it("is more for each kWh above a threshold", () => {
    // 3,000 kWh: 1,000 above 2,000 of which 500 in the second tier at 0.05 and 500 in the third at 0.30.
    const tiers = [
      { fromKwh: 0, microCny: 0 },
      { fromKwh: 2000, microCny: 50_000 },
      { fromKwh: 2500, microCny: 300_000 },
    ];
    expect(linesOf(billOf(tariffOf({ tiers }), [], [monthOf({ kwh: 3000 })]))).toEqual([
      ["tier", null, 500, 2500n, null],
      ["tier", null, 500, 15_000n, null],
    ]);
  });

  it("is changed by the power factor, on energy and basic charge but not on other charges", () => {
    // 1,000 kWh and 750 kvarh: cos φ = 1000 / 1250 = 0.80. Energy 500.00, basic 100.00, fund 20.00 yuan;
    // 5 % of 600.00 are 30.00.
    const powerFactor = [
      { atLeast: 0.9, sharePpm: -7500 },
      { atLeast: 0.8, sharePpm: 50_000 },
      { atLeast: 0, sharePpm: 100_000 },
    ];
    const basic = { basis: "transformer-capacity", microCny: 10_000_000, capacityKva: 10 } as const;
    const tariff = tariffOf({ powerFactor, basic, charges: [{ ...priced(0.02), name }] });
    const known = billOf(
      tariff,
      [quarterAt("08:00", 1000)],
      [monthOf({ kwh: 1000, reactive: { kwh: 1000, kvarh: 750 } })],
    );
    expect(linesOf(known).at(-1)).toEqual(["power-factor", null, 0.8, 3000n, null]);
    const unknown = billOf(tariff, [quarterAt("08:00", 1000)], [monthOf({ kwh: 1000 })]);
    expect(linesOf(unknown).at(-1)).toEqual(["power-factor", null, null, null, "reactive"]);
    expect(powerFactorOf(0, 0)).toBeNull();
  });
});
