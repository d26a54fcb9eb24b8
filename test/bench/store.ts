import type { Bench } from "./bench.ts";
import { startProgram } from "./programs.ts";
import type { StoreOrder, StoreReport } from "./store-program.ts";

const devices = 2000;
/** 6,250 rounds of 2,000 devices with 8 values are the 100 million values of the promise. */
const roundsFull = 6250;
const roundsShort = 625;

export const storeBench: Bench = {
  name: "store",
  describe: "readings store: wide rows of 8 values, 2,000 devices every 10 s, DuckDB held to 256MB",
  needs: [],
  run: async ({ dir, isFull, profileDir }) => {
    const rounds = isFull ? roundsFull : roundsShort;
    const program = startProgram("store-program.ts", profileDir);
    const order: StoreOrder = { dir, devices, rounds, memoryLimit: "256MB" };
    const { seconds, values, bytes, rssMibMax } = await program.ask<StoreReport>(order);
    await program.ended();
    return [
      { name: "values written", value: values, unit: "values" },
      { name: "values", value: values / seconds, unit: "values/s", atLeast: 2e6 },
      { name: "size", value: bytes / values, unit: "bytes a value", atMost: 3 },
      { name: "memory at most", value: rssMibMax, unit: "MiB", atMost: 600 },
    ];
  },
};
