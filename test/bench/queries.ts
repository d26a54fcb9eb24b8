import type { Bench } from "./bench.ts";
import { startProgram } from "./programs.ts";
import type { QueriesOrder, QueriesReport } from "./queries-program.ts";

/** A day of readings every ten seconds is 8,640 rounds; each device has 8 metrics. */
const devices = 2000;
const roundsFull = 8640;
const roundsShort = 360;
const mains = 24;

export const queriesBench: Bench = {
  name: "queries",
  describe:
    "median of nine: one meter-day of raw readings, a year of the park by day from 24 meters, latest of 16,000 series",
  needs: [],
  run: async ({ dir, isFull, profileDir }) => {
    const program = startProgram("queries-program.ts", profileDir);
    const rounds = isFull ? roundsFull : roundsShort;
    const order: QueriesOrder = { dir, devices, rounds, mains };
    const report = await program.ask<QueriesReport>(order);
    await program.ended();
    const { rawRows, rawMs, latestSeries, latestMs, yearMs, yearFromSlotsMs } = report;
    return [
      { name: "raw readings of a meter", value: rawRows, unit: "rows" },
      { name: "one meter-day raw", value: rawMs, unit: "ms", atMost: 10 },
      { name: "park-year by day", value: yearMs, unit: "ms", atMost: 100 },
      {
        name: "the same from slots, times as long",
        value: yearFromSlotsMs / yearMs,
        unit: "",
        atLeast: 5,
      },
      { name: "latest series", value: latestSeries, unit: "series" },
      { name: "latest of all", value: latestMs, unit: "ms", atMost: 50 },
    ];
  },
};
