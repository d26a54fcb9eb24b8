import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TelemetryPayload, TelemetrySample } from "../../src/contracts/telemetry.ts";
import { readTelemetry, readTelemetryValue } from "../../src/entry/telemetry-payload.ts";

/** Values around the edge of the contract: most are right, some are nearly right. */
const metric = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("importKwh", "powerKw", "mode", "toString", "电量") },
  { weight: 1, arbitrary: fc.constantFrom("", "x".repeat(64), "x".repeat(65), "__proto__") },
);
const metricValue = fc.oneof(
  { weight: 8, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 70 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, Number.POSITIVE_INFINITY, [], {}) },
);
const ts = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0, max: 2e12, noNaN: true }) },
  { weight: 2, arbitrary: fc.constantFrom("2026-11-22T06:00:00+08:00", "2026-11-22T06:00:00.5Z") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("2026-11-22 06:00:00", "2026-11-22T06:00:00", Number.NaN, null),
  },
);
const sample = fc.record(
  {
    ts,
    values: fc.oneof(
      { weight: 9, arbitrary: fc.dictionary(metric, metricValue, { maxKeys: 6 }) },
      { weight: 1, arbitrary: fc.constantFrom(null, [], "importKwh") },
    ),
    q: fc.dictionary(metric, fc.constantFrom("good", "uncertain", "bad", "worse")),
    id: fc.string({ maxLength: 66 }),
    unit: fc.constant("kWh"),
  },
  { requiredKeys: ["ts", "values"] },
);
const plain = fc.record({ ts, values: fc.dictionary(metric, metricValue, { maxKeys: 6 }) });
const payload = fc.oneof(
  sample,
  plain,
  fc.record({ samples: fc.array(fc.oneof(plain, sample), { maxLength: 4 }) }),
  fc.record({ samples: fc.array(plain, { maxLength: 4 }), id: fc.string() }),
);

describe("a telemetry payload", () => {
  it("is taken without fault exactly when its schema takes it, with the same content", () => {
    fc.assert(
      fc.property(payload, (value) => {
        const expected = TelemetryPayload.safeParse(value);
        const read = readTelemetryValue(value);
        const isWhole = read.ok && read.faults.length === 0;
        expect(isWhole).toBe(expected.success);
        if (!expected.success || !read.ok) return;
        const samples = "samples" in expected.data ? expected.data.samples : [expected.data];
        expect(read.samples.map(({ values }) => values)).toEqual(
          samples.map(({ values }) => values),
        );
        const instants = samples.map(({ ts: at }) =>
          typeof at === "number" ? Math.round(at) : Date.parse(at),
        );
        expect(read.samples.map(({ tsMs }) => tsMs)).toEqual(instants);
        expect(read.messageId).toBe(expected.data.id);
      }),
      { numRuns: 2000 },
    );
  });

  it("loses only the bad ones of its samples and values, each with its reason", () => {
    const good = { ts: 1_795_557_600_000, values: { importKwh: 1 } };
    const read = readTelemetryValue({
      samples: [
        good,
        { ts: "yesterday", values: { importKwh: 2 } },
        { ts: 1_795_557_660_000, values: { importKwh: 3, powerKw: null, mode: "x".repeat(65) } },
        "nonsense",
        { ...good, values: { importKwh: Number.POSITIVE_INFINITY } },
      ],
    });
    if (!read.ok) throw new Error(read.detail);
    expect(read.samples).toEqual([
      { tsMs: 1_795_557_600_000, values: { importKwh: 1 } },
      { tsMs: 1_795_557_660_000, values: { importKwh: 3 } },
    ]);
    expect(read.indexes).toEqual([0, 2]);
    expect(read.faults.map(({ index, code, metric: name }) => [index, code, name])).toEqual([
      [1, "schema", undefined],
      [2, "wrong_type", "powerKw"],
      [2, "wrong_type", "mode"],
      [3, "schema", undefined],
      [4, "range", "importKwh"],
    ]);
  });

  it("may carry a thousand samples of five hundred metrics, and not one more", () => {
    const at = { ts: 1_795_557_600_000, values: { importKwh: 1 } };
    const many = (count: number) => readTelemetryValue({ samples: Array(count).fill(at) });
    expect(many(1000)).toMatchObject({ ok: true, faults: [] });
    expect(many(1001)).toMatchObject({ ok: false, code: "schema" });
    const wide = (count: number) =>
      readTelemetryValue({
        ...at,
        values: Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 1])),
      });
    expect(wide(500)).toMatchObject({ ok: true, faults: [] });
    expect(wide(501)).toMatchObject({ ok: false, code: "schema" });
  });

  it("keeps the doubts of the device about values that it sends", () => {
    const q = { importKwh: "bad", powerKw: "good", other: "uncertain" } as const;
    const value = { ts: 1_795_557_600_000, values: { importKwh: 1, powerKw: 2 }, q };
    expect(TelemetrySample.safeParse(value).success).toBe(true);
    expect(readTelemetryValue(value)).toMatchObject({
      samples: [{ doubts: { importKwh: "bad" } }],
    });
  });

  it("is refused as a range fault when a number is larger than any", () => {
    const text = '{"ts":1795557600000,"values":{"importKwh":1e999}}';
    expect(readTelemetry(new TextEncoder().encode(text))).toMatchObject({ code: "range" });
  });
});
