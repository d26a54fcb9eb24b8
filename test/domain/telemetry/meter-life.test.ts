import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeRegister, closeSlots } from "../../../src/domain/telemetry/close-slots.ts";
import {
  type MeterEvent,
  multiplierInForce,
  registerLife,
  touchOfEvent,
} from "../../../src/domain/telemetry/meter-event.ts";
import type { Point } from "../../../src/domain/telemetry/resolve-conflicts.ts";
import { slotRulesOf } from "../../../src/domain/telemetry/slot-rules.ts";
import { dayMs, hourMs, minuteMs, quarterHourMs } from "../../../src/domain/time.ts";
import { meterOf } from "../../support/meters.ts";

const noonMs = Date.UTC(2026, 10, 22, 4);
const all = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
const meter = { ...meterOf(), multiplier: 1 };

type Entry<Type extends MeterEvent["type"]> = Omit<
  Extract<MeterEvent, { type: Type }>,
  "id" | "meterId" | "reason" | "recordedAtMs" | "recordedBy"
>;
type AnyEntry = { [Type in MeterEvent["type"]]: Entry<Type> }[MeterEvent["type"]];

function event(
  entry: AnyEntry,
  more: { readonly id?: string; readonly recordedAtMs?: number } = {},
) {
  return {
    ...{ id: "e1", meterId: "m1", reason: null, recordedAtMs: noonMs, recordedBy: "user:ann" },
    ...entry,
    ...more,
  } as MeterEvent;
}

function points(...pairs: (readonly [minute: number, value: number])[]): Point[] {
  return pairs.map(([minute, value]) => ({ tsMs: noonMs + minute * minuteMs, value }));
}

function amounts(reported: readonly Point[], events: readonly MeterEvent[], of = meter): number[] {
  return closeSlots(reported, all, slotRulesOf(of, "importKwh", events)).map(
    ({ amount }) => amount,
  );
}

function replacement(minute: number, oldFinal: number | null, newInitial: number | null) {
  return event({
    type: "replacement",
    atMs: noonMs + minute * minuteMs,
    oldFinal: oldFinal === null ? {} : { importKwh: oldFinal },
    newInitial: newInitial === null ? {} : { importKwh: newInitial },
    multiplier: null,
  });
}

describe("a replaced meter", () => {
  it("counts the old one up to its final value and the new one from its initial value", () => {
    // 1000 → 1010 (12:15) → final 1014 at 12:21 | new at 500 → 506 (12:30) → 516 (12:45)
    // 12:00: 10. 12:15: 4 + 6 = 10. 12:30: 10.
    const readings = points([0, 1000], [15, 1010], [30, 506], [45, 516]);
    expect(amounts(readings, [replacement(21, 1014, 500)])).toEqual([10, 10, 10]);
  });

  it("may start higher than the old one ended", () => {
    // A used meter at 9000: 1010 → 1012 final, 9000 → 9003: 5 in the slot of the change.
    const readings = points([0, 1000], [15, 1010], [30, 9003], [45, 9013]);
    expect(amounts(readings, [replacement(20, 1012, 9000)])).toEqual([10, 5, 10]);
  });

  it("owns no reading of the instant of the change, which is the old one's", () => {
    const readings = points([0, 1000], [15, 1010], [30, 5], [45, 15]);
    expect(amounts(readings, [replacement(15, null, 0)])).toEqual([10, 5, 10]);
  });

  it("counts what is known where a value was not read, and opens no question", () => {
    const readings = points([0, 1000], [15, 1010], [30, 7], [45, 17]);
    const rules = slotRulesOf(meter, "importKwh", [replacement(20, null, null)]);
    const whole = { reported: readings, isWholeBefore: true, isWholeAfter: true };
    const { slots, drops } = closeRegister(whole, all, rules);
    expect(slots.map(({ amount }) => amount)).toEqual([10, 0, 10]);
    expect(slots.map(({ grade }) => grade)).toEqual(["A", "E3", "A"]);
    expect(drops).toEqual([]);
  });

  it("counts with its own multiplier from the change on", () => {
    // 4 units of the old one times 30, 6 of the new one times 40: 120 + 240.
    const readings = points([0, 1000], [15, 1010], [30, 506], [45, 516]);
    const change = { ...replacement(21, 1014, 500), multiplier: 40 } as MeterEvent;
    expect(amounts(readings, [change], { ...meter, multiplier: 30 })).toEqual([300, 360, 400]);
  });

  it("is counted from the first day where the old one never reported", () => {
    expect(amounts(points([30, 506], [45, 516]), [replacement(15, 77, 500)])).toEqual([6, 10]);
  });
});

describe("a fall that nothing explains", () => {
  it("is answered, counts up to the fall and goes on from the new value", () => {
    const reported = points([0, 1000], [15, 1010], [30, 3], [45, 13], [60, 23]);
    const read = { reported, isWholeBefore: true, isWholeAfter: true };
    const { slots, drops } = closeRegister(read, all, slotRulesOf(meter, "importKwh"));
    expect(slots.map(({ amount }) => amount)).toEqual([10, 0, 10, 10]);
    expect(drops).toEqual([
      {
        fromMs: noonMs + quarterHourMs,
        before: 1010,
        atMs: noonMs + 2 * quarterHourMs,
        after: 3,
      },
    ]);
  });

  it("is explained by a reset, whose first value then counts from zero", () => {
    const reported = points([0, 1000], [15, 1010], [30, 3], [45, 13]);
    const reset = event({
      type: "reset",
      atMs: noonMs + 20 * minuteMs,
      oldFinal: {},
      newInitial: { importKwh: 0 },
    });
    expect(amounts(reported, [reset])).toEqual([10, 3, 10]);
  });
});

