import { expect, it } from "vitest";
import { MemoryTelemetryStore } from "../../src/adapters/memory/memory-telemetry-store.ts";
import { deriveSlots } from "../../src/app/derive-slots.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { hourMs, quarterHourMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";

const startMs = Date.UTC(2026, 10, 22);
const m1 = meterOf();

/** A reading each quarter hour from one hour to another, of a load of 4 kW. */
function readings(fromHour: number, toHour: number): Reading[] {
  const count = ((toHour - fromHour) * hourMs) / quarterHourMs;
  return Array.from({ length: count }, (_none, index) => {
    const tsMs = startMs + fromHour * hourMs + index * quarterHourMs;
    const importKwh = 1000 + (4 * (tsMs - startMs)) / hourMs;
    return {
      ...{ deviceId: "m1", kind: "electricity-meter", tsMs, receivedAtMs: tsMs },
      values: { importKwh },
    };
  });
}

it("sees no gap where the readings before the span arrive while it looks", async () => {
  const telemetry = new MemoryTelemetryStore();
  await telemetry.append([{ seq: 1, readings: readings(24, 48), quarantined: [] }]);
  const points = telemetry.points.bind(telemetry);
  let asked = 0;
  telemetry.points = async (query) => {
    const found = await points(query);
    asked += 1;
    if (asked === 1) {
      await telemetry.append([{ seq: 2, readings: readings(0, 24), quarantined: [] }]);
    }
    return found;
  };
  const touch = {
    ...{ meterId: "m1", reason: "late_reading", kind: "reading" as const },
    ...{ fromMs: startMs + 24 * hourMs, toMs: startMs + 48 * hourMs },
  };
  const dependencies = { telemetry, meter: () => m1, events: () => [] };
  const [derived] = await deriveSlots(dependencies, "electricity-meter", [touch]);
  const slots = (derived?.slots ?? []).filter(({ register }) => register === "importKwh");
  expect(asked).toBeGreaterThan(1);
  expect(slots.length).toBeGreaterThanOrEqual(95);
  expect(slots.filter(({ grade, coverage }) => grade !== "A" || coverage !== 1)).toEqual([]);
});
