import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Meter } from "../../src/domain/park.ts";
import { closeSlots } from "../../src/domain/telemetry/close-slots.ts";
import type { Reading } from "../../src/domain/telemetry/reading.ts";
import { slotRulesOf } from "../../src/domain/telemetry/slot-rules.ts";
import { minuteMs } from "../../src/domain/time.ts";
import { createTestPipeline, type TestPipeline } from "../support/memory-pipeline.ts";
import { meterOf } from "../support/meters.ts";

const startMs = Date.UTC(2026, 10, 22);
const always = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
const m1 = meterOf();

function reading(minute: number, values: Reading["values"], more: Partial<Reading> = {}): Reading {
  const tsMs = startMs + minute * minuteMs;
  return { deviceId: "m1", kind: "electricity-meter", tsMs, receivedAtMs: tsMs, values, ...more };
}

function imports(...pairs: (readonly [minute: number, importKwh: number])[]): Reading[] {
  return pairs.map(([minute, importKwh]) => reading(minute, { importKwh }));
}

/** Amounts of the current slots by minute of their start. */
async function amounts(
  pipeline: TestPipeline,
  register = "importKwh",
): Promise<Record<number, number | null>> {
  await pipeline.settled();
  const slots = await pipeline.ledger.slots({
    meterIds: ["m1"],
    interval: always,
    registers: [register],
  });
  return Object.fromEntries(
    slots.map((slot) => [(slot.startMs - startMs) / minuteMs, slot.amount]),
  );
}

