import { describe, expect, it } from "vitest";
import type { DeviceKind } from "../../../src/contracts/device-kinds.ts";
import type { Meter } from "../../../src/domain/park.ts";
import { judgeSample } from "../../../src/domain/telemetry/judge-sample.ts";
import type { MetricValue } from "../../../src/domain/telemetry/reading.ts";
import { dayMs, minuteMs } from "../../../src/domain/time.ts";
import { meterOf } from "../../support/meters.ts";

const nowMs = Date.UTC(2026, 10, 22, 4);
const m1 = meterOf();

function judge(
  values: Record<string, MetricValue>,
  { tsMs = nowMs, meter = m1, gatewayId = "g1" }: Partial<Question> = {},
) {
  const sample = { tsMs, values };
  const oldestMs = nowMs - 400 * dayMs;
  return judgeSample({ meter: meter ?? undefined, gatewayId, sample, nowMs, oldestMs });
}

interface Question {
  readonly tsMs: number;
  readonly meter: Meter | null;
  readonly gatewayId: string;
}

function codes(values: Record<string, MetricValue>, question?: Partial<Question>): string[] {
  return judge(values, question).refusals.map(({ code }) => code);
}

function kind(name: DeviceKind): Partial<Question> {
  return { meter: meterOf({ kind: name }) };
}

describe("a sample", () => {
  it("is taken as it is when everything about it is right", () => {
    const values = { importKwh: 12.5, powerKw: -3, frequencyHz: 50 };
    expect(judge(values)).toEqual({ values, refusals: [] });
    expect(judge(values).values, "and not copied").toBe(values);
  });

  it("of an unknown device is refused whole, and says how to adopt it", () => {
    const verdict = judge({ importKwh: 1 }, { meter: null });
    expect(verdict).toMatchObject({ values: null, refusals: [{ code: "unknown_device" }] });
    expect(verdict.refusals[0]?.detail).toContain("gateway g1");
  });

  it("through another gateway than its own is refused whole", () => {
    expect(codes({ importKwh: 1 }, { gatewayId: "g2" })).toEqual(["wrong_gateway"]);
  });

  it("without any metric says nothing and is refused", () => {
    expect(judge({})).toMatchObject({ values: null, refusals: [{ code: "unknown_metric" }] });
  });
});

describe("the clock of a device", () => {
  it.each([
    ["five minutes ahead", nowMs + 5 * minuteMs, []],
    ["a millisecond more than five minutes ahead", nowMs + 5 * minuteMs + 1, ["clock"]],
    ["in another age", 8.64e15, ["clock"]],
    ["no number", Number.NaN, ["clock"]],
    ["beyond what a date can name", Number.MAX_VALUE, ["clock"]],
    ["400 days behind", nowMs - 400 * dayMs, []],
    ["a millisecond more than 400 days behind", nowMs - 400 * dayMs - 1, ["too_old"]],
    ["in seconds instead of milliseconds", nowMs / 1000, ["too_old"]],
  ])("may be %s: %s -> %s", (_name, tsMs, expected) => {
    const verdict = judge({ importKwh: 1 }, { tsMs });
    expect(verdict.refusals.map(({ code }) => code)).toEqual(expected);
    expect(verdict.values === null).toBe(expected.length > 0);
  });
});

describe("a metric", () => {
  it("that is refused leaves the others of its sample in", () => {
    const verdict = judge({ importKwh: 5, exportKwh: -1, colour: 3, powerKw: "much" });
    expect(verdict.values).toEqual({ importKwh: 5 });
    expect(verdict.refusals.map(({ code, metric }) => [metric, code])).toEqual([
      ["exportKwh", "range"],
      ["colour", "unknown_metric"],
      ["powerKw", "wrong_type"],
    ]);
  });

  it.each(["constructor", "__proto__", "toString", "volumeM3"])("named %s is unknown", (metric) => {
    expect(codes(Object.fromEntries([[metric, 1]]))).toEqual(["unknown_metric"]);
  });

  it.each<[metric: string, value: number, expected: string[]]>([
    ["importKwh", -9999, ["range"]],
    ["importKwh", -0.001, ["range"]],
    ["importKwh", 0, []],
    ["importKwh", 1e12, []],
    ["importKwh", 1e12 + 1, ["range"]],
    // A register passes through this number on its way; its neighbours tell whether it was true.
    ["importKwh", 65_535, []],
    ["powerKw", -9999, ["range"]],
    ["powerKw", 65_535, ["range"]],
    ["powerKw", -9998, []],
    ["powerKw", Number.NaN, ["range"]],
    ["powerKw", Number.POSITIVE_INFINITY, ["range"]],
    ["powerFactor", 1.01, ["range"]],
    ["voltageAV", 65_535, ["range"]],
    ["currentAA", -9999, ["range"]],
    ["frequencyHz", 100.1, ["range"]],
  ])("%s of %d gives %s", (metric, value, expected) => {
    expect(codes({ [metric]: value })).toEqual(expected);
  });

  it("in kW is refused beyond twice the rated maximum, in either direction", () => {
    const rated = { meter: meterOf({ ratedMaxKw: 500 }) };
    expect(codes({ powerKw: 1000 }, rated)).toEqual([]);
    expect(codes({ powerKw: 1000.1 }, rated)).toEqual(["range"]);
    expect(codes({ powerKw: -1000.1 }, rated)).toEqual(["range"]);
    expect(codes({ importKwh: 5000 }, rated), "a register is no power").toEqual([]);
    expect(judge({ powerKw: 2000 }, rated).refusals[0]?.detail).toBe(
      "powerKw is 2000 kW, more than 2 times the rated maximum of 500 kW; check the scaling in the gateway and the registration",
    );
  });

  it("in kW is not held against a rating in another unit", () => {
    // 5 GJ an hour are 1,389 kW.
    const heat = { meter: meterOf({ kind: "heat-meter", ratedMaxKw: 5 }) };
    expect(codes({ powerKw: 1389 }, heat)).toEqual([]);
  });

  it("that is a text is kept as one, also when it came as a number", () => {
    expect(judge({ mode: 3 }, kind("storage-pcs")).values).toEqual({ mode: "3" });
    expect(judge({ mode: "auto" }, kind("storage-pcs")).values).toEqual({ mode: "auto" });
  });

  it.each(["a\nb", "a\u202eb", "\ud800"])("that is the text %j is refused", (mode) => {
    const verdict = judge({ mode }, kind("storage-pcs"));
    expect(verdict.refusals.map(({ code }) => code)).toEqual(["wrong_type"]);
    expect(verdict.refusals[0]?.detail).not.toContain("\n");
    expect(verdict.refusals[0]?.detail).not.toContain("\u202e");
  });

  it("says its unit and bounds when it is out of range", () => {
    expect(judge({ exportKwh: -1 }).refusals[0]?.detail).toBe(
      "exportKwh is -1 kWh, outside 0 to 1000000000000; check the unit and the scaling in the gateway",
    );
  });
});
