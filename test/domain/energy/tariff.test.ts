import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkAgainst, checkTariff } from "../../../src/domain/energy/check-tariff.ts";
import { currentRecords, endOf, type Tariff, tariffOn } from "../../../src/domain/energy/tariff.ts";
import { dayTypeOf, priceAt, shares, tariffDay } from "../../../src/domain/energy/tariff-day.ts";
import { localMinuteMs, quarterHourMs } from "../../../src/domain/time.ts";
import { minuteOf, priced, recordOf, tariffOf, zone } from "../../support/tariffs.ts";

const timezone = "Asia/Shanghai";
const name = { zh: "附加", en: "Charge" };

/** Price in yuan at a clock time of a day. */
function priceOf(tariff: Tariff, clock: string, day = "2026-06-15"): number {
  const prices = tariffDay(tariff, day, timezone);
  const microCny = priceAt(tariff, prices, localMinuteMs(day, minuteOf(clock), timezone));
  return (microCny ?? Number.NaN) / 1_000_000;
}

/** Cases of another project's tests, kept as `C10` among the numeric cases; tolerance 1e-9. */
describe("a price at a time of the day", () => {
  it("changes at any minute and over several zones (case a)", () => {
    const tariff = tariffOf({
      energy: priced(0.5, [
        zone("00:00-05:30", 0.1),
        zone("20:00-21:00", 0.1),
        zone("21:00-24:00", 0.1),
      ]),
    });
    const prices = { "04:30": 0.1, "05:00": 0.1, "05:29": 0.1, "05:30": 0.5, "05:59": 0.5 };
    const more = { "06:00": 0.5, "20:00": 0.1, "21:00": 0.1, "23:59": 0.1 };
    for (const [clock, price] of Object.entries({ ...prices, ...more })) {
      expect(priceOf(tariff, clock), clock).toBeCloseTo(price, 9);
    }
  });

  it("has charges added in their own zones (cases b and g)", () => {
    const charges = [{ ...priced(0, [zone("00:00-05:30", 0.1)]), name }];
    const tariff = tariffOf({ charges });
    expect(priceOf(tariff, "05:00")).toBeCloseTo(0.6, 9);
    expect(priceOf(tariff, "05:29")).toBeCloseTo(0.6, 9);
    expect(priceOf(tariff, "05:30")).toBeCloseTo(0.5, 9);
    const rebate = [{ ...priced(0, [zone("10:00-12:00", -0.05)]), name }];
    expect(priceOf(tariffOf({ energy: priced(0.2), charges: rebate }), "11:00")).toBeCloseTo(
      0.15,
      9,
    );
  });

  it("is taxed after its charges (case c)", () => {
    const charges = [{ ...priced(0.1), name }];
    const tariff = tariffOf({ energy: priced(0.2), charges, factorPpm: 1_190_000 });
    expect(priceOf(tariff, "12:00")).toBeCloseTo(0.357, 9);
  });

  it("is that of the later of two zones (case d)", () => {
    const charges = [{ ...priced(0, [zone("00:00-06:00", 0.1), zone("02:00-04:00", 0.05)]), name }];
    const tariff = tariffOf({ energy: priced(0.2), charges });
    expect(priceOf(tariff, "03:00")).toBeCloseTo(0.25, 9);
    expect(priceOf(tariff, "05:00")).toBeCloseTo(0.3, 9);
  });

  it("may differ by month (case e)", () => {
    const months = [1, 2, 3, 10, 11, 12];
    const charges = [{ ...priced(0.2, [zone("00:00-05:00", 0.05, { months })]), name }];
    const tariff = tariffOf({ energy: priced(0), charges });
    expect(priceOf(tariff, "03:00", "2026-02-15")).toBeCloseTo(0.05, 9);
    expect(priceOf(tariff, "03:00", "2026-06-15")).toBeCloseTo(0.2, 9);
  });

  it("is multiplied after everything is added (case f)", () => {
    const charges = [{ ...priced(0.1, [zone("10:00-12:00", 0.3)]), name }];
    const tariff = tariffOf({ energy: priced(0.2), charges, factorPpm: 2_000_000 });
    expect(priceOf(tariff, "11:00")).toBeCloseTo(1, 9);
    expect(priceOf(tariff, "14:00")).toBeCloseTo(0.6, 9);
  });

  it("begins at the half hour and not at the full one before it (case h)", () => {
    const tariff = tariffOf({
      energy: priced(0.6, [zone("08:30-11:30", 1.2, { period: "peak" })]),
    });
    const prices = { "08:00": 0.6, "08:30": 1.2, "11:00": 1.2, "11:30": 0.6 };
    for (const [clock, price] of Object.entries(prices)) {
      expect(priceOf(tariff, clock), clock).toBeCloseTo(price, 9);
    }
  });

  it("may differ by kind of day, and a zone may lie over midnight", () => {
    const holidays = ["2026-10-01"];
    const workdays = ["2026-10-10"];
    const zones = [
      zone("22:00-06:00", 0.2, { dayTypes: ["weekday"] }),
      zone("00:00-24:00", 0.3, { dayTypes: ["holiday"] }),
    ];
    const tariff = tariffOf({ energy: priced(0.5, zones), holidays, workdays });
    expect(priceOf(tariff, "23:00", "2026-06-15")).toBeCloseTo(0.2, 9);
    expect(priceOf(tariff, "05:59", "2026-06-15")).toBeCloseTo(0.2, 9);
    expect(priceOf(tariff, "23:00", "2026-06-14"), "a Sunday").toBeCloseTo(0.5, 9);
    expect(priceOf(tariff, "23:00", "2026-10-01")).toBeCloseTo(0.3, 9);
    // The tenth of October 2026 is a Saturday that is worked.
    expect(priceOf(tariff, "23:00", "2026-10-10")).toBeCloseTo(0.2, 9);
    expect(dayTypeOf("2026-10-11", tariff)).toBe("weekend");
  });
});

