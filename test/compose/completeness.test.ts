import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Registry } from "../../src/app/registry.ts";
import { createCompleteness } from "../../src/compose/completeness.ts";
import type { Meter } from "../../src/domain/park.ts";
import { hourMs, minuteMs, secondMs } from "../../src/domain/time.ts";
import { meterOf } from "../support/meters.ts";

/** Four quarter hours after local midnight in Lhasa's time zone. */
const nowMs = Date.parse("2026-11-24T16:00:00Z") + hourMs;

beforeEach(() => {
  vi.useFakeTimers({ now: nowMs });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A park of one meter, of whose four quarter hours `measured()` are known. */
function start(measured: () => number) {
  const meters: readonly Meter[] = [meterOf({ id: "m1" })];
  const registry = {
    park: { id: "tiny", timezone: "Asia/Shanghai" },
    meters: () => meters,
  } as unknown as Registry;
  const shown: (number | null)[] = [];
  const completeness = createCompleteness({
    registry,
    ledger: {
      quality: async () => [{ meterId: "m1", measured: measured(), estimated: 0 }],
      revisions: async () => [],
    } as never,
    picture: { setCompleteness: (fraction) => shown.push(fraction) },
    clock: { nowMs: () => nowMs },
    log: pino({ level: "silent" }),
  });
  completeness.start();
  return { shown, stop: () => completeness.stop() };
}

describe("the completeness of today", () => {
  it("is asked again soon while much is missing, and once a minute when it is known", async () => {
    let measured = 0;
    const { shown, stop } = start(() => measured);
    await vi.advanceTimersByTimeAsync(0);
    expect(shown).toEqual([0]);
    measured = 4;
    await vi.advanceTimersByTimeAsync(10 * secondMs);
    expect(shown).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(minuteMs - 1);
    expect(shown).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(shown).toEqual([0, 1, 1]);
    stop();
    await vi.advanceTimersByTimeAsync(10 * minuteMs);
    expect(shown).toHaveLength(3);
  });
});
