import type { Replacement } from "./faults/displays.ts";
import type { Options } from "./options.ts";
import type { Selection } from "./park/selection.ts";
import type { SimPark } from "./park/sim-park.ts";
import type { Report } from "./report.ts";
import type { Simulation } from "./simulation.ts";
import type { SimulatorState } from "./state-file.ts";

/** Everything that a run consists of, once its history is worked out. */
export interface Prepared {
  readonly options: Options;
  readonly report: Report;
  readonly park: SimPark;
  readonly selection: Selection;
  readonly seed: number;
  readonly simulation: Simulation;
  readonly state: SimulatorState | null;
  readonly replacements: readonly Replacement[];
}
