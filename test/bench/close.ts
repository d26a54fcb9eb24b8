import type { Bench } from "./bench.ts";
import type { CloseOrder, CloseReport } from "./ledger-program.ts";
import { startProgram } from "./programs.ts";

const days = 31;
const metersFull = 2000;
const metersShort = 200;

export const closeBench: Bench = {
  name: "close",
  describe:
    "a month of 15-minute readings, one register a meter, closed meter by meter into SQLite with its day totals",
  needs: [],
  run: async ({ dir, isFull, profileDir }) => {
    const program = startProgram("ledger-program.ts", profileDir);
    const order: CloseOrder = { dir, days, meters: isFull ? metersFull : metersShort };
    const { slots, halves, bytes, rssMibMax } = await program.ask<CloseReport>(order);
    await program.ended();
    const [first, second] = halves;
    const seconds = first + second;
    return [
      { name: "slots written", value: slots, unit: "slots", atLeast: order.meters * days * 96 },
      { name: "time", value: seconds, unit: "s", ...(isFull ? { atMost: 90 } : {}) },
      { name: "slots", value: slots / seconds, unit: "slots/s", atLeast: 65_472 },
      // Linear: the second half of the meters takes no longer than the first.
      { name: "second half to first half", value: second / first, unit: "", atMost: 1.25 },
      { name: "size", value: bytes / slots, unit: "bytes a slot with its day", atMost: 80 },
      { name: "memory at most", value: rssMibMax, unit: "MiB", atMost: 600 },
    ];
  },
};
