import type { World } from "../field/world.ts";
import type { Register, SimDevice } from "../park/sim-device.ts";
import {
  chargerGauges,
  computeGauges,
  directLineGauges,
  electricityGauges,
  fireGauges,
  pvGauges,
  weatherGauges,
} from "./electric-values.ts";
import { processGauges } from "./process-values.ts";
import { StorageView } from "./storage-values.ts";
import type { Gauges, Moment } from "./values.ts";

/** One device at one instant, ready to be sent. */
export interface Sample {
  readonly ts: number;
  readonly values: Readonly<Record<string, number | string>>;
}

/** Where the display of a register began again: at a reset, or at the replacement of the meter. */
export interface DisplayStart {
  readonly atCounts: number;
  readonly initialCounts: number;
}

/** What a register shows at so many counts since the run began. */
function displayOf(register: Register, counts: number, start?: DisplayStart): number {
  const { initialCounts, atCounts } = start ?? {
    initialCounts: register.initialCounts,
    atCounts: 0,
  };
  return ((initialCounts + counts - atCounts) % register.modulusCounts) / register.countsPerUnit;
}

/** Makes the samples of any device at any instant that its world knows. */
export class Sampler {
  readonly #world: World;
  readonly #storage: StorageView;

  constructor(world: World) {
    this.#world = world;
    this.#storage = new StorageView(world);
  }

  gauges(device: SimDevice, tsMs: number): Gauges {
    const moment: Moment = { world: this.#world, device, tsMs };
    switch (device.kind) {
      case "electricity-meter":
        return electricityGauges(moment);
      case "pv-inverter":
        return pvGauges(moment);
      case "direct-line":
        return directLineGauges(moment);
      case "storage-pcs":
        return this.#storage.pcsGauges(moment);
      case "storage-bms":
        return this.#storage.bmsGauges(moment);
      case "charger":
        return chargerGauges(moment);
      case "compute-centre":
        return computeGauges(moment);
      case "weather-station":
        return weatherGauges(moment);
      case "fire-detector":
        return fireGauges(moment);
      default:
        return processGauges(moment);
    }
  }

  /** Registers and gauges; `startOf` tells where a display has begun again. */
  sample(
    device: SimDevice,
    tsMs: number,
    startOf?: (register: Register) => DisplayStart | undefined,
  ): Sample {
    const values: Record<string, number | string> = {};
    for (const register of device.registers) {
      const counts = this.#world.countsAt(device, register.index, tsMs);
      values[register.name] = displayOf(register, counts, startOf?.(register));
    }
    return { ts: tsMs, values: Object.assign(values, this.gauges(device, tsMs)) };
  }
}
