import { describe, expect, it } from "vitest";
import {
  accountingPeriod,
  closingMs,
  monthOf,
  monthsBetween,
  type PeriodChange,
} from "../../../src/domain/energy/accounting-period.ts";

const timezone = "Asia/Shanghai";
/** October in the park ends at 16:00 UTC of its last day. */
const interval = {
  startMs: Date.parse("2026-09-30T16:00:00Z"),
  endMs: Date.parse("2026-10-31T16:00:00Z"),
};

function change(action: "close" | "reopen", atMs: number): PeriodChange {
  return { month: "2026-10", action, interval, atMs, actor: "user:1", reason: "because" };
}

function stateOf(nowMs: number, changes: readonly PeriodChange[] = []) {
  return accountingPeriod("2026-10", changes, { nowMs, timezone }).state;
}

describe("an accounting period", () => {
  it("is open until its month is over in park time, and closing from then on", () => {
    expect(stateOf(interval.endMs - 1)).toBe("open");
    expect(stateOf(interval.endMs)).toBe("closing");
  });

  it("is closed while the last word about it is that somebody closed it", () => {
    const nowMs = interval.endMs + 1;
    expect(stateOf(nowMs, [change("close", 1)])).toBe("closed");
    expect(stateOf(nowMs, [change("close", 1), change("reopen", 2)])).toBe("closing");
    const again = [change("close", 1), change("reopen", 2), change("close", 3)];
    expect(stateOf(nowMs, again)).toBe("closed");
  });

  it("closes by itself no earlier than on day 10 of the next month", () => {
    const { closesFromMs } = accountingPeriod("2026-10", [], { nowMs: 0, timezone });
    expect(new Date(closesFromMs).toISOString()).toBe("2026-11-09T16:00:00.000Z");
    const december = { startMs: 0, endMs: Date.parse("2026-12-31T16:00:00Z") };
    expect(new Date(closingMs(december, 15, timezone)).toISOString()).toBe(
      "2027-01-14T16:00:00.000Z",
    );
  });

  it("is the month of the park's calendar", () => {
    expect(monthOf(interval.endMs, timezone)).toBe("2026-11");
    expect(monthsBetween(interval.startMs - 1, interval.endMs, timezone)).toEqual([
      ...["2026-09", "2026-10", "2026-11"],
    ]);
    expect(monthsBetween(5, 4, timezone)).toEqual([]);
  });
});
