import { Calendar } from "../loads/calendar.ts";
import { holdsStorage, type SimDevice } from "../park/sim-device.ts";
import type { SimPark } from "../park/sim-park.ts";
import { Weather } from "../sky/weather.ts";
import type { Cluster } from "../storage/battery.ts";
import { CommandDesk, type ReceivedCommand } from "../storage/command-desk.ts";
import { Station } from "../storage/station.ts";
import { kwFromQuarterKwh, quarterMs, quarterStartMs, tickMs, ticksPerQuarter } from "../units.ts";
import { Busbar } from "./busbar.ts";
import { History, type QuarterRecord } from "./history.ts";
import { Surroundings } from "./quarter.ts";
import { QuarterFlows } from "./quarter-flows.ts";
import { QuarterShapes } from "./quarter-shape.ts";
import { isFast } from "./roles.ts";
import {
  restoreWorld,
  stationRow,
  stationRowLength,
  type WorldState,
  worldState,
} from "./world-state.ts";

export interface WorldOptions {
  readonly park: SimPark;
  readonly seed: number;
  /** Quarter hour at which the run begins. */
  readonly fromMs: number;
  /** What a run before this one left at `fromMs`. */
  readonly state?: WorldState | undefined;
  /** Told the counts of each quarter hour as soon as it is over. */
  readonly onQuarter?: (startMs: number, counts: Float64Array) => void;
  /** Detail within quarter hours is kept from here on. */
  readonly detailFromMs?: number;
}

/** The park as it really is: steps through time and knows every register at every instant so far. */
export class World {
  readonly park: SimPark;
  readonly calendar: Calendar;
  readonly weather: Weather;
  readonly shapes: QuarterShapes;
  readonly station: Station;
  readonly desk: CommandDesk;
  readonly history: History;
  readonly clusters: readonly Cluster[];
  readonly #options: WorldOptions;
  readonly #flows: QuarterFlows;
  readonly #surroundings: Surroundings;
  readonly #busbar: Busbar;
  readonly #fast: readonly number[];
  /** Counts of the running quarter hour: all of a slow register, what has passed of a fast one. */
  #running: Float64Array;
  #ticksDone = ticksPerQuarter;
  readonly #tickCounts: Float64Array;
  readonly #maxDemandKw: Float32Array;
  #monthOfMax = -1;
  /** The station as it was when the running quarter hour began. */
  readonly #opening: Float64Array;
  #openCommands: readonly ReceivedCommand[] = [];

