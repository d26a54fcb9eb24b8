import type { SimDevice } from "../park/sim-device.ts";
import type { Sample, Sampler } from "../sampling/sampler.ts";
import type { Displays } from "./displays.ts";
import type { FaultEvent } from "./fault-kinds.ts";
import type { FaultPlan } from "./fault-plan.ts";

export interface FaultySamplerParts {
  readonly sampler: Sampler;
  readonly plan: FaultPlan;
  readonly displays: Displays;
}

/** Makes samples as they would come from the field: with the faults that hit the device itself. */
export class FaultySampler {
  readonly #parts: FaultySamplerParts;

  constructor(parts: FaultySamplerParts) {
    this.#parts = parts;
  }

  /**
   * The sample of a device, or null when it is silent.
   *
   * @param stepMs time since the sample before; what happens at an instant hits the next sample.
   */
  sample(device: SimDevice, tsMs: number, stepMs: number): Sample | null {
    const { plan } = this.#parts;
    if (plan.isQuiet) return this.#parts.sampler.sample(device, tsMs);
    if (plan.at(device.id, "drop-out", tsMs) !== undefined) return null;
    const stuck = plan.at(device.id, "stuck", tsMs);
    const seen = this.#at(device, stuck === undefined ? tsMs : stuck.fromMs);
    const [spike] = plan.within(device.id, "spike", tsMs - stepMs + 1, tsMs + 1);
    const skew = plan.at(device.id, "clock-skew", tsMs);
    const values = spike === undefined ? seen.values : spiked(device, seen.values, spike);
    return { ts: tsMs + (skew?.offsetMs ?? 0), values };
  }

  #at(device: SimDevice, tsMs: number): Sample {
    const { sampler, displays } = this.#parts;
    return sampler.sample(device, tsMs, (register) => displays.startOf(register, tsMs));
  }
}

/** One misreading: the first register and the power jump to what the device can never have reached. */
function spiked(
  { registers, ratedPerH }: SimDevice,
  values: Sample["values"],
  { factor }: FaultEvent,
): Sample["values"] {
  const wrong: Record<string, number | string> = { ...values };
  const [register] = registers;
  if (register !== undefined) {
    const jump = (factor * ratedPerH * register.countsPerReal) / register.countsPerUnit;
    wrong[register.name] = Number(values[register.name] ?? 0) + Math.ceil(jump);
  }
  if (typeof values.powerKw === "number") wrong.powerKw = Math.round(ratedPerH * factor);
  return wrong;
}
