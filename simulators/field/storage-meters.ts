import type { SimDevice } from "../park/sim-device.ts";
import type { QuarterShapes } from "./quarter-shape.ts";
import { isCounted, isFast } from "./roles.ts";
import { TickDemand } from "./tick-demand.ts";

/** What the transformers and cables of the storage station lose of what passes its connection. */
const lossFraction = 0.003;

/**
 * A meter above PCS and their auxiliaries, or a PCS itself: what flows through it towards the storage
 * in a tick; negative is out of it. Meters write what they pass on to their registers.
 */
export class StorageFlow {
  readonly #device: SimDevice;
  /** Registers of the PCS right below: the places of what they charge and of what they discharge. */
  readonly #inPlaces: readonly number[];
  readonly #outPlaces: readonly number[];
  readonly #meters: readonly StorageFlow[];
  readonly #loads: TickDemand;

  constructor(device: SimDevice, shapes: QuarterShapes) {
    const isUnit = ({ kind }: SimDevice): boolean => kind === "storage-pcs";
    const parts = isUnit(device) ? [device] : device.children.filter(isCounted);
    const units = parts.filter(isUnit);
    const rest = parts.filter((part) => !isUnit(part));
    this.#device = device;
    this.#inPlaces = units.map(({ registers }) => registers[0]?.index ?? -1);
    this.#outPlaces = units.map(({ registers }) => registers[1]?.index ?? -1);
    this.#meters = rest.filter(isFast).map((part) => new StorageFlow(part, shapes));
    this.#loads = new TickDemand(
      rest.filter((part) => !isFast(part)),
      shapes,
    );
  }

  lay(startMs: number, quarterCounts: Float64Array): void {
    this.#loads.lay(startMs, quarterCounts);
    for (const meter of this.#meters) meter.lay(startMs, quarterCounts);
  }

  netWh(tick: number, counts: Float64Array): number {
    let storedWh = 0;
    for (const place of this.#inPlaces) storedWh += counts[place] ?? 0;
    for (const place of this.#outPlaces) storedWh -= counts[place] ?? 0;
    if (this.#device.kind === "storage-pcs") return storedWh;
    for (const meter of this.#meters) storedWh += meter.netWh(tick, counts);
    const lossWh = Math.round(Math.abs(storedWh) * lossFraction);
    const netWh = storedWh + lossWh + (this.#loads.activeWh[tick] ?? 0);
    count(this.#device, netWh, counts);
    return netWh;
  }
}

/** Counts a net energy as import or, when it is negative, as export. */
export function count({ registers }: SimDevice, netWh: number, counts: Float64Array): void {
  const [into, outOf] = registers;
  if (into !== undefined && netWh > 0) counts[into.index] = netWh;
  if (outOf !== undefined && netWh < 0) counts[outOf.index] = -netWh;
}
