import type { ProblemInput } from "../../src/domain/dispatch/problem.ts";
import { pvPowerKw, slotsOfDay, steelLoadKw } from "./series.ts";

/** A park with a storage of 63 MW and 252 MWh: measured shapes, scaled to its size. */
export interface Park {
  /** 14 to 62 MW. */
  readonly loadKw: readonly number[];
  /** Up to about 77 MW. */
  readonly pvKw: readonly number[];
}

const loadKwMin = 14_000;
const loadKwMax = 62_000;
const pvFactor = 1.6;

export function measuredPark(dataDir: string): Park {
  const load = steelLoadKw(dataDir).flat();
  const lowest = load.reduce((a, b) => Math.min(a, b));
  const highest = load.reduce((a, b) => Math.max(a, b));
  const scale = (loadKwMax - loadKwMin) / (highest - lowest);
  return {
    loadKw: load.map((kw) => loadKwMin + (kw - lowest) * scale),
    pvKw: pvPowerKw(dataDir)
      .flat()
      .map((kw) => kw * pvFactor),
  };
}

/** An illustrative tariff: valley to 08:00, peaks before noon and in the evening, cheap at noon. */
function importPriceCnyPerKwh(slot: number): number {
  const hour = Math.floor(((slot % slotsOfDay) * 24) / slotsOfDay);
  if (hour < 8) return 0.26;
  if (hour >= 11 && hour < 14) return 0.3;
  const isPeak = hour < 11 || (hour >= 18 && hour < 22);
  return isPeak ? 0.82 : 0.54;
}

const exportPriceCnyPerKwh = 0.18;
const demandPriceCnyPerKw = 19;

const station = {
  ...{ capacityKwh: 252_000, minKwh: 25_200, maxKwh: 239_400 },
  ...{ initialKwh: 126_000, terminalMinKwh: 126_000 },
  ...{ chargeMaxKw: 63_000, dischargeMaxKw: 63_000 },
  ...{ chargeEfficiency: 0.945, dischargeEfficiency: 0.945, wearCnyPerKwhDischarged: 0.09 },
};

const gridLimits = { importLimitKw: 100_000, exportLimitKw: 40_000 };

/** The problem of some slots of the park from `slot` on. */
export function parkProblem(park: Park, slot: number, steps: number): ProblemInput {
  const slots = [...new Array(steps).keys()].map((step) => slot + step);
  return {
    startMs: 0,
    stepMinutes: 15,
    loadKw: park.loadKw.slice(slot, slot + steps),
    pvKw: park.pvKw.slice(slot, slot + steps),
    importPriceCnyPerKwh: slots.map(importPriceCnyPerKwh),
    exportPriceCnyPerKwh: slots.map(() => exportPriceCnyPerKwh),
    ...gridLimits,
    demand: { priceCnyPerKw: demandPriceCnyPerKw, floorKw: 20_000 },
    storage: station,
  };
}
