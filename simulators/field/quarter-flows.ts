import { type LoadClass, loadClassOf } from "../loads/load-class.ts";
import { isPvOnly } from "../park/registers.ts";
import { isMirror, type SimDevice } from "../park/sim-device.ts";
import type { SimPark } from "../park/sim-park.ts";
import type { Weather } from "../sky/weather.ts";
import { minutesPerQuarter, quarterCounts } from "../units.ts";
import { derivedStep, type Step, sumOf } from "./derived-flows.ts";
import { PvPlant } from "./pv-plant.ts";
import type { Quarter } from "./quarter.ts";
import {
  childrenFirst,
  isCounted,
  isDerived,
  isFast,
  isInverterGroup,
  isReactive,
} from "./roles.ts";
import { groupShare, lossFraction, mirrorFactor, shareOf } from "./shares.ts";

/** Reactive over active energy of a load. */
const reactiveRatio = 0.28;
/** Share of what its installed but unmetered consumers could draw that is left to them. */
const unmeteredFraction = 0.5;
/** Energy that the lines of a PV collection lose. */
const pvLossFraction = 0.005;

/**
 * Energy and matter of one quarter hour for every register that does not hang on the storage or on the
 * grid balance. Everything is counted in whole parts; a meter above others shows their sum and a loss.
 */
export class QuarterFlows {
  readonly #weather: Weather;
  readonly #steps: readonly Step[];
  readonly #industryOf: ReadonlyMap<string, string>;

  constructor(park: SimPark, weather: Weather) {
    this.#weather = weather;
    this.#industryOf = new Map(
      park.file.enterprises.map(({ id, industry }) => [id, industry ?? "utility"]),
    );
    this.#steps = this.#plan(park);
  }

  /** Writes the counts of the quarter hour; registers of the storage and the grid stay as they are. */
  fill(quarter: Quarter, counts: Float64Array): void {
    for (const step of this.#steps) step(quarter, counts);
  }

  /** Every step after those whose results it uses. */
  #plan(park: SimPark): readonly Step[] {
    const slow = park.devices.filter((device) => !isFast(device) && device.registers.length > 0);
    const copies = slow.filter((device) => isMirror(device) || isInverterGroup(device));
    const derived = slow.filter((device) => isDerived(device) && !copies.includes(device));
    const own = slow.filter((device) => !copies.includes(device) && !derived.includes(device));
    const isOfDerived = ({ children }: SimDevice): boolean => children.some(isDerived);
    const context = {
      park,
      loadClassOf: (device: SimDevice) => this.#loadClass(device),
      otherwise: (device: SimDevice) => this.#leafStep(device, device.ratedPerH),
    };
    return [
      ...childrenFirst(own.filter((device) => !isOfDerived(device))).map((one) =>
        this.#ownStep(one),
      ),
      ...derived.map((device) => derivedStep(context, device)),
      ...childrenFirst(own.filter(isOfDerived)).map((device) => this.#ownStep(device)),
      ...copies.map(copyStep),
    ];
  }

  #ownStep(device: SimDevice): Step {
    if (device.kind === "pv-inverter") return this.#plantStep(device);
    const parts = device.children.filter(isCounted);
    if (parts.length === 0) return this.#leafStep(device, device.ratedPerH);
    return isPvOnly(device) ? collectionStep(device, parts) : this.#nodeStep(device, parts);
  }

  #leafStep(device: SimDevice, ratedPerH: number): Step {
    const [register, reactive] = device.registers;
    if (register === undefined) return () => undefined;
    const loadClass = this.#loadClass(device);
    return (quarter, counts) => {
      const share = shareOf(device, loadClass, quarter);
      const amount = quarterCounts(ratedPerH * share, register.countsPerReal);
      counts[register.index] = amount;
      if (reactive !== undefined) counts[reactive.index] = Math.round(amount * reactiveRatio);
    };
  }

  /** A meter above others: their sum, its own unmetered consumers and the loss of the line. */
  #nodeStep(device: SimDevice, parts: readonly SimDevice[]): Step {
    const [register, second] = device.registers;
    if (register === undefined) return () => undefined;
    const plants = parts.filter(isPvOnly);
    const loads = parts.filter((part) => !isPvOnly(part));
    const loss = lossFraction(device);
    const rest = this.#leafStep({ ...device, registers: [register] }, unmeteredPerH(device, loads));
    const reactiveParts = loads.flatMap(({ registers }) => registers.filter(isReactive));
    return (quarter, counts) => {
      rest(quarter, counts);
      const used = (counts[register.index] ?? 0) + sumOf(loads, counts);
      const net = used + Math.round(used * loss) - sumOf(plants, counts);
      counts[register.index] = Math.max(0, net);
      if (second === undefined) return;
      if (!isReactive(second)) {
        counts[second.index] = Math.max(0, -net);
        return;
      }
      let reactiveSum = 0;
      for (const part of reactiveParts) reactiveSum += counts[part.index] ?? 0;
      counts[second.index] = Math.max(reactiveSum, Math.round(net * reactiveRatio));
    };
  }

  #plantStep(device: SimDevice): Step {
    const [register] = device.registers;
    if (register === undefined) return () => undefined;
    const plant = new PvPlant(device, this.#weather);
    return ({ startMs }, counts) => {
      const sumKw = plant.minutesKw(startMs).reduce((sum, powerKw) => sum + powerKw, 0);
      counts[register.index] = quarterCounts(sumKw / minutesPerQuarter, register.countsPerReal);
    };
  }

  #loadClass({ nameEn, enterpriseId }: SimDevice): LoadClass {
    return loadClassOf(nameEn, this.#industryOf.get(enterpriseId ?? "") ?? null);
  }
}

/** Rating that is left for consumers without a meter of their own below a load. */
function unmeteredPerH(device: SimDevice, parts: readonly SimDevice[]): number {
  if (device.role !== "load" && device.role !== "sub") return 0;
  const installed = parts.reduce((sum, part) => sum + part.ratedPerH, 0);
  return Math.max(0, device.ratedPerH - installed) * unmeteredFraction;
}

/** What arrives from several PV plants, after the loss of the lines. */
function collectionStep(device: SimDevice, plants: readonly SimDevice[]): Step {
  const [register] = device.registers;
  if (register === undefined) return () => undefined;
  return (_quarter, counts) => {
    const sum = sumOf(plants, counts);
    counts[register.index] = sum - Math.round(sum * pvLossFraction);
  };
}

/** What stands beside or inside another device: a check meter, or a group of a plant's inverters. */
function copyStep(device: SimDevice): Step {
  const factor = isInverterGroup(device) ? groupShare(device) : mirrorFactor(device);
  const sources = device.parent?.registers ?? [];
  const pairs = device.registers.flatMap((register, place) => {
    const source = sources[place];
    return source === undefined ? [] : [{ to: register.index, from: source.index }];
  });
  return (_quarter, counts) => {
    for (const { to, from } of pairs) counts[to] = Math.round((counts[from] ?? 0) * factor);
  };
}
