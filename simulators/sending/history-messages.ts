import type { FaultPlan } from "../faults/fault-plan.ts";
import type { FaultySampler } from "../faults/faulty-sampler.ts";
import type { SimDevice } from "../park/sim-device.ts";
import type { Sample } from "../sampling/sampler.ts";
import { secondMs } from "../units.ts";
import { instantsOf, type Timing } from "./instants.ts";
import { type OutMessage, telemetryMessages } from "./out-message.ts";
import type { Range } from "./ranges.ts";

export interface HistoryParts {
  readonly sampler: FaultySampler;
  readonly plan: FaultPlan;
  readonly timing: Timing;
  /** The later of two messages of a device goes first, as the pieces of a history do. */
  readonly newestFirst: boolean;
}

/**
 * The messages of a device for a stretch of time, in the order in which they are sent, with the faults
 * of the way: sent twice, sent again later, or out of order.
 */
export function historyMessages(
  { sampler, plan, timing, newestFirst }: HistoryParts,
  device: SimDevice,
  range: Range,
): readonly OutMessage[] {
  const stepMs = Math.max(range.stepMs, device.intervalS * secondMs);
  const instants = instantsOf(device, range, { ...timing, stepMs, aligned: true });
  const samples: Sample[] = [];
  for (const tsMs of instants) {
    const sample = sampler.sample(device, tsMs, stepMs);
    if (sample !== null) samples.push(sample);
  }
  const messages = plan.isQuiet
    ? telemetryMessages(device, samples)
    : disturbed(plan, device, { range, samples });
  return newestFirst ? messages.toReversed() : messages;
}

function disturbed(
  plan: FaultPlan,
  device: SimDevice,
  { range, samples }: { readonly range: Range; readonly samples: readonly Sample[] },
): readonly OutMessage[] {
  const { fromMs, toMs } = range;
  const has = (kind: "out-of-order" | "duplicate" | "resend"): boolean =>
    plan.within(device.id, kind, fromMs, toMs).length > 0;
  const messages = has("out-of-order")
    ? [...outOfOrder(samples)].flatMap((part) => telemetryMessages(device, part))
    : telemetryMessages(device, samples);
  const sent = has("duplicate") ? messages.flatMap((message) => [message, message]) : messages;
  return has("resend") ? [...sent, ...messages] : sent;
}

/** Two interleaved halves, the later one first, each backwards. */
function outOfOrder(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const even = samples.filter((_sample, index) => index % 2 === 0).reverse();
  const odd = samples.filter((_sample, index) => index % 2 === 1).reverse();
  return [odd, even];
}
