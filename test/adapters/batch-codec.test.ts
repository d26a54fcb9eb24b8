import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchWriter, decodeBatch } from "../../src/adapters/journal/batch-codec.ts";
import { deviceKindNames } from "../../src/contracts/device-kinds.ts";
import type { Quarantined, Reading } from "../../src/domain/telemetry/reading.ts";

const name = fc.oneof(
  fc.constantFrom("importKwh", "powerKw", "mode"),
  fc
    .string({ minLength: 1, maxLength: 64, unit: "grapheme" })
    .filter((text) => text !== "__proto__"),
);
const reading: fc.Arbitrary<Reading> = fc.record(
  {
    deviceId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
    kind: fc.constantFrom(...deviceKindNames),
    tsMs: fc.integer({ min: 0, max: 4e12 }),
    receivedAtMs: fc.integer({ min: 0, max: 4e12 }),
    values: fc.dictionary(
      name,
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ maxLength: 64, unit: "grapheme" }),
      ),
      { noNullPrototype: true },
    ),
    doubts: fc.dictionary(name, fc.constantFrom("uncertain" as const, "bad" as const), {
      minKeys: 1,
      noNullPrototype: true,
    }),
  },
  { requiredKeys: ["deviceId", "kind", "tsMs", "receivedAtMs", "values"] },
);
const refusal: fc.Arbitrary<Quarantined> = fc.record({
  gatewayId: fc.option(fc.string()),
  deviceId: fc.option(fc.string()),
  code: fc.string(),
  metric: fc.option(fc.string()),
  detail: fc.string({ unit: "grapheme" }),
  topic: fc.string(),
  payloadExcerpt: fc.string({ unit: "grapheme", maxLength: 500 }),
  payloadBytes: fc.nat(),
  receivedAtMs: fc.nat(),
});
const entry = fc.record({
  readings: fc.array(reading, { maxLength: 6 }),
  quarantined: fc.array(refusal, { maxLength: 2 }),
});

describe("a journal row", () => {
  it("gives back exactly what went in, entry after entry", () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
        const batch = new BatchWriter();
        for (const each of entries) batch.add(each);
        const readings = entries.flatMap((each) => each.readings);
        expect(batch.readingCount).toBe(readings.length);
        const quarantined = entries.flatMap((each) => each.quarantined);
        expect(decodeBatch(7, batch.body())).toEqual({ seq: 7, readings, quarantined });
      }),
    );
  });

  it("grows far beyond its first size", () => {
    const batch = new BatchWriter();
    const readings = Array.from({ length: 5000 }, (_, index): Reading => {
      const values = { importKwh: index / 7, mode: `状态 ${index}` };
      const at = { tsMs: index, receivedAtMs: index + 1 };
      return { deviceId: `meter-${index}`, kind: "electricity-meter", ...at, values };
    });
    batch.add({ readings, quarantined: [] });
    expect(decodeBatch(1, batch.body()).readings).toEqual(readings);
  });

  it("is as it was before when an entry cannot be written", () => {
    const batch = new BatchWriter();
    const good: Reading = {
      ...{ deviceId: "m1", kind: "electricity-meter", tsMs: 1, receivedAtMs: 2 },
      values: { importKwh: 3 },
    };
    const bad = { ...good, values: { powerKw: 1, ["x".repeat(70_000)]: 2 } };
    batch.add({ readings: [good], quarantined: [] });
    expect(() => batch.add({ readings: [good, bad], quarantined: [] })).toThrow(RangeError);
    const later = { ...good, values: { powerKw: 4 } };
    batch.add({ readings: [later], quarantined: [] });
    expect(decodeBatch(1, batch.body()).readings).toEqual([good, later]);
  });

  it("is refused when it is damaged or of another format", () => {
    const batch = new BatchWriter();
    const values = { importKwh: 3 };
    const at = { tsMs: 1, receivedAtMs: 2 };
    batch.add({
      readings: [{ deviceId: "m1", kind: "electricity-meter", ...at, values }],
      quarantined: [],
    });
    const body = batch.body();
    expect(() => decodeBatch(1, body.subarray(0, body.length - 4))).toThrow();
    body[0] = 9;
    expect(() => decodeBatch(1, body)).toThrow(/unknown format 9/);
  });
});
