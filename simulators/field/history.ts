import { quarterMs, tickMs, ticksPerQuarter } from "../units.ts";

/** State of the field at the start of a quarter hour, and how its fast registers moved within it. */
export interface QuarterRecord {
  readonly startMs: number;
  /** Counts since the simulation began, by register. */
  readonly counts: Float64Array;
  /** State of charge and temperature of each battery. */
  readonly socFraction: Float32Array;
  readonly celsius: Float32Array;
  /** Highest quarter-hour mean of the month before this quarter hour, by register. */
  readonly maxDemandKw: Float32Array;
  /** Counts of the fast registers since the start, after each tick; null where only ends are kept. */
  readonly ticks: Uint32Array | null;
}

/** Keeps the quarter hours of a run, so that any sample of any device can be made at any time. */
export class History {
  readonly #records: QuarterRecord[] = [];
  /** Place of a register among those that are kept tick by tick; absent: a slow one. */
  readonly fastPlaces: ReadonlyMap<number, number>;

  constructor(fastRegisters: readonly number[]) {
    this.fastPlaces = new Map(fastRegisters.map((index, place) => [index, place]));
  }

  get fromMs(): number {
    return this.#records[0]?.startMs ?? Number.NaN;
  }

  add(record: QuarterRecord): void {
    this.#records.push(record);
  }

  /** The record of the quarter hour that begins at `startMs`. */
  at(startMs: number): QuarterRecord | undefined {
    const [first] = this.#records;
    if (first === undefined) return undefined;
    return this.#records[(startMs - first.startMs) / quarterMs];
  }

  /** The record of the quarter hour that the moment before the instant lies in. */
  before(tsMs: number): QuarterRecord | undefined {
    return this.at(Math.ceil(tsMs / quarterMs - 1) * quarterMs);
  }

  get newest(): QuarterRecord | undefined {
    return this.#records.at(-1);
  }

  /** Forgets quarter hours that begin before the instant, and detail before another one. */
  forget(beforeMs: number, detailBeforeMs: number): void {
    const first = this.#records.findIndex(({ startMs }) => startMs >= beforeMs);
    if (first > 0) this.#records.splice(0, first);
    for (const [place, record] of this.#records.entries()) {
      if (record.startMs >= detailBeforeMs) break;
      if (record.ticks !== null) this.#records[place] = { ...record, ticks: null };
    }
  }

  /** Counts of a fast register within a quarter hour, or null when only its ends are kept. */
  fastCounts(record: QuarterRecord, register: number, tsMs: number): number | null {
    const place = this.fastPlaces.get(register);
    if (record.ticks === null || place === undefined) return null;
    const width = this.fastPlaces.size;
    const position = (tsMs - record.startMs) / tickMs;
    const tick = Math.min(ticksPerQuarter, Math.floor(position));
    const from = tick === 0 ? 0 : (record.ticks[(tick - 1) * width + place] ?? 0);
    if (tick >= ticksPerQuarter || position === tick) return from;
    const to = record.ticks[tick * width + place] ?? from;
    return from + Math.floor((to - from) * (position - tick));
  }
}
