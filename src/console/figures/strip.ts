import type { EnergyBody } from "../../contracts/energy.ts";
import type { LiveFlow } from "../../contracts/live.ts";
import type { ParkBody } from "../../contracts/registry.ts";
import { fixed, megawattHours, megawatts, percentText } from "../format/numbers.ts";
import { say } from "../text/language.ts";
import { tiles } from "../text/overview.ts";
import { sources, supplyKwh } from "./day-figures.ts";
import type { Figure, Figures } from "./figure.ts";

/** One stretch of the bar under a tile. */
export interface BarStretch {
  readonly id: string;
  readonly color: string;
  readonly fromPercent: number;
  readonly widthPercent: number;
}

/** One tile of the strip: a figure, what stands beside it, its bar and the line below. */
export interface StripTile {
  readonly figureId: string;
  readonly short: string;
  readonly verdict: string;
  readonly isWarning: boolean;
  readonly stretches: readonly BarStretch[];
  /** Threshold ticks on the bar, in percent of its length. */
  readonly tickPercents: readonly number[];
  readonly sub: string;
}

export interface StripInputs {
  readonly figures: Figures;
  readonly park: ParkBody;
  readonly electricity: EnergyBody | null;
  readonly storage: LiveFlow["storage"];
}

const textOf = (figure: Figure | undefined): string | null =>
  figure?.quantity == null ? null : `${figure.quantity.text} ${figure.quantity.unit}`;

/** The six tiles of today. Each bar has a fixed scale, so that it does not jump with the value. */
export function stripTiles(inputs: StripInputs): readonly StripTile[] {
  return [
    consumptionTile(inputs),
    importTile(inputs),
    greenTile(inputs),
    demandTile(inputs),
    storageTile(inputs),
    waterTile(inputs),
  ];
}

function tile(part: Pick<StripTile, "figureId" | "short"> & Partial<StripTile>): StripTile {
  return { verdict: "", isWarning: false, stretches: [], tickPercents: [], sub: "", ...part };
}

function stretch(id: string, color: string, fraction: number | null): BarStretch[] {
  if (fraction === null || fraction <= 0) return [];
  return [{ id, color, fromPercent: 0, widthPercent: Math.min(1, fraction) * 100 }];
}

/** The bar is the supply of today by source. */
function consumptionTile({ electricity, figures }: StripInputs): StripTile {
  const total = electricity?.total;
  const supply = total === undefined ? null : supplyKwh(total);
  let fromPercent = 0;
  const stretches = sources.flatMap(({ id, register }) => {
    const value = total?.[register];
    if (typeof value !== "number" || supply === null || supply <= 0) return [];
    const widthPercent = (value / supply) * 100;
    const result = { id, color: `var(--${id})`, fromPercent, widthPercent };
    fromPercent += widthPercent;
    return [result];
  });
  const terms = [
    ["day.supply", tiles.supplied],
    ["day.chargeKwh", tiles.chargedPart],
    ["day.exportKwh", tiles.exportedPart],
  ] as const;
  return tile({
    ...{ figureId: "day.consumption", short: say(tiles.consumptionShort), stretches },
    sub: terms
      .filter(([id]) => figures[id]?.quantity != null)
      .map(([id, words]) => say(words)(figures[id]?.quantity?.text ?? ""))
      .join(" − "),
  });
}

function importTile({ electricity, figures }: StripInputs): StripTile {
  const total = electricity?.total;
  const supply = total === undefined ? null : supplyKwh(total);
  const bought = figures["day.grid"]?.value ?? null;
  const share = bought === null || supply === null || supply <= 0 ? null : bought / supply;
  const exported = textOf(figures["day.exportKwh"]);
  return tile({
    ...{ figureId: "day.grid", short: say(tiles.boughtShort) },
    verdict: share === null ? "" : say(tiles.ofSupply)(percentText(share)),
    stretches: stretch("grid", "var(--grid)", share),
    sub: exported === null ? "" : say(tiles.exported)(exported),
  });
}

