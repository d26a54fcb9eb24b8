import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeFlows } from "../../../src/domain/energy/attribute-flows.ts";

const toleranceKwh = 1e-9;

/**
 * Rows of a published flow-attribution case (home-assistant/frontend, test data of its energy card):
 * import, export, generation, charge, discharge → grid to storage, storage to grid, generation to
 * storage, generation to grid, used generation, used grid, used storage, used.
 */
const rows = [
  [
    [5, 3, 7, 3, 0],
    [0, 0, 3, 3, 1, 5, 0, 6],
  ],
  [
    [5, 3, 7, 3, 10],
    [0, 0, 3, 3, 1, 5, 10, 16],
  ],
  [
    [2, 7, 7, 1, 1],
    [0, 1, 1, 6, 0, 2, 0, 2],
  ],
  [
    [2, 7, 9, 1, 1],
    [0, 0, 1, 7, 1, 2, 1, 4],
  ],
  [
    [5, 3, 1, 0, 2],
    [0, 2, 0, 1, 0, 5, 0, 5],
  ],
  [
    [6, 0, 3, 6, 6],
    [3, 0, 3, 0, 0, 3, 6, 9],
  ],
  [
    [0, 1, 1, 1, 1],
    [0, 1, 1, 0, 0, 0, 0, 0],
  ],
  [
    [1, 1, 1, 1, 0],
    [1, 0, 0, 1, 0, 0, 0, 0],
  ],
  [
    [5, 1, 0, 3, 1],
    [3, 1, 0, 0, 0, 2, 0, 2],
  ],
  [
    [5, 4, 0, 0, 4],
    [0, 4, 0, 0, 0, 5, 0, 5],
  ],
  [
    [0, 4, 0, 0, 5],
    [0, 4, 0, 0, 0, 0, 1, 1],
  ],
  [
    [0.059, 48.0259, 61.22, 5.716, 4.83],
    [0, 0, 5.716, 48.0259, 7.4781, 0.059, 4.83, 12.3671],
  ],
] as const;

function attributed([importKwh, exportKwh, generationKwh, chargeKwh, dischargeKwh]: readonly [
  number,
  number,
  number,
  number,
  number,
]) {
  return attributeFlows({ importKwh, exportKwh, generationKwh, chargeKwh, dischargeKwh });
}

describe("the flows of one interval", () => {
  it.each(rows)("%j are attributed as %j", (totals, expected) => {
    const flows = attributed(totals);
    const figures = [
      flows.gridToStorageKwh,
      flows.storageToGridKwh,
      flows.generationToStorageKwh,
      flows.generationToGridKwh,
      flows.usedGenerationKwh,
      flows.usedGridKwh,
      flows.usedStorageKwh,
      flows.usedKwh,
    ];
    for (const [index, figure] of figures.entries()) {
      expect(Math.abs(figure - (expected[index] ?? Number.NaN))).toBeLessThanOrEqual(toleranceKwh);
    }
  });

  const kwh = fc.integer({ min: 0, max: 50 });
  const interval = fc.record({
    importKwh: kwh,
    exportKwh: kwh,
    generationKwh: kwh,
    chargeKwh: kwh,
    dischargeKwh: kwh,
  });

  it("explain every kilowatt hour that was used", () => {
    fc.assert(
      fc.property(interval, (totals) => {
        const { importKwh, generationKwh, dischargeKwh, exportKwh, chargeKwh } = totals;
        const balanceKwh = importKwh + generationKwh + dischargeKwh - exportKwh - chargeKwh;
        fc.pre(balanceKwh >= 0);
        const flows = attributeFlows(totals);
        expect(flows.usedKwh).toBe(balanceKwh);
        expect(flows.usedGenerationKwh + flows.usedGridKwh + flows.usedStorageKwh).toBe(balanceKwh);
      }),
    );
  });

  it("never take more from a source or bring more to a sink than the meters saw", () => {
    fc.assert(
      fc.property(interval, (totals) => {
        const flows = attributeFlows(totals);
        for (const figureKwh of Object.values(flows)) expect(figureKwh).toBeGreaterThanOrEqual(0);
        const sums = [
          [flows.gridToStorageKwh + flows.usedGridKwh, totals.importKwh],
          [
            flows.generationToStorageKwh + flows.generationToGridKwh + flows.usedGenerationKwh,
            totals.generationKwh,
          ],
          [flows.storageToGridKwh + flows.usedStorageKwh, totals.dischargeKwh],
          [flows.gridToStorageKwh + flows.generationToStorageKwh, totals.chargeKwh],
          [flows.storageToGridKwh + flows.generationToGridKwh, totals.exportKwh],
        ] as const;
        for (const [attributedKwh, seenKwh] of sums) {
          expect(attributedKwh).toBeLessThanOrEqual(seenKwh);
        }
      }),
    );
  });
});
