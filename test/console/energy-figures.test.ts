import { describe, expect, it } from "vitest";
import {
  dayFigures,
  greenFraction,
  largestDemand,
  supplyKwh,
} from "../../src/console/figures/day-figures.ts";
import { drawnKwh, enterpriseFigures } from "../../src/console/figures/enterprise-figures.ts";
import { figureText } from "../../src/console/figures/figure.ts";
import {
  hourlyMix,
  mixPercents,
  slotLanes,
  stackUp,
} from "../../src/console/figures/slot-lanes.ts";
import { sparkPaths } from "../../src/console/figures/spark.ts";
import { stripTiles } from "../../src/console/figures/strip.ts";
import { dayStart, energyBody, meter, park, quarterMs } from "./energy-bodies.ts";

/**
 * The example day to 14:30: 299.6 + 243.0 + 122.6 + 24.5 = 689.7 MWh supplied; of it 180.0 charged
 * and 3.6 exported, so 506.1 used. Green: 365.6 / (365.6 + 299.6) = 54.96 %.
 */
const exampleTotal = {
  importKwh: 299_600,
  deliveredKwh: 243_000,
  generationKwh: 122_600,
  dischargeKwh: 24_500,
  chargeKwh: 180_000,
  exportKwh: 3_600,
  consumptionKwh: 506_100,
};
const meters = [
  meter({ id: "m-grid", role: "grid" }),
  meter({ id: "pv-01", role: "pv", kind: "pv-inverter" }),
];
const inputs = {
  ...{ park, meters, fromMs: dayStart, toMs: dayStart + 58 * quarterMs },
  electricity: energyBody([exampleTotal]),
  ...{ water: null, effluent: null, heat: null },
};

describe("figures of the day", () => {
  it("are those of the answer, with unit, grade, coverage, period and origin", () => {
    const figures = dayFigures(inputs);
    expect(figures["day.consumption"]).toMatchObject({
      quantity: { text: "506.1", unit: "MWh" },
      ...{ mark: "A", coverage: 1, period: "11-06 00:00–14:30", value: 506_100 },
    });
    expect(figures["day.grid"]?.meterIds).toEqual(["m-grid"]);
    expect(figures["day.pv"]?.meterIds).toEqual(["pv-01"]);
    expect(figures["day.supply"]?.quantity).toEqual({ text: "689.7", unit: "MWh" });
  });

  it("count PV and the direct line as green and discharge as no source", () => {
    expect(greenFraction(exampleTotal)).toBeCloseTo(365_600 / 665_200, 12);
    expect(dayFigures(inputs)["day.green"]?.quantity).toEqual({ text: "55.0", unit: "%" });
    expect(greenFraction({ importKwh: 10 })).toBe(0);
    expect(greenFraction({ chargeKwh: 10 })).toBeNull();
  });

  it("add up: the parts of what was used are its figure", () => {
    const parts = dayFigures(inputs)["day.consumption"]?.parts ?? [];
    const texts = parts.map(({ quantity }) => quantity?.text);
    // 299.6 + 243.0 + 122.6 + 24.5 - 180.0 - 3.6 = 506.1
    expect(texts).toEqual(["299.6", "243.0", "122.6", "24.5", "−180.0", "−3.6"]);
    expect(dayFigures(inputs)["day.consumption"]?.quantity?.text).toBe("506.1");
  });

  it("are missing, not zero, when a part is missing", () => {
    const electricity = energyBody([
      { ...exampleTotal, generationKwh: null, consumptionKwh: null },
    ]);
    const figures = dayFigures({ ...inputs, electricity });
    expect(figures["day.consumption"]).toMatchObject({
      value: null,
      quantity: null,
      mark: "missing",
    });
    expect(figures["day.green"]?.value).toBeNull();
    expect(figures["day.grid"]?.quantity?.text).toBe("299.6");
    expect(supplyKwh(electricity.total)).toBeNull();
  });

  it("say why there are none before the first quarter hour of a day is closed", () => {
    const figure = dayFigures({ ...inputs, electricity: null })["day.consumption"];
    expect(figure).toMatchObject({ value: null, reason: "今日尚无结算时段" });
    expect(figure === undefined ? "" : figureText(figure)).toContain("缺少数据");
  });

  it("take a register's own grade, so that a gap elsewhere does not colour it", () => {
    const electricity = energyBody([exampleTotal], { grade: "E2" });
    electricity.registers.importKwh = {
      ...{ grade: "A", coverage: 1, estimatedFraction: 0, missingSlots: 0 },
    };
    const figures = dayFigures({ ...inputs, electricity });
    expect(figures["day.grid"]?.mark).toBe("A");
    expect(figures["day.pv"]?.mark).toBe("E2");
    expect(figures["day.consumption"]?.mark).toBe("E2");
  });

  it("find the largest quarter-hour mean of the import and when it was", () => {
    // 7,397 kWh in a quarter hour are 29,588 kW on average.
    const body = energyBody([{ importKwh: 5_000 }, { importKwh: 7_397 }, { importKwh: null }]);
    expect(largestDemand(body)).toEqual({ powerKw: 29_588, startMs: dayStart + quarterMs });
    expect(largestDemand(energyBody([{ importKwh: null }]))).toBeNull();
    const figures = dayFigures({ ...inputs, electricity: body });
    expect(figures["day.demand"]).toMatchObject({ formula: "00:15–00:30", value: 29_588 });
  });
});

