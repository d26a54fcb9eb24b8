import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chargeCount } from "../../src/domain/storage/charge-count.ts";
import { equivalentFullCycles, rainflowCycles } from "../../src/domain/storage/rainflow.ts";
import type { Bench } from "./bench.ts";

/** SOC of a storage that shaves peaks for a year (NREL, BLAST-Lite), every ten minutes. */
const socFile = "bess_soc_peak_shaving_10min.csv";
/** First discharge of cell B0005 (NASA PCoE); its published capacity is 1.85649 Ah to 2.7 V. */
const cellFile = "battery_nasa_B0005_discharge1_raw.csv";
const cutOffV = 2.7;
/** The cell was sampled about every 17 s. */
const samplingMs = 20_000;

export const healthBench: Bench = {
  name: "health",
  describe:
    "cycles of a year of peak shaving and the capacity of a cell, against published figures",
  needs: [],
  needsFiles: [socFile, cellFile],
  run: async ({ dataDir }) => {
    const socFractions = rowsOf(join(dataDir, socFile)).map((row) => row[2] ?? Number.NaN);
    const beganMs = performance.now();
    const cycles = rainflowCycles(socFractions);
    const tookMs = performance.now() - beganMs;
    const counts = cycles.reduce((sum, { count }) => sum + count, 0);
    const deep = cycles.reduce((sum, { range, count }) => sum + (range > 0.5 ? count : 0), 0);
    const way = cycles.reduce((sum, { range, count }) => sum + range * count, 0);
    return [
      {
        name: "equivalent full cycles",
        value: way,
        unit: "cycles",
        atLeast: 18.8375,
        atMost: 18.8385,
      },
      {
        name: "difference to half of the way",
        value: Math.abs(way - equivalentFullCycles(socFractions)),
        unit: "cycles",
        atMost: 1e-9,
      },
      { name: "rainflow counts", value: counts, unit: "", atLeast: 668, atMost: 668 },
      { name: "deeper than half", value: deep, unit: "", atLeast: 2, atMost: 2 },
      { name: "time of a year's count", value: tookMs, unit: "ms" },
      {
        name: "cell capacity",
        value: cellCapacityAh(join(dataDir, cellFile)),
        unit: "Ah",
        atLeast: 1.856_48,
        atMost: 1.8565,
      },
    ];
  },
};

function cellCapacityAh(path: string): number {
  const rows = rowsOf(path);
  const end = rows.findIndex(([voltageV = 0]) => voltageV < cutOffV);
  const points = rows
    .slice(0, end + 1)
    .map(([voltageV = 0, currentA = 0, , , , s = 0]) => ({ voltageV, currentA, tsMs: s * 1000 }));
  return chargeCount(points, samplingMs).dischargeAh;
}

function rowsOf(path: string): number[][] {
  const lines = readFileSync(path, "utf8").split(/\r?\n/).slice(1);
  return lines.filter((line) => line !== "").map((line) => line.split(",").map(Number));
}