describe("closing slots", () => {
  it("closes a slot as soon as a reading at or after its end is there", async () => {
    const pipeline = createTestPipeline({ meters: [m1] });
    await pipeline.send(imports([0, 100], [14, 107]));
    expect(await amounts(pipeline)).toEqual({});
    await pipeline.send(imports([16, 109]));
    // At minute 15 the register stands halfway between 107 and 109.
    expect(await amounts(pipeline)).toEqual({ 0: 8 });
    expect(await pipeline.ledger.touchedSlotCount()).toBe(0);
  });

  it("keeps the registers of a meter apart", async () => {
    const pipeline = createTestPipeline({ meters: [m1] });
    await pipeline.send([
      reading(0, { importKwh: 1, exportKwh: 5 }),
      reading(15, { importKwh: 2, exportKwh: 9 }),
      reading(30, { importKwh: 4 }),
    ]);
    expect(await amounts(pipeline)).toEqual({ 0: 1, 15: 2 });
    expect(await amounts(pipeline, "exportKwh")).toEqual({ 0: 4 });
  });

  it("applies the multiplier and starts where the registration does", async () => {
    const validFromMs = startMs + 15 * minuteMs;
    const pipeline = createTestPipeline({ meters: [meterOf({ multiplier: 40, validFromMs })] });
    await pipeline.send(imports([0, 100], [15, 101], [30, 102.5]));
    expect(await amounts(pipeline)).toEqual({ 15: 60 });
  });

  it("does not count what the device called bad, and closes the slot with the next good one", async () => {
    const pipeline = createTestPipeline({ meters: [m1] });
    await pipeline.send(imports([0, 100], [14, 114]));
    await pipeline.send([reading(15, { importKwh: 9999 }, { doubts: { importKwh: "bad" } })]);
    expect(await amounts(pipeline)).toEqual({});
    await pipeline.send(imports([16, 116]));
    expect(await amounts(pipeline)).toEqual({ 0: 15 });
  });

  it("revises a slot when a late reading moves its boundary, with what was known before", async () => {
    let nowMs = 1000;
    const pipeline = createTestPipeline({ meters: [m1], clock: { nowMs: () => nowMs } });
    await pipeline.send(imports([0, 100], [10, 110], [20, 112]));
    expect(await amounts(pipeline)).toEqual({ 0: 11 });
    nowMs = 2000;
    await pipeline.send(imports([15, 110.5]));
    expect(await amounts(pipeline)).toEqual({ 0: 10.5 });
    const query = { meterIds: ["m1"], interval: always };
    expect(await pipeline.ledger.revisions(query)).toMatchObject([
      { amount: 11, revision: 1, reason: "first", knownAtMs: 1000 },
      { amount: 10.5, revision: 2, reason: "late_reading", knownAtMs: 2000 },
    ]);
    expect(await pipeline.ledger.slots({ ...query, asOfMs: 1999 })).toMatchObject([{ amount: 11 }]);
  });

  it("changes nothing when the same readings come again", async () => {
    const pipeline = createTestPipeline({ meters: [m1] });
    const sent = imports([0, 1], [15, 2], [30, 4], [31, 5]);
    await pipeline.send(sent);
    await pipeline.settled();
    const before = await pipeline.ledger.revisions({ meterIds: ["m1"], interval: always });
    await pipeline.send(sent);
    await pipeline.send([...sent].reverse());
    await pipeline.settled();
    expect(await pipeline.ledger.revisions({ meterIds: ["m1"], interval: always })).toEqual(before);
  });

  it("takes a spike back at the next reading and does not wait for the quarter hour", async () => {
    const pipeline = createTestPipeline({ meters: [m1] });
    await pipeline.send(imports([-15, 85], [0, 100], [14, 114]));
    await pipeline.send(imports([16, 5000]));
    // Halfway between 114 and 5000 is 2557, until the next reading shows that it was none.
    expect((await amounts(pipeline))[0]).toBeCloseTo(2457, 9);
    await pipeline.send(imports([17, 117]));
    // Without the spike the register stands at 115 at minute 15.
    expect((await amounts(pipeline))[0]).toBeCloseTo(15, 9);
  });

  it("repairs every slot of a dip that is over after several of them", async () => {
    const pipeline = createTestPipeline({ meters: [m1] });
    for (const one of imports([-15, 90], [0, 100], [5, 0], [20, 1], [40, 2], [55, 155])) {
      await pipeline.send([one]);
      await pipeline.settled();
    }
    await pipeline.send(imports([60, 160]));
    expect(await amounts(pipeline)).toEqual({ [-15]: 10, 0: 15, 15: 15, 30: 15, 45: 15 });
  });

  it("fills gaps that have more slots than one step takes", async () => {
    const meters = Array.from({ length: 40 }, (_, index) => meterOf({ id: `m${index}` }));
    const pipeline = createTestPipeline({ meters });
    const [monthSlots, yearSlots] = [30 * 96, 399 * 96];
    await pipeline.send(
      meters.flatMap(({ id }, index) => [
        reading(0, { importKwh: 1 }, { deviceId: id }),
        reading((index === 0 ? yearSlots : monthSlots) * 15, { importKwh: 2 }, { deviceId: id }),
      ]),
    );
    await pipeline.settled();
    expect(await pipeline.ledger.touchedSlotCount()).toBe(0);
    const meterIds = meters.map(({ id }) => id);
    const sums = await pipeline.ledger.quality({
      meterIds,
      registers: ["importKwh"],
      interval: always,
    });
    const expected = (id: string): number => (id === "m0" ? yearSlots : monthSlots);
    expect(Object.fromEntries(sums.map(({ meterId, estimated }) => [meterId, estimated]))).toEqual(
      Object.fromEntries(meterIds.map((id) => [id, expected(id)])),
    );
  });

  it("keeps a long gap for when nothing else is due and fills it then", async () => {
    const pipeline = createTestPipeline({ meters: [m1], gapRestMs: 60_000 });
    const gapMinutes = 3 * 24 * 60;
    await pipeline.send(imports([0, 0], [15, 10], [gapMinutes, 298], [gapMinutes + 15, 299]));
    await pipeline.settled();
    expect(await amounts(pipeline)).toEqual({ 0: 10, [gapMinutes]: 1 });
    expect(await pipeline.ledger.touchedSlotCount()).toBe(3 * 96 - 1);
    await pipeline.stop();

    const { journal, telemetry, ledger } = pipeline;
    const later = createTestPipeline({ meters: [m1], journal, telemetry, ledger });
    await later.send(imports([gapMinutes + 30, 300]));
    const all = await amounts(later);
    expect(Object.keys(all)).toHaveLength(3 * 96 + 2);
    expect(all[30]).toBeCloseTo(288 / 287, 9);
    expect(await ledger.touchedSlotCount()).toBe(0);
  });

  it("clears the touches of a device that is not registered any more", async () => {
    const pipeline = createTestPipeline({ meters: [] });
    await pipeline.send(imports([0, 1], [15, 2]));
    await pipeline.settled();
    expect(await pipeline.ledger.touchedSlotCount()).toBe(0);
    expect(await amounts(pipeline)).toEqual({});
  });

  it("settles all other meters when one fails, and that one when it can", async () => {
    let isBroken = true;
    const meters = [m1, meterOf({ id: "w1", kind: "water-meter" })];
    const pipeline = createTestPipeline({ meters });
    const { telemetry } = pipeline;
    const points = telemetry.points.bind(telemetry);
    telemetry.points = (query) =>
      isBroken && query.kind === "water-meter" ? Promise.reject(new Error("down")) : points(query);
    const water = (minute: number, volumeM3: number): Reading => ({
      ...reading(minute, { volumeM3 }),
      deviceId: "w1",
      kind: "water-meter",
    });
    await pipeline.send([...imports([0, 1], [15, 2]), water(0, 1), water(15, 3)]);
    expect(await amounts(pipeline)).toEqual({ 0: 1 });
    expect(await pipeline.ledger.touchedSlotCount()).toBeGreaterThan(0);
    expect(pipeline.errors).toHaveLength(1);
    isBroken = false;
    await expect.poll(() => pipeline.ledger.touchedSlotCount(), { timeout: 5000 }).toBe(0);
  });

  it("sees a misreading whose beginning lies just beyond what is read around a span", async () => {
    // Two zeros between equal values, after a silence of hours; then one more reading comes by itself.
    // Whoever does not look back to the value before the zeros takes them for an ordinary rise.
    const pipeline = createTestPipeline({ meters: [m1] });
    const all = imports([15, 400], [30.3, 400], [240.7, 0], [255, 0], [270.3, 400], [285.7, 400]);
    await pipeline.send(all.slice(0, -1));
    await pipeline.settled();
    await pipeline.send(all.slice(-1));
    await pipeline.settled();
    const slots = await pipeline.ledger.slots({ meterIds: ["m1"], interval: always });
    // Its first seconds lie in the gap of four hours that the zeros leave.
    expect(slots.find(({ startMs }) => startMs === reading(270, {}).tsMs)?.grade).toBe("E2");
  });
});

