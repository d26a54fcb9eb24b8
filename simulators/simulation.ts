import { Displays, type Replacement } from "./faults/displays.ts";
import type { FaultEvent, FaultRates } from "./faults/fault-kinds.ts";
import { FaultPlan } from "./faults/fault-plan.ts";
import { FaultySampler } from "./faults/faulty-sampler.ts";
import { World } from "./field/world.ts";
import type { WorldState } from "./field/world-state.ts";
import type { SimPark } from "./park/sim-park.ts";
import { Sampler } from "./sampling/sampler.ts";
import type { Timing } from "./sending/instants.ts";
import { dayMs, hourMs } from "./units.ts";

export interface SimulationOptions {
  readonly park: SimPark;
  readonly seed: number;
  readonly fromMs: number;
  /** Until when the history goes; a day of detail is kept before it. */
  readonly toMs: number;
  readonly latch: boolean;
  readonly state?: WorldState | undefined;
  readonly faultRates?: FaultRates;
  readonly faultScript?: readonly FaultEvent[];
  readonly onQuarter?: (startMs: number, counts: Float64Array) => void;
}

/** A park in motion and the instruments that look at it. */
export interface Simulation {
  readonly world: World;
  /** The field as the run found it. */
  readonly origin: WorldState;
  readonly plan: FaultPlan;
  readonly displays: Displays;
  readonly sampler: FaultySampler;
  readonly timing: Timing;
}

/** How far back the seconds within quarter hours are remembered. */
export const detailMs = dayMs + 2 * hourMs;

export function createSimulation(options: SimulationOptions): Simulation {
  const { park, seed, fromMs, toMs, latch, state, onQuarter } = options;
  const world = new World({
    ...{ park, seed, fromMs, state, detailFromMs: toMs - detailMs },
    ...(onQuarter === undefined ? {} : { onQuarter }),
  });
  const plan = new FaultPlan(seed, options.faultRates ?? {}, options.faultScript ?? []);
  const displays = new Displays(plan, fromMs);
  const sampler = new FaultySampler({ sampler: new Sampler(world), plan, displays });
  const origin = world.state();
  return { world, origin, plan, displays, sampler, timing: { latch, calendar: world.calendar } };
}

/** Works the history out and, unless a run before has done so, sets displays up to turn over. */
export function workOut(
  { world, displays }: Simulation,
  toMs: number,
  isFirstRun: boolean,
): readonly Replacement[] {
  world.advanceTo(toMs);
  if (isFirstRun) displays.prepareRollovers(world, toMs);
  return displays.advance(world, toMs);
}
