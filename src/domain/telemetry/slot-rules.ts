import { metricOf } from "../../contracts/device-kinds.ts";
import type { Meter } from "../park.ts";
import { secondMs } from "../time.ts";
import type { SlotRules } from "./close-slots.ts";

/** Units in which a power in kW says how much can flow in an hour. */
const unitsOfPower = new Set(["kWh", "kvarh"]);

/** What the registration of a meter says about one of its registers. */
export function slotRulesOf(meter: Meter, register: string): SlotRules {
  const unit = metricOf(meter.kind, register)?.unit ?? "";
  return {
    multiplier: meter.multiplier,
    modulus: meter.registerDigits === null ? null : 10 ** meter.registerDigits,
    ratedMaxPerHour: unitsOfPower.has(unit) ? meter.ratedMaxKw : null,
    intervalMs: meter.intervalS === null ? null : meter.intervalS * secondMs,
  };
}
