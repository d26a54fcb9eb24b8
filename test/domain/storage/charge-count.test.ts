import { describe, expect, it } from "vitest";
import { chargeCount } from "../../../src/domain/storage/charge-count.ts";
import { hourMs, minuteMs } from "../../../src/domain/time.ts";

const point = (tsMs: number, currentA: number, voltageV = 10) => ({ tsMs, currentA, voltageV });

describe("counting charge", () => {
  it("adds trapezoids up, each direction for itself", () => {
    // An hour from 0 to 10 A is 5 Ah; an hour at −4 A is 4 Ah the other way.
    const count = chargeCount(
      [point(0, 0), point(hourMs, 10), point(hourMs, -4), point(2 * hourMs, -4, 12)],
      hourMs,
    );
    expect(count).toEqual({
      ...{ chargeAh: 5, dischargeAh: 4 },
      // 5 Ah at 10 V; 4 Ah at a mean of 11 V.
      ...{ chargeWh: 50, dischargeWh: 44 },
      gaps: [],
    });
  });

  it("cuts an interval where the current turns", () => {
    // From 6 to −3 A in an hour: 40 minutes of 3 A on the mean in, 20 minutes of 1.5 A out.
    const { chargeAh, dischargeAh } = chargeCount([point(0, 6), point(hourMs, -3)], hourMs);
    expect(chargeAh).toBeCloseTo(2, 12);
    expect(dischargeAh).toBeCloseTo(0.5, 12);
  });

  it("counts nothing in a gap, and names it", () => {
    const points = [point(0, 6), point(2 * minuteMs, 6), point(5 * minuteMs, 6)];
    const { chargeAh, gaps } = chargeCount(points, minuteMs);
    expect(chargeAh).toBeCloseTo(0.2, 12);
    expect(gaps).toEqual([{ startMs: 2 * minuteMs, endMs: 5 * minuteMs }]);
  });
});
