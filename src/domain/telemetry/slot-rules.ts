import type { Meter } from "../park.ts";
import { secondMs } from "../time.ts";
import type { SlotRules } from "./close-slots.ts";
import { type MeterEvent, registerLife } from "./meter-event.ts";

/**
 * What the registration of a meter and the events of its life say about one of its registers; the
 * rating is in the register's own unit.
 */
export function slotRulesOf(
  meter: Meter,
  register: string,
  events: readonly MeterEvent[] = [],
): SlotRules {
  return {
    ...registerLife(meter, events, register),
    modulus: meter.registerDigits === null ? null : 10 ** meter.registerDigits,
    ratedMaxPerHour: meter.ratedMaxKw,
    intervalMs: meter.intervalS === null ? null : meter.intervalS * secondMs,
  };
}
