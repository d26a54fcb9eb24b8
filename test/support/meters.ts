import { type MeterEntry, meterWithDefaults } from "../../src/domain/meter-defaults.ts";
import type { Meter } from "../../src/domain/park.ts";

/** A registered meter of which a test names only what it is about. */
export function meterOf(entry: Partial<MeterEntry> = {}): Meter {
  const whole = { id: "m1", gatewayId: "g1", kind: "electricity-meter" as const, ...entry };
  return meterWithDefaults(whole, null, "api");
}
