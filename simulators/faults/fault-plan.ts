import { keyOf, uniform } from "../random.ts";
import { dayMs } from "../units.ts";
import {
  durationsMs,
  type FaultEvent,
  type FaultKind,
  type FaultRates,
  faultKinds,
  offsetsMs,
  spikeFactorDefault,
} from "./fault-kinds.ts";

/**
 * Which faults happen when: those of a script, and those that chance brings. Chance is a function of
 * the seed, the device and the day, so the same run has the same faults, wherever one looks first.
 */
export class FaultPlan {
  readonly #seed: number;
  readonly #rates: FaultRates;
  readonly #scripted = new Map<string, FaultEvent[]>();
  readonly #ofDay = new Map<string, readonly FaultEvent[]>();

  constructor(seed: number, rates: FaultRates, scripted: readonly FaultEvent[]) {
    this.#seed = seed;
    this.#rates = rates;
    for (const event of scripted) {
      const known = this.#scripted.get(event.deviceId);
      if (known === undefined) this.#scripted.set(event.deviceId, [event]);
      else known.push(event);
    }
  }

  /** Whether there is anything at all. */
  get isQuiet(): boolean {
    return this.#scripted.size === 0 && faultKinds.every((kind) => (this.#rates[kind] ?? 0) === 0);
  }

  /** Faults of a kind that touch `[fromMs, toMs)`; those of an instant lie within it. */
  within(deviceId: string, kind: FaultKind, fromMs: number, toMs: number): readonly FaultEvent[] {
    const found = (this.#scripted.get(deviceId) ?? []).filter((event) => event.kind === kind);
    if ((this.#rates[kind] ?? 0) > 0) {
      // A fault of the day before may reach into this one.
      const firstDay = Math.floor(fromMs / dayMs) - 1;
      for (let day = firstDay; day * dayMs < toMs; day += 1) {
        found.push(...this.#drawn(deviceId, day).filter((event) => event.kind === kind));
      }
    }
    return found.filter((event) => touches(event, fromMs, toMs));
  }

  /** The fault of a kind under way at an instant. */
  at(deviceId: string, kind: FaultKind, tsMs: number): FaultEvent | undefined {
    return this.within(deviceId, kind, tsMs, tsMs + 1)[0];
  }

  #drawn(deviceId: string, day: number): readonly FaultEvent[] {
    const place = `${deviceId} ${day}`;
    const known = this.#ofDay.get(place);
    if (known !== undefined) return known;
    const events = faultKinds.flatMap((kind) => this.#draw(deviceId, day, kind));
    this.#ofDay.set(place, events);
    const [oldest] = this.#ofDay.keys();
    if (this.#ofDay.size > daysKept && oldest !== undefined) this.#ofDay.delete(oldest);
    return events;
  }

  #draw(deviceId: string, day: number, kind: FaultKind): readonly FaultEvent[] {
    const key = keyOf(this.#seed, `${deviceId} ${kind}`);
    if (uniform(key, day * draws) >= (this.#rates[kind] ?? 0)) return [];
    const fromMs = Math.floor((day + uniform(key, day * draws + 1)) * dayMs);
    const length = uniform(key, day * draws + 2);
    const strength = uniform(key, day * draws + 3);
    return [
      {
        ...{ kind, deviceId, fromMs, factor: spikeFactorDefault },
        toMs: fromMs + Math.ceil(between(durationsMs[kind], length)),
        offsetMs: Math.round(between(offsetsMs, strength)),
      },
    ];
  }
}

const draws = 4;
const daysKept = 50_000;

function between([from, to]: readonly [number, number], at: number): number {
  return from + (to - from) * at;
}

function touches({ kind, ...event }: FaultEvent, fromMs: number, toMs: number): boolean {
  const isOfAnInstant = durationsMs[kind][1] === 0;
  const endMs = isOfAnInstant ? event.fromMs + 1 : event.toMs;
  return event.fromMs < toMs && endMs > fromMs;
}