describe("a dated multiplier", () => {
  it("corrects the past: a ratio of 40 where 30 had been booked", () => {
    // Ten units a quarter hour: 300 with the ratio 30, 400 with 40. From 12:15 on it has been 40.
    const readings = points([0, 100], [15, 110], [30, 120], [45, 130]);
    const at30 = { ...meter, multiplier: 30 };
    const change = event({ type: "multiplier", atMs: noonMs + quarterHourMs, value: 40 });
    expect(amounts(readings, [], at30)).toEqual([300, 300, 300]);
    expect(amounts(readings, [change], at30)).toEqual([300, 400, 400]);
  });

  it("divides a slot at the instant of the change", () => {
    // A third of 15 units at 1, two thirds at 2: 5 + 20.
    const change = event({ type: "multiplier", atMs: noonMs + 5 * minuteMs, value: 2 });
    expect(amounts(points([0, 0], [15, 15]), [change])).toEqual([25]);
  });

  it("is corrected by one of the same date that was recorded later", () => {
    const wrong = event({ type: "multiplier", atMs: noonMs, value: 30 });
    const right = event(
      { type: "multiplier", atMs: noonMs, value: 40 },
      { id: "e2", recordedAtMs: noonMs + 1 },
    );
    for (const events of [
      [wrong, right],
      [right, wrong],
    ]) {
      expect(amounts(points([0, 0], [15, 1]), events)).toEqual([40]);
    }
  });

  it("holds from its date on, and a withdrawn one never", () => {
    const events = [
      event({ type: "multiplier", atMs: noonMs, value: 40 }),
      { ...replacement(60, null, null), id: "e2", multiplier: 60 } as MeterEvent,
      { ...replacement(120, null, null), id: "e3" },
      event({ type: "multiplier", atMs: noonMs + 3 * hourMs, value: 999 }, { id: "e4" }),
      event({ type: "withdrawal", atMs: noonMs, eventId: "e4" }, { id: "e5" }),
    ];
    const known = (minute: number) => multiplierInForce(meter, events, noonMs + minute * minuteMs);
    expect([known(-1), known(0), known(60), known(240)]).toEqual([1, 40, 60, 60]);
  });

  it("touches its slots up to the next dated one", () => {
    const first = event({ type: "multiplier", atMs: noonMs, value: 30 });
    const next = event({ type: "multiplier", atMs: noonMs + dayMs, value: 40 }, { id: "e2" });
    const nowMs = noonMs + 9 * dayMs;
    expect(touchOfEvent(first, [next], nowMs)?.toMs).toBe(noonMs + dayMs + hourMs);
    expect(touchOfEvent(next, [first], nowMs)?.toMs).toBe(nowMs + hourMs);
  });
});

describe("readings declared invalid", () => {
  it("count for nothing, so that the slots lie in a gap", () => {
    const wrong = event({
      type: "invalidation",
      atMs: noonMs + 15 * minuteMs,
      toMs: noonMs + 30 * minuteMs,
    });
    const readings = points([0, 100], [15, 900], [30, 950], [45, 130]);
    const slots = closeSlots(readings, all, slotRulesOf(meter, "importKwh", [wrong]));
    expect(slots.map(({ amount, grade }) => [amount, grade])).toEqual([
      [10, "E1"],
      [10, "E1"],
      [10, "E1"],
    ]);
  });

  it("count again when that is withdrawn", () => {
    const wrong = event({ type: "invalidation", atMs: noonMs, toMs: noonMs + dayMs });
    const withdrawal = event({ type: "withdrawal", atMs: noonMs, eventId: "e1" }, { id: "e2" });
    expect(registerLife(meter, [wrong], "importKwh").invalid).toHaveLength(1);
    expect(registerLife(meter, [wrong, withdrawal], "importKwh").invalid).toEqual([]);
  });
});

it("conserves energy over any number of replacements at any readings", () => {
  const piece = fc.record({
    initial: fc.integer({ min: 0, max: 1e6 }),
    steps: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 12 }),
    rest: fc.integer({ min: 0, max: 50 }),
  });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), (pieces) => {
      const reported: Point[] = [];
      const events: MeterEvent[] = [];
      let quarter = 0;
      let total = 0;
      for (const [index, { initial, steps, rest }] of pieces.entries()) {
        let value = initial;
        if (index === 0) reported.push({ tsMs: noonMs, value });
        for (const step of steps) {
          value += step;
          total += step;
          quarter += 1;
          reported.push({ tsMs: noonMs + quarter * quarterHourMs, value });
        }
        if (index === pieces.length - 1) break;
        // The next one hangs there seven minutes later; `rest` flowed until then.
        total += rest;
        events.push({
          ...replacement(quarter * 15 + 7, value + rest, pieces[index + 1]?.initial ?? 0),
          id: `e${index}`,
        });
      }
      const sum = amounts(reported, events).reduce((left, right) => left + right, 0);
      expect(sum).toBeCloseTo(total, 6);
    }),
  );
});
