import type { EChartsCoreOption } from "echarts/core";
import { sources } from "../figures/day-figures.ts";
import { type SlotLanes, stackUp } from "../figures/slot-lanes.ts";
import { type ChartTheme, hatch } from "./chart-theme.ts";

/** What the custom series of the library hands to our drawing function. */
interface RenderApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): [number, number];
  size(span: readonly [number, number]): [number, number];
}

export interface LaneOptionInput {
  readonly lanes: SlotLanes;
  /** Words below the lane, empty where none are wanted. */
  readonly labels: readonly string[];
  readonly isWall: boolean;
  /** Window of the state of charge in percent; null without storage or room for its lane. */
  readonly socWindow: { readonly min: number; readonly max: number } | null;
}

/** A nice end of the axis just above a value. */
function niceMax(value: number): number {
  if (value <= 0) return 1;
  const decade = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((factor) => factor * decade >= value) ?? 10;
  return step * decade;
}

/**
 * Power of the last day: sources stacked as steps from the axis up, charging hatched below it, the
 * load as a line. A quarter hour that is not known is not drawn.
 */
export function laneOption(input: LaneOptionInput, theme: ChartTheme): EChartsCoreOption {
  const { lanes } = input;
  const stacks = stackUp(sources.map(({ id }) => lanes.sourcesMw[id]));
  const tops = stacks.flat().map(({ high }) => high);
  const load = lanes.loadMw.map((value) => value ?? 0);
  const max = niceMax(Math.max(...tops, ...load, 1));
  const low = Math.max(...lanes.chargeMw.map((value) => value ?? 0), 0);
  const gridStep = max / 2;
  const min = low > 0 ? -Math.ceil(low / gridStep) * gridStep : 0;
  const count = lanes.starts.length;
  return {
    animation: false,
    grid: gridsOf(input),
    xAxis: axesOf(input, theme),
    yAxis: [
      {
        ...{ type: "value", min, max, interval: gridStep },
        axisLabel: { color: theme.ink3, fontSize: theme.axisSize, fontFamily: theme.font },
        splitLine: { lineStyle: { color: theme.line } },
      },
      ...socAxis(input, theme),
    ],
    series: [
      ...socSeries(input, theme),
      ...sources.map(({ id }, index) => ({
        type: "custom",
        silent: true,
        encode: { x: 0, y: [1, 2] },
        renderItem: (_: unknown, api: RenderApi) =>
          stepRect(api, { fill: theme[id], opacity: id === "grid" ? 0.62 : 0.86 }),
        data: (stacks[index] ?? []).map((each) => [each.index, each.low, each.high]),
      })),
      {
        type: "bar",
        silent: true,
        barCategoryGap: "6%",
        itemStyle: { color: "transparent", borderColor: theme.dis, decal: hatch(theme.dis) },
        data: lanes.chargeMw.map((value) => (value === null || value <= 0 ? null : -value)),
      },
      {
        type: "custom",
        silent: true,
        z: 5,
        renderItem: (_: unknown, api: RenderApi) => loadSteps(api, theme.load),
        data: loadEdges(lanes.loadMw, count),
      },
    ],
  };
}

/** Height of the lane of the state of charge, with what separates it from the power. */
const socRoom = { wall: { height: 40, gap: 14 }, desk: { height: 30, gap: 10 } } as const;

function gridsOf({ isWall, socWindow }: LaneOptionInput) {
  const edges = { left: isWall ? 40 : 34, right: 4 };
  if (socWindow === null) return [{ ...edges, top: 20, bottom: 22 }];
  const { height, gap } = isWall ? socRoom.wall : socRoom.desk;
  return [
    { ...edges, top: 20, bottom: 22 + height + gap },
    { ...edges, height, bottom: 22 },
  ];
}

/** The lowest lane carries the times. */
function axesOf(input: LaneOptionInput, theme: ChartTheme) {
  const axis = categoryAxis(input, theme);
  if (input.socWindow === null) return [axis];
  return [
    { ...axis, axisLabel: { show: false } },
    { ...axis, gridIndex: 1, axisLine: { show: false } },
  ];
}

function socAxis({ socWindow }: LaneOptionInput, theme: ChartTheme) {
  if (socWindow === null) return [];
  const bounds = [socWindow.min, socWindow.max];
  return [
    {
      ...{ type: "value", gridIndex: 1, min: 0, max: 100 },
      axisLabel: {
        ...{ color: theme.ink3, fontSize: theme.axisSize, fontFamily: theme.font },
        customValues: bounds,
      },
      axisTick: { show: false, customValues: bounds },
      splitLine: { show: false },
    },
  ];
}

function socSeries({ socWindow, lanes }: LaneOptionInput, theme: ChartTheme) {
  if (socWindow === null) return [];
  const line = (value: number) => ({
    ...{ type: "line", xAxisIndex: 1, yAxisIndex: 1, silent: true, symbol: "none" },
    lineStyle: { color: theme.ink3, width: 1, type: [3, 3] },
    data: lanes.starts.map(() => value),
  });
  return [
    line(socWindow.min),
    line(socWindow.max),
    {
      ...{ type: "line", xAxisIndex: 1, yAxisIndex: 1, silent: true, symbol: "none" },
      lineStyle: { color: theme.dis, width: 2 },
      connectNulls: false,
      data: lanes.socPercent,
    },
  ];
}

function categoryAxis({ labels }: LaneOptionInput, theme: ChartTheme) {
  const isLabelled = (index: number): boolean => labels[index] !== "";
  return {
    type: "category",
    data: labels.map((_, index) => index),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: theme["line-strong"] }, onZero: true },
    splitLine: { show: true, interval: isLabelled, lineStyle: { color: theme.line } },
    axisLabel: {
      ...{ color: theme.ink3, fontSize: theme.axisSize, fontFamily: theme.font, align: "center" },
      interval: isLabelled,
      formatter: (_: string, index: number) => labels[index] ?? "",
    },
  };
}

/** Edges of the band of a position, on whole pixels, so that steps meet without a seam. */
function bandOf(api: RenderApi, index: number): { readonly left: number; readonly right: number } {
  const [centre] = api.coord([index, 0]);
  const [width] = api.size([1, 0]);
  return { left: Math.round(centre - width / 2), right: Math.round(centre + width / 2) };
}

function stepRect(api: RenderApi, style: { readonly fill: string; readonly opacity: number }) {
  const { left, right } = bandOf(api, api.value(0));
  const [, bottom] = api.coord([0, api.value(1)]);
  const [, top] = api.coord([0, api.value(2)]);
  const shape = { x: left, y: top, width: right - left, height: Math.max(0, bottom - top) };
  return { type: "rect", shape, style };
}

/** For each known quarter hour its value and that of the one before, if that is known as well. */
function loadEdges(values: readonly (number | null)[], count: number) {
  const edges: [number, number, number][] = [];
  for (let index = 0; index < count; index += 1) {
    const value = values[index] ?? null;
    if (value === null) continue;
    edges.push([index, value, values[index - 1] ?? value]);
  }
  return edges;
}

function loadSteps(api: RenderApi, stroke: string) {
  const { left, right } = bandOf(api, api.value(0));
  const [, y] = api.coord([0, api.value(1)]);
  const [, before] = api.coord([0, api.value(2)]);
  return {
    type: "polyline",
    shape: {
      points: [
        [left, before],
        [left, y],
        [right, y],
      ],
    },
    style: { stroke, lineWidth: 2, fill: "none" },
  };
}
