import { readFaultScript } from "./faults/fault-options.ts";
import type { Options } from "./options.ts";
import { type Selection, selected } from "./park/selection.ts";
import { readPark } from "./park/sim-park.ts";
import type { Prepared } from "./prepared.ts";
import type { Report } from "./report.ts";
import { Sending } from "./sending.ts";
import { createSimulation, type Simulation, workOut } from "./simulation.ts";
import { readState, type SimulatorState } from "./state-file.ts";
import { TruthFile } from "./truth-file.ts";
import { dayMs, quarterMs, secondMs } from "./units.ts";

const seedDefault = 43;
/** So many simulated days are worked out before signals are looked at again. */
const sliceMs = 2 * dayMs;

/** A run of the simulators: history, live values, or both. */
export class Run {
  readonly #options: Options;
  readonly #report: Report;
  #truth: TruthFile | null = null;
  #sending: Sending | null = null;
  #isStopped = false;

  constructor(options: Options, report: Report) {
    this.#options = options;
    this.#report = report;
  }

  /** Resolves with the exit code when there is nothing more to do, or after `stop`. */
  async start(): Promise<number> {
    try {
      const prepared = await this.#prepare();
      if (prepared === null) return 0;
      const { mqttUrl, outputPath } = this.#options;
      if (mqttUrl === null && outputPath === null) return 0;
      this.#sending = new Sending(prepared);
      if (this.#isStopped) return 0;
      await this.#sending.run();
      return 0;
    } finally {
      await this.#sending?.close();
      this.#truth?.close();
    }
  }

  /** Ends the run in an orderly way: what is on its way is given up and remembered as owed. */
  stop(): void {
    this.#isStopped = true;
    this.#report.say("stopping", {}, ({ stopping }) => stopping);
    this.#sending?.stop();
  }

  async #prepare(): Promise<Prepared | null> {
    const options = this.#options;
    const state = await this.#readState();
    const seed = options.seed ?? state?.seed ?? seedDefault;
    const park = readPark(options.parkPath, seed);
    const selection = selected(park, options.gatewayIds, options.meterIds);
    const { truthPath, faultScript } = options;
    if (truthPath !== null) {
      this.#truth = new TruthFile(truthPath, selection.devices, state !== null);
    }
    const fromMs = state?.origin.atMs ?? options.fromMs;
    const simulation = createSimulation({
      ...{ park, seed, fromMs, latch: options.latch, faultRates: options.faultRates },
      state: state?.origin,
      faultScript: faultScript === null ? [] : readFaultScript(faultScript, park),
      toMs: this.#endMs(),
      onQuarter: (startMs, counts) => this.#truth?.add(startMs, counts),
    });
    if (state !== null) simulation.displays.restore(park, state.displays);
    this.#announce({ seed, fromMs, selection, isContinued: state !== null });
    if (!(await this.#workOut(simulation, fromMs))) return null;
    const replacements = workOut(simulation, this.#endMs(), state === null);
    return {
      ...{ options, report: this.#report, park, selection, seed, simulation, state, replacements },
    };
  }

  async #readState(): Promise<SimulatorState | null> {
    const { statePath, parkPath } = this.#options;
    if (statePath === null) return null;
    return readState(statePath, readPark(parkPath, 0).id);
  }

  #endMs(): number {
    return this.#options.realtime ? Date.now() : this.#options.toMs;
  }

  /** In slices, so that a signal in between is heard; false when it was. */
  async #workOut({ world }: Simulation, fromMs: number): Promise<boolean> {
    const beganMs = Date.now();
    for (let tsMs = fromMs; tsMs < this.#endMs(); tsMs += sliceMs) {
      world.advanceTo(Math.min(tsMs + sliceMs, this.#endMs()));
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#isStopped) return false;
    }
    const quarters = Math.floor((this.#endMs() - fromMs) / quarterMs);
    const seconds = ((Date.now() - beganMs) / secondMs).toFixed(1);
    this.#report.say("worked-out", { quarters, seconds: Number(seconds) }, ({ worked }) =>
      worked(quarters, seconds),
    );
    return true;
  }

  #announce(begin: {
    readonly seed: number;
    readonly fromMs: number;
    readonly selection: Selection;
    readonly isContinued: boolean;
  }): void {
    const { seed, fromMs, selection, isContinued } = begin;
    const { latch, faults, faultScript } = this.#options;
    const beginning = {
      deviceCount: selection.devices.length,
      gatewayCount: selection.gatewayIds.length,
      ...{ seed, latch, faults: faultScript === null ? faults : `${faults} + ${faultScript}` },
      from: new Date(fromMs).toISOString(),
    };
    this.#report.say("begin", { ...beginning, isContinued }, ({ begins }) => begins(beginning));
    if (isContinued) this.#report.say("continue", {}, (said) => said.continues(beginning.from));
  }
}