describe("the strip", () => {
  const tilesOf = (electricity: typeof inputs.electricity | null) =>
    stripTiles({
      figures: dayFigures({ ...inputs, electricity }),
      ...{ park, electricity, storage: null },
    });

  it("has six tiles, whose bars have fixed scales", () => {
    const tiles = tilesOf(inputs.electricity);
    expect(tiles.map(({ figureId }) => figureId)).toEqual([
      ...["day.consumption", "day.grid", "day.green", "day.demand", "day.dis", "day.water"],
    ]);
    const [used, bought, , demand] = tiles;
    expect(used?.sub).toBe("供 689.7 − 充 180.0 − 送 3.6");
    expect(used?.stretches.reduce((sum, { widthPercent }) => sum + widthPercent, 0)).toBeCloseTo(
      100,
    );
    expect(bought?.verdict).toBe("占供入 43.4%");
    expect(demand?.tickPercents).toEqual([80]);
  });

  it("warns when the demand is above the limit of the connection", () => {
    // 26,000 kWh in a quarter hour are 104 MW, 4 MW above the limit.
    const demand = tilesOf(energyBody([{ importKwh: 26_000 }]))[3];
    expect(demand).toMatchObject({ verdict: "超 4.0 MW", isWarning: true });
  });

  it("leaves out of a sum what is not known instead of calling it zero", () => {
    const [used] = tilesOf(energyBody([{ importKwh: 100, chargeKwh: null }]));
    expect(used?.sub).toBe("供 0.1");
    expect(tilesOf(null)[0]?.sub).toBe("");
  });
});

describe("enterprises", () => {
  const use = (id: string, importKwh: number | null) => ({
    enterprise: { id, name: { zh: id, en: id } },
    span: { fromMs: dayStart, toMs: dayStart + quarterMs },
    body: { ...energyBody([{ importKwh }]), enterpriseId: id, revision: 3 },
  });

  it("are ranked by what they drew, those without data last", () => {
    const ranked = enterpriseFigures([use("a", 10), use("b", null), use("c", 30)], {
      ...{ park, totalKwh: 100 },
    });
    expect(ranked.map(({ id }) => id)).toEqual(["c", "a", "b"]);
    expect(ranked[0]?.figure.revision).toBe(3);
    expect(ranked.map(({ shareFraction }) => shareFraction)).toEqual([0.3, 0.1, null]);
  });

  it("count chargers too and are unknown when one of both is", () => {
    expect(drawnKwh(energyBody([{ importKwh: 10, deliveredKwh: 5 }]))).toBe(15);
    expect(drawnKwh(energyBody([{ importKwh: 10, deliveredKwh: null }]))).toBeNull();
    expect(drawnKwh(null)).toBeNull();
  });
});

describe("lanes", () => {
  it("turn quarter-hour energies into mean powers and keep gaps", () => {
    const lanes = slotLanes(
      energyBody([{ importKwh: 2_500, consumptionKwh: 2_000 }, { importKwh: null }]),
    );
    expect(lanes.sourcesMw.grid).toEqual([10, null]);
    expect(lanes.loadMw).toEqual([8, null]);
    expect(lanes.sourcesMw.pv).toEqual([null, null]);
  });

  it("stack from the axis up and draw nothing where nothing is known", () => {
    const [low, high] = stackUp([
      [1, null, 2],
      [3, 4, 0],
    ]);
    expect(low).toEqual([
      { index: 0, low: 0, high: 1 },
      { index: 2, low: 0, high: 2 },
    ]);
    expect(high).toEqual([
      { index: 0, low: 1, high: 4 },
      { index: 1, low: 0, high: 4 },
    ]);
  });

  it("add hours up and judge no share of an hour that is not whole", () => {
    const whole = { importKwh: 10, generationKwh: 30 };
    const gap = { importKwh: 10, generationKwh: null };
    const mixes = hourlyMix(energyBody([whole, whole, whole, whole, whole, gap]), park.timezone);
    expect(mixes).toHaveLength(2);
    expect(mixes[0]?.energiesKwh).toMatchObject({ grid: 40, pv: 120, direct: null });
    expect(mixes[0] === undefined ? null : mixPercents(mixes[0])).toMatchObject({
      grid: 25,
      pv: 75,
    });
    expect(mixes[1] === undefined ? null : mixPercents(mixes[1])).toBeNull();
  });

  it("draw a spark with a gap where a quarter hour is missing", () => {
    const paths = sparkPaths([1, null, 2], { slots: 4, max: 2, width: 40, height: 10 });
    expect(paths.line).toBe("M0 5H10M20 0H30");
    expect(paths.area).toBe("M0 10V5H10V10ZM20 10V0H30V10Z");
  });
});
