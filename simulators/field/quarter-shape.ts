import { isPvOnly } from "../park/registers.ts";
import { isMirror, type SimDevice } from "../park/sim-device.ts";
import { uniform } from "../random.ts";
import type { Weather } from "../sky/weather.ts";
import {
  minuteMs,
  minutesPerQuarter,
  quarterMs,
  ticksPerMinute,
  ticksPerQuarter,
} from "../units.ts";
import { PvPlant } from "./pv-plant.ts";
import { isCounted, isInverterGroup } from "./roles.ts";

/** How unevenly the energy of a single load flows minute by minute. */
const unevenness = 0.16;

interface Shape {
  readonly startMs: number;
  readonly shape: Float64Array;
}

/** Samples of the present and of a history are made in turn, and each looks back a little. */
const shapesKept = 4;

/** Counts of a register in the quarter hour that begins at an instant. */
export type QuarterCounts = (register: number, startMs: number) => number;

/**
 * How the energy of a quarter hour is spread over its minutes, as the share that has flowed by the end
 * of each minute. The energy itself is settled by the quarter hour; the shape only says when within.
 * A meter above others moves as the sum of them, so that they agree within the quarter hour as well.
 */
export class QuarterShapes {
  readonly #weather: Weather;
  readonly #counts: QuarterCounts;
  readonly #plants = new Map<SimDevice, PvPlant>();
  /** The shapes of a device that were asked for last, newest first. */
  readonly #recent = new Map<number, Shape[]>();

  constructor(weather: Weather, counts: QuarterCounts) {
    this.#weather = weather;
    this.#counts = counts;
  }

  /** Shares by minute, 16 of them, from 0 to exactly 1. */
  of(device: SimDevice, startMs: number): Float64Array {
    const recent = this.#recent.get(device.index) ?? [];
    const known = recent.find((one) => one.startMs === startMs);
    if (known !== undefined) return known.shape;
    const shape = cumulated(this.#weights(device, startMs));
    this.#recent.set(device.index, [{ startMs, shape }, ...recent.slice(0, shapesKept - 1)]);
    return shape;
  }

  /** Share of the quarter hour's energy that has flowed `intoMs` after its start. */
  share(device: SimDevice, startMs: number, intoMs: number): number {
    const shape = this.of(device, startMs);
    const minute = Math.min(minutesPerQuarter - 1, Math.floor(intoMs / minuteMs));
    const from = shape[minute] ?? 0;
    const to = shape[minute + 1] ?? 1;
    return from + (to - from) * Math.min(1, intoMs / minuteMs - minute);
  }

  /** Share that has flowed by the end of each tick. */
  tickShares(device: SimDevice, startMs: number): Float64Array {
    const shape = this.of(device, startMs);
    const shares = new Float64Array(ticksPerQuarter);
    for (let tick = 1; tick <= ticksPerQuarter; tick += 1) {
      const minute = Math.floor(tick / ticksPerMinute);
      const from = shape[minute] ?? 1;
      const to = shape[minute + 1] ?? 1;
      shares[tick - 1] = from + (to - from) * (tick / ticksPerMinute - minute);
    }
    return shares;
  }

  #weights(device: SimDevice, startMs: number): Float64Array {
    const source = sourceOf(device);
    if (source.kind === "pv-inverter") return this.#plant(source).minutesKw(startMs);
    const parts = source.children.filter(isCounted);
    const isSum = parts.every((part) => isPvOnly(part) === isPvOnly(source));
    if (parts.length > 0 && isSum) return this.#sumOfParts(source, parts, startMs);
    const weights = new Float64Array(minutesPerQuarter);
    const first = (startMs / quarterMs) * minutesPerQuarter;
    for (let minute = 0; minute < minutesPerQuarter; minute += 1) {
      weights[minute] = 1 + unevenness * (2 * uniform(source.key ^ 17, first + minute) - 1);
    }
    return weights;
  }

  /** Each part with its own shape, and what is not metered below evenly. */
  #sumOfParts(
    { registers }: SimDevice,
    parts: readonly SimDevice[],
    startMs: number,
  ): Float64Array {
    const weights = new Float64Array(minutesPerQuarter);
    let rest = this.#counts(registers[0]?.index ?? -1, startMs);
    for (const part of parts) {
      const amount = this.#counts(part.registers[0]?.index ?? -1, startMs);
      if (amount === 0) continue;
      rest -= amount;
      const shape = this.of(part, startMs);
      for (let minute = 0; minute < minutesPerQuarter; minute += 1) {
        const own = (shape[minute + 1] ?? 0) - (shape[minute] ?? 0);
        weights[minute] = (weights[minute] ?? 0) + amount * own;
      }
    }
    if (rest <= 0) return weights;
    return weights.map((weight) => weight + rest / minutesPerQuarter);
  }

  #plant(device: SimDevice): PvPlant {
    const known = this.#plants.get(device) ?? new PvPlant(device, this.#weather);
    this.#plants.set(device, known);
    return known;
  }
}

/** Check meters and groups of inverters move with what they stand beside or inside. */
function sourceOf(device: SimDevice): SimDevice {
  const copies = isMirror(device) || isInverterGroup(device);
  return copies && device.parent !== null ? device.parent : device;
}

function cumulated(weights: Float64Array): Float64Array {
  const shape = new Float64Array(minutesPerQuarter + 1);
  let sum = 0;
  for (const weight of weights) sum += weight;
  let passed = 0;
  for (let minute = 0; minute < minutesPerQuarter; minute += 1) {
    passed += sum > 0 ? (weights[minute] ?? 0) / sum : 1 / minutesPerQuarter;
    shape[minute + 1] = Math.min(1, passed);
  }
  shape[minutesPerQuarter] = 1;
  return shape;
}