  constructor(options: WorldOptions) {
    const { park, seed } = options;
    this.#options = options;
    this.park = park;
    this.calendar = new Calendar(park.file.timezone);
    this.weather = new Weather(seed, park.file.location, this.calendar);
    this.shapes = new QuarterShapes(this.weather, (register, startMs) => {
      const record = this.history.at(startMs);
      return record === undefined ? 0 : this.quarterCounts(record, register);
    });
    this.station = new Station(park);
    this.clusters = this.station.units.flatMap(({ clusters }) => clusters);
    this.desk = new CommandDesk(this.station, stationIds(park));
    this.#flows = new QuarterFlows(park, this.weather);
    this.#surroundings = new Surroundings(park, seed, this);
    this.#busbar = new Busbar(this);
    this.#fast = park.devices
      .filter(isFast)
      .flatMap(({ registers }) => registers.map((r) => r.index));
    this.history = new History(this.#fast);
    this.#running = new Float64Array(park.registers.length);
    this.#tickCounts = new Float64Array(park.registers.length);
    this.#maxDemandKw = new Float32Array(park.registers.length);
    const counts = new Float64Array(park.registers.length);
    if (options.state !== undefined)
      restoreWorld(this, options.state, { counts, maxDemandKw: this.#maxDemandKw });
    this.#opening = new Float64Array(stationRowLength(this.station));
    this.#open(options.fromMs, counts);
  }

  /** Instant up to which everything is known. */
  get knownMs(): number {
    return (this.history.newest?.startMs ?? Number.NaN) + this.#ticksDone * tickMs;
  }

  /** Whether a device moves with the storage and the grid balance. */
  isFast({ registers }: SimDevice): boolean {
    return this.history.fastPlaces.has(registers[0]?.index ?? -1);
  }

  /** Steps on until the tick that contains the instant is done. */
  advanceTo(tsMs: number): void {
    while (this.knownMs < tsMs) this.#tick();
  }

  /**
   * Whole counts of a register since the run began, at an instant that is known. The end of the
   * running quarter hour is known too for a slow register, whose counts are drawn for all of it.
   */
  countsAt(device: SimDevice, register: number, tsMs: number): number {
    const startMs = quarterStartMs(tsMs);
    const record = this.history.at(startMs);
    if (record === undefined) {
      const running = this.history.newest;
      if (running === undefined || tsMs !== running.startMs + quarterMs) {
        throw new RangeError(`nothing is known at ${tsMs}`);
      }
      return (running.counts[register] ?? 0) + this.quarterCounts(running, register);
    }
    const begun = record.counts[register] ?? 0;
    if (tsMs === startMs) return begun;
    const fast = this.history.fastCounts(record, register, tsMs);
    if (fast !== null) return begun + fast;
    const whole = this.quarterCounts(record, register);
    return begun + Math.floor(whole * this.shapes.share(device, startMs, tsMs - startMs));
  }

  /** Counts of a quarter hour; of the running one as far as it has come for a fast register. */
  quarterCounts(record: QuarterRecord, register: number): number {
    const next = this.history.at(record.startMs + quarterMs);
    if (next !== undefined) return (next.counts[register] ?? 0) - (record.counts[register] ?? 0);
    return this.#running[register] ?? 0;
  }

  /** What a later run needs to go on from the start of the running quarter hour. */
  state(): WorldState {
    const record = this.history.newest;
    if (record === undefined) throw new RangeError("the world has not begun");
    return worldState(this, record, { row: this.#opening, commands: this.#openCommands });
  }

  #tick(): void {
    const record = this.history.newest;
    if (record === undefined) return;
    const counts = this.#tickCounts;
    counts.fill(0);
    this.#busbar.tick(this.#ticksDone, counts);
    const width = this.#fast.length;
    for (let place = 0; place < width; place += 1) {
      const register = this.#fast[place] ?? -1;
      const sum = (this.#running[register] ?? 0) + (counts[register] ?? 0);
      this.#running[register] = sum;
      if (record.ticks !== null) record.ticks[this.#ticksDone * width + place] = sum;
    }
    this.#ticksDone += 1;
    if (this.#ticksDone >= ticksPerQuarter) this.#close();
  }

  #close(): void {
    const record = this.history.newest;
    if (record === undefined) return;
    const counts = new Float64Array(record.counts.length);
    for (let index = 0; index < counts.length; index += 1) {
      counts[index] = (record.counts[index] ?? 0) + (this.#running[index] ?? 0);
    }
    for (const { index, name, countsPerReal } of this.park.registers) {
      if (name !== "importKwh") continue;
      const meanKw = kwFromQuarterKwh((this.#running[index] ?? 0) / countsPerReal);
      if (meanKw > (this.#maxDemandKw[index] ?? 0)) this.#maxDemandKw[index] = meanKw;
    }
    this.#options.onQuarter?.(record.startMs, this.#running);
    this.#open(record.startMs + quarterMs, counts);
  }

  #open(startMs: number, counts: Float64Array): void {
    const { month } = this.calendar.at(startMs);
    if (this.#monthOfMax !== -1 && month !== this.#monthOfMax) this.#maxDemandKw.fill(0);
    this.#monthOfMax = month;
    stationRow(this.station, this.#opening);
    this.#openCommands = this.desk.open();
    const isDetailed =
      startMs + quarterMs > (this.#options.detailFromMs ?? Number.NEGATIVE_INFINITY);
    this.history.add({
      startMs,
      counts,
      socFraction: Float32Array.from(
        this.clusters,
        ({ energyKwh, fullKwh }) => energyKwh / fullKwh,
      ),
      celsius: Float32Array.from(this.clusters, ({ celsius }) => celsius),
      maxDemandKw: Float32Array.from(this.#maxDemandKw),
      ticks: isDetailed ? new Uint32Array(this.#fast.length * ticksPerQuarter) : null,
    });
    this.#ticksDone = 0;
    const { powerKw, powerMaxKw } = this.station;
    const use = powerMaxKw > 0 ? Math.abs(powerKw) / powerMaxKw : 0;
    this.#running = new Float64Array(counts.length);
    this.#flows.fill(this.#surroundings.quarter(startMs, use), this.#running);
    this.#busbar.lay(startMs, this.#running);
  }
}

/** Ids under which the storage station takes commands as a whole: its own and its meter's. */
function stationIds(park: SimPark): readonly string[] {
  const meters = park.devices.filter(
    (device) =>
      device.kind === "electricity-meter" && device.role !== "grid" && holdsStorage(device),
  );
  return [...park.file.storage.map(({ id }) => id), ...meters.map(({ id }) => id)];
}
