import { expect, it } from "vitest";
import type { Reading } from "../../../src/domain/telemetry/reading.ts";
import { touchedSpans } from "../../../src/domain/telemetry/touch.ts";
import { minuteMs } from "../../../src/domain/time.ts";

const startMs = Date.UTC(2026, 10, 22);

function reading(minute: number, deviceId = "m1"): Reading {
  const tsMs = startMs + minute * minuteMs;
  const values = { importKwh: minute };
  return { deviceId, kind: "electricity-meter", tsMs, receivedAtMs: tsMs, values };
}

/** Spans in minutes from the start. */
function spans(readings: readonly Reading[], isDue = (_reading: Reading) => true) {
  return touchedSpans(readings, isDue).map(({ deviceId, fromMs, toMs }) => [
    ...[deviceId, (fromMs - startMs) / minuteMs, (toMs - startMs) / minuteMs],
  ]);
}

it("touches the whole slots in which readings lie, whatever their order", () => {
  expect(spans([reading(14), reading(0)])).toEqual([["m1", 0, 15]]);
  expect(spans([reading(15)])).toEqual([["m1", 15, 30]]);
  expect(spans([reading(31), reading(1)])).toEqual([["m1", 0, 45]]);
});

it("keeps readings apart that lie more than six hours apart, and devices in any case", () => {
  // From the end of the first slot at 15 to the next at 375 are exactly six hours.
  expect(spans([reading(0), reading(375)])).toEqual([["m1", 0, 390]]);
  expect(spans([reading(0), reading(390)])).toEqual([
    ["m1", 0, 15],
    ["m1", 390, 405],
  ]);
  expect(spans([reading(0), reading(0, "m2")])).toEqual([
    ["m1", 0, 15],
    ["m2", 0, 15],
  ]);
});

it("leaves out what cannot change a slot yet", () => {
  expect(spans([reading(0), reading(16)], ({ tsMs }) => tsMs === startMs)).toEqual([["m1", 0, 15]]);
  expect(spans([reading(0)], () => false)).toEqual([]);
});
