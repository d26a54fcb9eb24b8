import { describe, expect, it } from "vitest";
import { createSlotHeads } from "../../src/app/slot-heads.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { minuteMs } from "../../src/domain/time.ts";

const startMs = Date.UTC(2026, 10, 22);

function reading(minute: number, values: Reading["values"], more: Partial<Reading> = {}): Reading {
  const tsMs = startMs + minute * minuteMs;
  return { deviceId: "m1", kind: "electricity-meter", tsMs, receivedAtMs: tsMs, values, ...more };
}

/** Which of the readings, one after the other, can change a slot. */
function due(...readings: readonly Reading[]): boolean[] {
  const heads = createSlotHeads();
  return readings.map((one) => heads.advance(one));
}

function dueImports(...pairs: (readonly [minute: number, importKwh: number])[]): boolean[] {
  return due(...pairs.map(([minute, importKwh]) => reading(minute, { importKwh })));
}

describe("a reading can change a slot", () => {
  it("when it is the first of its register or lies in another quarter hour", () => {
    expect(dueImports([1, 10], [2, 11], [14, 12], [15, 13], [16, 14], [46, 15])).toEqual([
      ...[true, false, false, true, false, true],
    ]);
  });

  it("when it is late, or says something else than the newest one of its instant", () => {
    expect(dueImports([5, 10], [4, 9])).toEqual([true, true]);
    expect(dueImports([5, 10], [5, 10], [5, 11])).toEqual([true, false, true]);
  });

  it("when one of the two before it was late, because they are judged by what follows", () => {
    expect(dueImports([5, 10], [4, 9], [6, 11], [7, 12], [8, 13])).toEqual([
      ...[true, true, true, true, false],
    ]);
  });

  it("when the register falls, and for two hours after", () => {
    expect(dueImports([1, 10], [2, 9], [3, 10], [4, 11], [121, 50], [123, 51])).toEqual([
      ...[true, true, true, true, true, false],
    ]);
  });

  it("for each register by itself, and not for what is none", () => {
    expect(
      due(
        reading(1, { importKwh: 1, powerKw: 5 }),
        reading(2, { importKwh: 2, exportKwh: 0 }),
        reading(3, { exportKwh: 0, powerKw: 9 }),
        reading(16, { powerKw: 9 }),
        reading(17, { exportKwh: 0 }),
      ),
    ).toEqual([true, true, false, false, true]);
  });

  it("not when its device calls it bad, and then the next good one does", () => {
    expect(
      due(
        reading(1, { importKwh: 1 }),
        reading(16, { importKwh: 9 }, { doubts: { importKwh: "bad" } }),
        reading(17, { importKwh: 2 }, { doubts: { importKwh: "uncertain" } }),
      ),
    ).toEqual([true, false, true]);
  });

  it("for each device by itself", () => {
    const other = { deviceId: "m2" };
    expect(due(reading(1, { importKwh: 1 }), reading(2, { importKwh: 1 }, other))).toEqual([
      ...[true, true],
    ]);
  });
});