/** What may happen to a meter's readings, on top of the truth. */
const fault = fc.constantFrom(
  "none",
  "none",
  "none",
  "drop",
  "zero",
  "spike",
  "twice",
  "other",
  "bad",
);
const history = fc.record({
  apartMinutes: fc.constantFrom(5, 15, 15, 60),
  jitterS: fc.constantFrom(0, 0, 20),
  digits: fc.constantFrom(null, null, 3),
  ratedMaxKw: fc.constantFrom(null, null, 200),
  parts: fc.array(
    fc.record({
      fault,
      rise: fc.integer({ min: 0, max: 20 }),
      /** Silence before the reading, in reporting intervals; a few lie days apart. */
      silence: fc.oneof(
        { weight: 20, arbitrary: fc.constant(0) },
        { weight: 2, arbitrary: fc.integer({ min: 1, max: 30 }) },
        { weight: 1, arbitrary: fc.constantFrom(300, 900) },
      ),
      isCleared: fc.oneof({ weight: 30, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    { minLength: 2, maxLength: 70 },
  ),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

function readingsOf({ apartMinutes, jitterS, digits, parts }: History): Reading[] {
  const modulus = digits === null ? Number.POSITIVE_INFINITY : 10 ** digits;
  let minute = 0;
  let importKwh = 400;
  return parts.flatMap(({ fault: happens, rise, silence, isCleared }, index) => {
    minute += apartMinutes * (1 + silence);
    importKwh = isCleared ? 0 : (importKwh + rise) % modulus;
    const at = reading(minute + ((index % 3) * jitterS) / 60, { importKwh });
    switch (happens) {
      case "drop":
        return [];
      case "zero":
        return [{ ...at, values: { importKwh: 0 } }];
      case "spike":
        return [{ ...at, values: { importKwh: 65_535 } }];
      case "twice":
        return [at, at];
      case "other":
        return [at, { ...at, values: { importKwh: importKwh + 7 } }];
      case "bad":
        return [{ ...at, doubts: { importKwh: "bad" as const } }];
      default:
        return [at];
    }
  });
}

/** The obvious way: every slot from all readings at once. */
function recomputed(meter: Meter, readings: readonly Reading[]) {
  const distinct = new Map<string, { tsMs: number; value: number }>();
  for (const { tsMs, values, doubts } of readings) {
    const value = Number(values.importKwh);
    if (doubts?.importKwh !== "bad") distinct.set(`${tsMs}/${value}`, { tsMs, value });
  }
  const points = [...distinct.values()].sort((a, b) => a.tsMs - b.tsMs);
  return closeSlots(points, always, slotRulesOf(meter, "importKwh"));
}

it("ends with what all readings at once would give, in whatever order and portions they come", async () => {
  await fc.assert(
    fc.asyncProperty(
      history,
      fc.infiniteStream(fc.nat({ max: 1000 })),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      async (lived, chance, portion, isShuffled) => {
        const { digits: registerDigits, ratedMaxKw } = lived;
        const meter = meterOf({ registerDigits, ratedMaxKw });
        const readings = readingsOf(lived);
        const ranked = readings.map((one, index) => {
          const { value = 0 } = chance.next();
          return { one, rank: isShuffled ? value : index + (value % 4) };
        });
        const arriving = ranked.sort((a, b) => a.rank - b.rank).map(({ one }) => one);
        const pipeline = createTestPipeline({ meters: [meter] });
        for (let start = 0; start < arriving.length; start += portion) {
          await pipeline.send(arriving.slice(start, start + portion));
          await pipeline.settled();
        }
        expect(pipeline.errors).toEqual([]);
        expect(await pipeline.ledger.touchedSlotCount()).toBe(0);
        const slots = await pipeline.ledger.slots({ meterIds: ["m1"], interval: always });
        const expected = recomputed(meter, readings);
        expect(slots.map((slot) => slot.startMs)).toEqual(expected.map((slot) => slot.startMs));
        for (const [index, slot] of slots.entries()) {
          const wanted = expected[index];
          expect(slot.grade, new Date(slot.startMs).toISOString()).toBe(wanted?.grade);
          expect(slot.amount).toBeCloseTo(wanted?.amount ?? Number.NaN, 6);
          expect(slot.coverage).toBeCloseTo(wanted?.coverage ?? Number.NaN, 6);
        }
      },
    ),
    { numRuns: process.env.ZCP_PROOF === undefined ? 100 : 3000 },
  );
}, 300_000);