function greenTile({ figures }: StripInputs): StripTile {
  const share = figures["day.green"]?.value ?? null;
  const [direct, pv] = ["day.direct", "day.pv"].map((id) => figures[id]?.quantity?.text);
  const inflow = inflowText(figures);
  const known = [direct, pv].filter((text) => text !== undefined);
  const sub = inflow === null || known.length === 0 ? "" : `(${known.join(" + ")}) ÷ ${inflow}`;
  return tile({
    ...{ figureId: "day.green", short: say(tiles.greenShort), sub },
    stretches: stretch("green", "var(--accent)", share),
  });
}

/** What came in without discharge, which is no source of its own. */
function inflowText(figures: Figures): string | null {
  const parts = ["day.direct", "day.pv", "day.grid"].map((id) => figures[id]?.value ?? null);
  if (parts.some((value) => value === null)) return null;
  return megawattHours(parts.reduce<number>((sum, value) => sum + (value ?? 0), 0)).text;
}

/** The scale ends a quarter beyond the limit of the connection, which has its tick. */
function demandTile({ figures, park }: StripInputs): StripTile {
  const figure = figures["day.demand"];
  const limitKw = park.grid?.importLimitKw ?? null;
  const value = figure?.value ?? null;
  const scaleKw = limitKw === null ? null : limitKw * 1.25;
  const leftKw = limitKw === null || value === null ? null : limitKw - value;
  const power = (kw: number): string => `${megawatts(Math.abs(kw)).text} MW`;
  const words = leftKw !== null && leftKw < 0 ? tiles.demandOver : tiles.demandLeft;
  return tile({
    ...{ figureId: "day.demand", short: say(tiles.demandShort) },
    verdict: leftKw === null ? "" : say(words)(power(leftKw)),
    isWarning: leftKw !== null && leftKw < 0,
    stretches:
      value === null || scaleKw === null ? [] : stretch("demand", "var(--ink3)", value / scaleKw),
    tickPercents: scaleKw === null ? [] : [80],
    sub: [limitKw === null ? null : say(tiles.demandLimit)(power(limitKw)), figure?.formula ?? null]
      .filter((part) => part !== null)
      .join(" · "),
  });
}

/** The bar is the state of charge, its ticks the window. */
function storageTile({ figures, storage }: StripInputs): StripTile {
  const charged = textOf(figures["day.chargeKwh"]);
  const soc = figures["live.soc"];
  const socText = textOf(soc);
  const window = storage === null ? [] : [storage.socMinFraction, storage.socMaxFraction];
  const [low, high] = window.map((fraction) => fixed(fraction * 100, 0));
  return tile({
    ...{ figureId: "day.dis", short: say(tiles.storageShort) },
    verdict: charged === null ? "" : say(tiles.charged)(charged),
    stretches: stretch("soc", "var(--dis)", soc?.value ?? null),
    tickPercents: window.map((fraction) => fraction * 100),
    sub: [
      socText === null ? null : `SOC ${socText}`,
      low === undefined || high === undefined ? null : say(tiles.socWindow)(low, `${high}%`),
    ]
      .filter((part) => part !== null)
      .join(" · "),
  });
}

/** The bar is what flows off as a share of what was taken. */
function waterTile({ figures }: StripInputs): StripTile {
  const effluent = figures["day.effluent"];
  const taken = figures["day.water"]?.value ?? null;
  const share =
    taken === null || taken <= 0 || effluent?.value == null ? null : effluent.value / taken;
  const text = textOf(effluent);
  const heat = textOf(figures["day.heat"]);
  return tile({
    ...{ figureId: "day.water", short: say(tiles.waterShort) },
    verdict: text === null ? "" : say(tiles.effluent)(text),
    stretches: stretch("effluent", "var(--water)", share),
    sub: [
      share === null ? null : say(tiles.ofIntake)(percentText(share)),
      heat === null ? null : say(tiles.heatToday)(heat),
    ]
      .filter((part) => part !== null)
      .join(" · "),
  });
}
