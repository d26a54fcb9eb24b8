import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  CarbonCalculationBody,
  CarbonCalculationPost,
} from "../../../src/contracts/carbon.ts";
import { calculated } from "../../support/carbon.ts";

// Whole kWh, and certificates of three years, so that every rule is met now and then.
const kwh = fc.integer({ min: 0, max: 1_000_000 });
const certificate = fc.record({
  kwh: fc.integer({ min: 0, max: 400_000 }),
  generationYear: fc.constantFrom(2025, 2026, 2027),
  cancelled: fc.boolean(),
});
const electricity = fc
  .record({
    offTakeKwh: kwh,
    directKwh: kwh,
    selfGeneratedKwh: kwh,
    exportedPart: fc.double({ min: 0, max: 1, noNaN: true }),
    tradedPart: fc.double({ min: 0, max: 1, noNaN: true }),
    certificates: fc.array(certificate, { maxLength: 6 }),
  })
  .map(({ exportedPart, tradedPart, ...rest }) => ({
    ...rest,
    exportedKwh: Math.floor((rest.directKwh + rest.selfGeneratedKwh) * exportedPart),
    greenTradeKwh: Math.floor(rest.offTakeKwh * tradedPart),
  }));
const fuel = fc.oneof(
  fc.record({
    carrier: fc.constantFrom("diesel", "gasoline", "lpg", "coke", "kerosene", "ethanol"),
    quantity: fc.integer({ min: 0, max: 1000 }),
    unit: fc.constant("t"),
  }),
  fc.record({
    carrier: fc.constantFrom("natural-gas", "hydrogen", "biogas"),
    quantity: fc.integer({ min: 0, max: 100_000 }),
    unit: fc.constant("Nm3"),
  }),
) as fc.Arbitrary<NonNullable<CarbonCalculationPost["fuels"]>[number]>;
const fuels = fc.array(fuel, { maxLength: 5 });
const post = fc.record({ electricity, fuels }).map((body) => ({ period: "2026", ...body }));

const accounts = ["NDRC910_PARK", "ENTERPRISE_GHG_LOCATION", "ENTERPRISE_GHG_MARKET"] as const;
const emissions = (body: CarbonCalculationBody) =>
  accounts.map((purpose) => body.purposes[purpose].emissionsKgCo2);

/** Equal but for the order in which floating-point sums were made. */
function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

