import { afterEach, describe, expect, it } from "vitest";
import {
  asItStands,
  fixed,
  megawattHours,
  metricQuantity,
  percentText,
  totalText,
} from "../../src/console/format/numbers.ts";
import {
  ageText,
  clock,
  clockEnd,
  dateClock,
  dateClockSeconds,
  dayStartMs,
  fieldTime,
  fullDate,
  instantOfField,
  monthStartMs,
  periodText,
} from "../../src/console/format/park-time.ts";
import { language } from "../../src/console/text/language.ts";

afterEach(() => {
  language.value = "zh";
});

describe("numbers", () => {
  it.each([
    [1234.5678, 1, "1,234.6"],
    [-5.25, 1, "−5.3"],
    [-0.04, 1, "0.0"],
    [0, 0, "0"],
  ])("reads %d with %d decimals as %s", (value, decimals, text) => {
    expect(fixed(value, decimals)).toBe(text);
  });

  it("of a display have the decimals that it shows", () => {
    expect(asItStands(1_010)).toBe("1,010");
    expect(asItStands(98_431.2206)).toBe("98,431.2206");
  });

  it("change from MWh to GWh at ten gigawatt hours", () => {
    expect(megawattHours(9_999_000)).toEqual({ text: "9,999.0", unit: "MWh" });
    expect(megawattHours(10_000_000)).toEqual({ text: "10.0", unit: "GWh" });
  });

  it("have in a sum the decimals of the tiles, and of the device where no tile has the unit", () => {
    expect(totalText(1_183.8, "m3")).toBe("1,184");
    expect(totalText(411.72, "GJ")).toBe("411.7");
    expect(totalText(56.07, "t")).toBe("56.1");
    expect(totalText(12.34, "kWh")).toBe("12.3");
  });

  it("do not read as whole what is not whole", () => {
    expect(percentText(1)).toBe("100.0%");
    expect(percentText(0.99996)).toBe("99.9%");
    language.value = "en";
    expect(percentText(0.987)).toBe("98.7 %");
  });

  it("show a share in percent and a register in its unit", () => {
    expect(metricQuantity("socFraction", 0.6612, "")).toEqual({ text: "66.1", unit: "%" });
    expect(metricQuantity("heatGj", 12.345, "GJ")).toEqual({ text: "12.35", unit: "GJ" });
    expect(metricQuantity("mode", "charge", "")).toEqual({ text: "charge", unit: "" });
  });
});

describe("park time", () => {
  it("is entered in a date field by the clocks of the park, to the millisecond", () => {
    // Berlin is an hour ahead of UTC on 25 November.
    const tsMs = Date.parse("2026-11-25T12:15:30.250Z");
    expect(fieldTime(tsMs, "Europe/Berlin")).toBe("2026-11-25T13:15:30.250");
    expect(instantOfField("2026-11-25T13:15:30.250", "Europe/Berlin")).toBe(tsMs);
    expect(instantOfField("2026-11-25T13:15", "Asia/Shanghai")).toBe(
      Date.parse("2026-11-25T05:15:00Z"),
    );
    expect(dateClock(Date.parse("2026-11-25T05:15:00Z"), "Asia/Shanghai")).toBe("2026-11-25 13:15");
    expect(dateClock(tsMs, "Europe/Berlin")).toBe("2026-11-25 13:15:30.250");
    expect(dateClockSeconds(tsMs, "Europe/Berlin")).toBe("2026-11-25 13:15:30");
  });

  it("does not exist where the clocks were put forward, and is none in what is no date", () => {
    // On 29 March 2026 Berlin went from 02:00 to 03:00.
    expect(instantOfField("2026-03-29T02:30", "Europe/Berlin")).toBeNull();
    expect(instantOfField("2026-03-29T03:30", "Europe/Berlin")).toBe(
      Date.parse("2026-03-29T01:30:00Z"),
    );
    expect(instantOfField("", "Asia/Shanghai")).toBeNull();
    expect(instantOfField("yesterday", "Asia/Shanghai")).toBeNull();
  });

  // 2026-11-06 14:35:20 in Lhasa is 06:35:20 UTC.
  const tsMs = Date.UTC(2026, 10, 6, 6, 35, 20);
  const timezone = "Asia/Shanghai";

  it("begins days and months at midnight of the park", () => {
    expect(dayStartMs(tsMs, timezone)).toBe(Date.UTC(2026, 10, 5, 16));
    expect(dayStartMs(tsMs, timezone, -6)).toBe(Date.UTC(2026, 9, 30, 16));
    expect(monthStartMs(tsMs, timezone)).toBe(Date.UTC(2026, 9, 31, 16));
    expect(dayStartMs(Date.UTC(2026, 11, 31, 20), timezone)).toBe(Date.UTC(2026, 11, 31, 16));
  });

  it("finds midnight on the day the clocks change", () => {
    // Berlin leaves summer time on 2026-10-25 at 01:00 UTC: midnight before is 22:00 UTC the day before.
    expect(dayStartMs(Date.UTC(2026, 9, 25, 12), "Europe/Berlin")).toBe(Date.UTC(2026, 9, 24, 22));
    expect(dayStartMs(Date.UTC(2026, 9, 26, 12), "Europe/Berlin")).toBe(Date.UTC(2026, 9, 25, 23));
  });

  it("reads as a clock, with 24:00 for the end of a day", () => {
    expect(clock(tsMs, timezone)).toBe("14:35");
    expect(clockEnd(Date.UTC(2026, 10, 6, 16), timezone)).toBe("24:00");
    expect(periodText(Date.UTC(2026, 10, 5, 16), Date.UTC(2026, 10, 6, 6, 30), timezone)).toBe(
      "11-06 00:00–14:30",
    );
  });

  it("names the day in both languages", () => {
    expect(fullDate(tsMs, timezone)).toBe("2026-11-06 周五");
    language.value = "en";
    expect(fullDate(tsMs, timezone)).toBe("Fri 2026-11-06");
  });

  it.each([
    [4_200, "4 s"],
    [12 * 60_000, "12 min"],
    [(5 * 60 + 25) * 60_000, "5 h 25 min"],
    [2 * 3_600_000, "2 h"],
    [4 * 86_400_000 + 1, "4 天"],
    [-500, "0 s"],
  ])("says an age of %d ms as %s", (ageMs, text) => {
    expect(ageText(ageMs)).toBe(text);
  });
});