describe("a quarter hour that a boundary divides", () => {
  it("is split by time", () => {
    const tariff = tariffOf({ energy: priced(0.6, [zone("08:35-11:30", 1.2)]) });
    const { energy } = tariffDay(tariff, "2026-06-15", timezone);
    const startMs = localMinuteMs("2026-06-15", minuteOf("08:30"), timezone);
    const parts = shares(energy, { startMs, endMs: startMs + quarterHourMs });
    expect(parts.map(({ piece, fraction }) => [piece.microCny, fraction])).toEqual([
      [600_000, 1 / 3],
      [1_200_000, 2 / 3],
    ]);
  });

  it("is whole together, whatever the zones", () => {
    const clock = fc.integer({ min: 0, max: 1439 });
    const zones = fc.array(fc.tuple(clock, clock, fc.integer({ min: -5, max: 5 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(zones, fc.nat(95), (list, index) => {
        const energy = priced(
          0.5,
          list.map(([fromMinute, toMinute, price]) => ({
            ...zone("00:00-24:00", price),
            ...{ fromMinute, toMinute: toMinute === 0 ? 1440 : toMinute },
          })),
        );
        const day = tariffDay(tariffOf({ energy }), "2026-06-15", timezone);
        const startMs = localMinuteMs("2026-06-15", index * 15, timezone);
        const parts = shares(day.energy, { startMs, endMs: startMs + quarterHourMs });
        expect(parts.reduce((sum, { fraction }) => sum + fraction, 0)).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe("a tariff", () => {
  const whole = [zone("00:00-08:30", 0.3), zone("08:30-24:00", 0.6)];
  const refusal = (entry: Partial<Tariff>) => {
    try {
      checkTariff(tariffOf(entry));
      return null;
    } catch (error) {
      const { code, pointer, remedy, message } = error as Record<string, string | undefined>;
      return { code, pointer, isHelpful: remedy !== undefined, message };
    }
  };

  it("is taken when its zones fill every day exactly, or lie over a base", () => {
    expect(refusal({ energy: { base: null, zones: whole } })).toBeNull();
    expect(
      refusal({ energy: priced(0.5, [zone("00:00-05:00", 1), zone("04:00-06:00", 2)]) }),
    ).toBeNull();
    const weekdays = [
      zone("22:00-06:00", 0.2, { dayTypes: ["weekday"] }),
      zone("06:00-22:00", 0.5, { dayTypes: ["weekday"] }),
    ];
    const others = [zone("00:00-24:00", 0.3, { dayTypes: ["weekend", "holiday"] })];
    expect(refusal({ energy: { base: null, zones: [...weekdays, ...others] } })).toBeNull();
  });

  it.each<[name: string, entry: Partial<Tariff>, ...wanted: string[]]>([
    [
      "a hole",
      { energy: { base: null, zones: [zone("00:00-08:30", 0.3), zone("08:31-24:00", 0.6)] } },
      "tariff_hole",
      "/energy/zones",
      "08:30",
    ],
    [
      "no price on holidays",
      {
        energy: {
          base: null,
          zones: [zone("00:00-24:00", 1, { dayTypes: ["weekday", "weekend"] })],
        },
      },
      "tariff_hole",
      "/energy/zones",
      "holiday",
    ],
    [
      "no price in December",
      {
        energy: {
          base: null,
          zones: [zone("00:00-24:00", 1, { months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] })],
        },
      },
      "tariff_hole",
      "/energy/zones",
      "month 12",
    ],
    [
      "two prices for a minute",
      { energy: { base: null, zones: [zone("00:00-08:31", 0.3), zone("08:30-24:00", 0.6)] } },
      "tariff_overlap",
      "/energy/zones/1",
      "08:30",
    ],
    [
      "a hole in a charge",
      { charges: [{ base: null, zones: [], name }] },
      "tariff_hole",
      "/charges/0/zones",
      "00:00",
    ],
    [
      "a first tier above 0",
      { tiers: [{ fromKwh: 10, microCny: 1 }] },
      "invalid_tariff",
      "/tiers/0/fromKwh",
      "10 kWh",
    ],
    [
      "a power factor table that ends early",
      { powerFactor: [{ atLeast: 0.9, sharePpm: 0 }] },
      "tariff_hole",
      "/powerFactor",
      "down to 0",
    ],
    [
      "rows out of order",
      {
        powerFactor: [
          { atLeast: 0.8, sharePpm: 0 },
          { atLeast: 0.9, sharePpm: 0 },
        ],
      },
      "tariff_overlap",
      "/powerFactor/1/atLeast",
      "0.9",
    ],
    [
      "an end before its beginning",
      { validTo: "2025-01-01" },
      "invalid_tariff",
      "/validTo",
      "validFrom",
    ],
  ])("with %s is refused, with the place and what to do", (_name, entry, ...wanted) => {
    const [code, pointer, what] = wanted;
    const refused = refusal(entry);
    expect(refused).toMatchObject({ code, pointer, isHelpful: true });
    expect(refused?.message).toContain(what);
  });
});

describe("tariffs over time", () => {
  const first = recordOf(tariffOf({ validFrom: "2026-01-01" }));
  const second = recordOf(tariffOf({ validFrom: "2026-07-01", energy: priced(0.8) }));

  it("count until the next version of their own, so that a change alters no earlier bill", () => {
    const records = [first, second];
    expect(endOf(first.tariff, records)).toBe("2026-07-01");
    expect(tariffOn(records, "park", "2025-12-31")).toBeNull();
    expect(tariffOn(records, "park", "2026-06-30")).toBe(first);
    expect(tariffOn(records, "park", "2026-07-01")).toBe(second);
  });

  it("serve a scope by its own name first", () => {
    const own = recordOf(tariffOf({ id: "own", appliesTo: ["enterprise:acme"] }));
    const all = recordOf(tariffOf({ id: "all", appliesTo: ["enterprise:*"] }));
    expect(tariffOn([all, own], "enterprise:acme", "2026-06-01")).toBe(own);
    expect(tariffOn([all, own], "enterprise:beta", "2026-06-01")).toBe(all);
    expect(tariffOn([all, own], "park", "2026-06-01")).toBeNull();
  });

  it("are answered as known at an instant", () => {
    const corrected = recordOf(first.tariff, {
      revision: 2,
      recordedAtMs: 100,
      correction: "misread",
    });
    expect(currentRecords([first, corrected], 99)).toEqual([first]);
    expect(currentRecords([first, corrected])).toEqual([corrected]);
  });

  it("may not price the same scope on the same day twice", () => {
    const other = tariffOf({ id: "other", validFrom: "2026-03-01", validTo: "2026-04-01" });
    expect(() => checkAgainst(other, [first])).toThrow(
      expect.objectContaining({ code: "tariff_overlap", pointer: "/appliesTo" }),
    );
    expect(() => checkAgainst({ ...other, appliesTo: ["park"] }, [first])).not.toThrow();
    const ended = recordOf({ ...first.tariff, validTo: "2026-03-01" });
    expect(() => checkAgainst(other, [ended])).not.toThrow();
    expect(() => checkAgainst(second.tariff, [first])).not.toThrow();
  });
});