describe("for all activity data", () => {
  it("fuels add up: two lists together emit and count what they do apart", () => {
    fc.assert(
      fc.property(fuels, fuels, (one, two) => {
        const of = (list: typeof one) => calculated({ period: "2026", fuels: list });
        const [a, b, both] = [of(one), of(two), of([...one, ...two])];
        for (const [index, total] of emissions(both).entries()) {
          expectClose(total, (emissions(a)[index] ?? 0) + (emissions(b)[index] ?? 0));
        }
        expectClose(both.energy.equivalentKgce, a.energy.equivalentKgce + b.energy.equivalentKgce);
      }),
    );
  });

  it("everything grows in proportion, so ratios stay", () => {
    fc.assert(
      fc.property(post, fc.integer({ min: 2, max: 50 }), (body, times) => {
        const scale = <Entry extends object>(entry: Entry): Entry =>
          Object.fromEntries(
            Object.entries(entry).map(([name, value]) => [
              name,
              typeof value === "number" && name !== "generationYear" ? value * times : value,
            ]),
          ) as Entry;
        const once = calculated(body);
        const more = calculated({
          period: body.period,
          electricity: {
            ...scale(body.electricity),
            certificates: body.electricity.certificates.map(scale),
          },
          fuels: body.fuels.map(scale),
        });
        for (const [index, total] of emissions(more).entries()) {
          expectClose(total, (emissions(once)[index] ?? 0) * times);
        }
        expectClose(more.energy.calorificKgce, once.energy.calorificKgce * times);
        const [one, other] = [once.purposes.NDRC910_PARK, more.purposes.NDRC910_PARK];
        expectClose(other.directSupplyFraction ?? -1, one.directSupplyFraction ?? -1);
        expectClose(other.cleanEnergyFractionStrict ?? -1, one.cleanEnergyFractionStrict ?? -1);
      }),
    );
  });

  it("green trade and certificates never cover more than the off-take", () => {
    fc.assert(
      fc.property(electricity, (entry) => {
        const { certificates, purposes } = calculated({ period: "2026", electricity: entry });
        const { recognisedKwh, unusedKwh, residualKwh, eligibleKwh } = certificates;
        const eligible = entry.certificates
          .filter(({ cancelled, generationYear }) => cancelled && generationYear === 2026)
          .reduce((sum, { kwh: certificateKwh }) => sum + certificateKwh, 0);
        expect(eligibleKwh).toBe(eligible);
        expect(recognisedKwh + unusedKwh).toBe(eligible);
        expect(entry.greenTradeKwh + recognisedKwh).toBeLessThanOrEqual(entry.offTakeKwh);
        expect(residualKwh).toBe(entry.offTakeKwh - entry.greenTradeKwh - recognisedKwh);
        expect(purposes.NF_622.nonFossilFraction ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("consumption is what its parts add up to, and shares lie between 0 and 1", () => {
    fc.assert(
      fc.property(post, (body) => {
        const { electricity: used, certificates, energy, purposes } = calculated(body);
        const { offTakeKwh, directKwh, selfGeneratedKwh, exportedKwh } = body.electricity;
        expect(used.consumptionKwh).toBe(offTakeKwh + directKwh + selfGeneratedKwh - exportedKwh);
        expect(
          used.selfUsedKwh +
            used.directUsedKwh +
            used.greenTradeKwh +
            certificates.recognisedKwh +
            certificates.residualKwh,
        ).toBe(used.consumptionKwh);
        const park = purposes.NDRC910_PARK;
        const shares = [
          park.directSupplyFraction,
          park.cleanEnergyFractionStrict,
          park.cleanEnergyFractionWithGas,
          park.greenElectricityFraction,
        ];
        for (const share of shares) {
          if (share === null) continue;
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(park.cleanEnergyFractionWithGas ?? 0).toBeGreaterThanOrEqual(
          park.cleanEnergyFractionStrict ?? 0,
        );
        expect(energy.equivalentKgce).toBeGreaterThanOrEqual(energy.calorificKgce);
      }),
    );
  });

  it("another cancelled certificate of the year never raises the park's emissions", () => {
    fc.assert(
      fc.property(post, fc.integer({ min: 0, max: 500_000 }), (body, extraKwh) => {
        const before = calculated(body).purposes;
        const extra = { kwh: extraKwh, generationYear: 2026, cancelled: true };
        const after = calculated({
          ...body,
          electricity: {
            ...body.electricity,
            certificates: [...body.electricity.certificates, extra],
          },
        }).purposes;
        expect(after.NDRC910_PARK.emissionsKgCo2).toBeLessThanOrEqual(
          before.NDRC910_PARK.emissionsKgCo2 + 1e-6,
        );
        expect(after.ENTERPRISE_GHG_LOCATION).toEqual(before.ENTERPRISE_GHG_LOCATION);
      }),
    );
  });

  it("more export never lowers emissions, because surplus earns no credit", () => {
    fc.assert(
      fc.property(electricity, (entry) => {
        const of = (exportedKwh: number) =>
          emissions(calculated({ period: "2026", electricity: { ...entry, exportedKwh } }));
        expect(of(entry.exportedKwh)).toEqual(of(0));
      }),
    );
  });

  it("every line uses a factor of its purpose, and the lines are the total", () => {
    fc.assert(
      fc.property(post, (body) => {
        const { purposes } = calculated(body);
        const parkOnly = /^electricity\.(?:park-|fossil-power)/;
        for (const purpose of accounts) {
          const { lines, emissionsKgCo2 } = purposes[purpose];
          expect(lines.reduce((sum, line) => sum + line.emissionsKgCo2, 0)).toBe(emissionsKgCo2);
          for (const line of lines.filter(({ kind }) => kind === "electricity")) {
            expect(parkOnly.test(line.factorId)).toBe(purpose === "NDRC910_PARK");
          }
        }
      }),
    );
  });
});
