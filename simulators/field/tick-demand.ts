import type { SimDevice } from "../park/sim-device.ts";
import { ticksPerQuarter } from "../units.ts";
import type { QuarterShapes } from "./quarter-shape.ts";
import { isReactive } from "./roles.ts";

/** What slow devices draw in each tick of a quarter hour, in whole counts that add up to the quarter. */
export class TickDemand {
  readonly #devices: readonly SimDevice[];
  readonly #shapes: QuarterShapes;
  /** Active energy drawn, PV negative, and reactive energy, by tick. */
  readonly activeWh = new Float64Array(ticksPerQuarter);
  readonly reactive = new Float64Array(ticksPerQuarter);

  constructor(devices: readonly SimDevice[], shapes: QuarterShapes) {
    this.#devices = devices;
    this.#shapes = shapes;
  }

  /** Lays out the quarter hour that begins at `startMs`. */
  lay(startMs: number, quarterCounts: Float64Array): void {
    this.activeWh.fill(0);
    this.reactive.fill(0);
    for (const device of this.#devices) {
      const shares = this.#shapes.tickShares(device, startMs);
      for (const register of device.registers) {
        const sums = isReactive(register) ? this.reactive : this.activeWh;
        const signed = (isInflow(register.name) ? 1 : -1) * (quarterCounts[register.index] ?? 0);
        spread(signed, shares, sums);
      }
    }
  }
}

/** Adds whole parts that add up to the amount, in proportion to the shares. */
function spread(amount: number, shares: Float64Array, sums: Float64Array): void {
  if (amount === 0) return;
  let passed = 0;
  for (let tick = 0; tick < ticksPerQuarter; tick += 1) {
    const through = Math.trunc(amount * (shares[tick] ?? 1));
    sums[tick] = (sums[tick] ?? 0) + through - passed;
    passed = through;
  }
}

function isInflow(registerName: string): boolean {
  return registerName !== "exportKwh" && registerName !== "generationKwh";
}
