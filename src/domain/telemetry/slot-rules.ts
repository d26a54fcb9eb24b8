import type { Meter } from "../park.ts";
import { secondMs } from "../time.ts";
import type { SlotRules } from "./close-slots.ts";

/** What the registration of a meter says about its registers; the rating is in their own unit. */
export function slotRulesOf(meter: Meter): SlotRules {
  return {
    multiplier: meter.multiplier,
    modulus: meter.registerDigits === null ? null : 10 ** meter.registerDigits,
    ratedMaxPerHour: meter.ratedMaxKw,
    intervalMs: meter.intervalS === null ? null : meter.intervalS * secondMs,
  };
}
