import type { LiveFlow } from "../../src/contracts/live.ts";

/**
 * The balance of the drawn example: 5.6 + 46.0 + 30.3 = 44.9 + 36.2 + 0.8 MW. Class 0.5 meters would
 * give a band of some 0.3 MW; the example prints 0.4.
 */
export function exampleFlow(change: Partial<LiveFlow> = {}): LiveFlow {
  return {
    gridKw: 5_600,
    directKw: 46_000,
    pvKw: 30_300,
    storageKw: 36_200,
    loadKw: 44_900,
    supplyKw: 81_900,
    unallocatedKw: 800,
    unallocatedBandKw: 400,
    lossAllowanceKw: 1_638,
    withinBand: true,
    pvFromCheckMeter: false,
    groups: [
      { id: "compute", powerKw: 30_000, devices: 2, silent: 0 },
      { id: "water", powerKw: 14_900, devices: 3, silent: 0 },
    ],
    pvPlants: [],
    storage: {
      id: "ess",
      powerKw: 36_200,
      socFraction: 0.66,
      dischargeableKwh: 129_000,
      capacityKwh: 252_000,
      powerMaxKw: 63_000,
      socMinFraction: 0.1,
      socMaxFraction: 0.95,
      unitsTotal: 36,
      unitsFresh: 36,
      sohFraction: 0.962,
    },
    heat: { sourceKw: null, deliveredKw: null },
    water: { intakeM3PerH: null, effluentM3PerH: null },
    weather: { irradianceWPerM2: null, ambientCelsius: null },
    ...change,
  };
}
