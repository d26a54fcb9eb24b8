import { describe, expect, it } from "vitest";
import { dividedTouches, pieceGroups, touchPieces } from "../../src/app/touch-pieces.ts";
import type { DeviceKind } from "../../src/contracts/device-kinds.ts";
import type { RecordedTouch } from "../../src/domain/telemetry/touch.ts";
import { dayMs, hourMs } from "../../src/domain/time.ts";

const startMs = Date.UTC(2026, 10, 22);

function touch(fromHour: number, toHour: number, more: Partial<RecordedTouch> = {}): RecordedTouch {
  const [fromMs, toMs] = [startMs + fromHour * hourMs, startMs + toHour * hourMs];
  const common = { meterId: "m1", reason: "late_reading", kind: "reading", stamp: 1 } as const;
  return { ...common, fromMs, toMs, ...more };
}

function pieces(touches: readonly RecordedTouch[], slotsMax = 1e9) {
  return touchPieces(touches, slotsMax).map((piece) => {
    const { meterId, fromMs, toMs } = piece.touch;
    return [meterId, (fromMs - startMs) / hourMs, (toMs - startMs) / hourMs, piece.opens.length];
  });
}

describe("touches become pieces of work", () => {
  it("joined where they meet or overlap, each meter for itself", () => {
    expect(
      pieces([touch(0, 2), touch(2, 3), touch(1, 2), touch(5, 6), touch(0, 1, { meterId: "m2" })]),
    ).toEqual([
      ["m1", 5, 6, 1],
      ["m1", 0, 3, 3],
      ["m2", 0, 1, 1],
    ]);
  });

  it("within a week, at whose end long ones are divided", () => {
    const week = 7 * 24;
    const long = touch(0, 2 * week + 5, { kind: "gap", stamp: 3 });
    const short = touch(0, 5);
    const divided = dividedTouches([short, long]);
    expect(divided.long).toEqual([long]);
    // Weeks begin on the weekday of the epoch, a Thursday; the touch begins on a Sunday.
    expect(divided.parts.map(({ fromMs }) => new Date(fromMs).toISOString())).toEqual([
      "2026-11-22T00:00:00.000Z",
      "2026-11-26T00:00:00.000Z",
      "2026-12-03T00:00:00.000Z",
    ]);
    const parts = divided.parts.map((part) => ({ ...part, stamp: 1 }));
    expect(dividedTouches(parts)).toEqual({ long: [], parts: [] });
    expect(pieces(parts)).toEqual([
      ["m1", 4 * 24 + week, 2 * week + 5, 1],
      ["m1", 4 * 24, 4 * 24 + week, 1],
      ["m1", 0, 4 * 24, 1],
    ]);
  });

  it("the latest first, and no more than one step takes", () => {
    const touches = [touch(0, 10), touch(20, 30), touch(40, 50)];
    expect(pieces(touches, 41)).toEqual([
      ["m1", 40, 50, 1],
      ["m1", 20, 30, 1],
    ]);
    expect(pieces(touches, 1), "one in any case").toHaveLength(1);
  });
});

describe("pieces are read together", () => {
  const kinds: Record<string, DeviceKind> = { w1: "water-meter" };
  const groupsOf = (touches: readonly RecordedTouch[]) =>
    pieceGroups(touchPieces(touches, 1e9), (id) =>
      id === "gone" ? null : (kinds[id] ?? "charger"),
    );

  it("when their devices are of one kind and they begin within a day", () => {
    const groups = groupsOf([
      ...[touch(0, 1), touch(2, 3, { meterId: "m2" }), touch(1, 2, { meterId: "w1" })],
      ...[touch(50, 51, { meterId: "m3" }), touch(1, 2, { meterId: "gone" })],
    ]);
    expect(groups.map(({ kind, pieces: own }) => [kind, own.length])).toEqual([
      ["charger", 1],
      ["charger", 2],
      ["water-meter", 1],
      [null, 1],
    ]);
  });

  it("up to a month of one device's time", () => {
    const touches = Array.from({ length: 200 }, (_, index) => {
      return touch(0, 24, { meterId: `m${index}` });
    });
    const groups = groupsOf(touches);
    expect(groups.length).toBeGreaterThan(5);
    for (const { pieces: own } of groups) {
      const timeMs = own.reduce((sum, { touch: one }) => sum + one.toMs - one.fromMs, 0);
      expect(timeMs).toBeLessThanOrEqual(32 * dayMs);
    }
    expect(groups.flatMap(({ pieces: own }) => own)).toHaveLength(200);
  });
});
