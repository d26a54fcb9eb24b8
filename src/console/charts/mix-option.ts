import type { EChartsCoreOption } from "echarts/core";
import { type SourceId, sources } from "../figures/day-figures.ts";
import { type Mix, mixPercents } from "../figures/slot-lanes.ts";
import { type ChartTheme, hatch } from "./chart-theme.ts";

/** Order of the stack from the axis up: what is green stands on the axis. */
const order: readonly SourceId[] = ["direct", "pv", "dis", "grid"];

export interface MixOptionInput {
  readonly mixes: readonly (Mix | null)[];
  /** Words below the bars, empty where none are wanted. */
  readonly labels: readonly string[];
}

/** Shares of the sources, stacked to 100 %; a span that is not whole is hatched, not drawn. */
export function mixOption({ mixes, labels }: MixOptionInput, theme: ChartTheme): EChartsCoreOption {
  const percents = mixes.map((mix) => (mix === null ? null : mixPercents(mix)));
  const axis = { color: theme.ink3, fontSize: theme.axisSize, fontFamily: theme.font };
  return {
    animation: false,
    grid: { left: 30, right: 2, top: 8, bottom: 22 },
    xAxis: {
      type: "category",
      data: labels.map((_, index) => index),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: theme["line-strong"] } },
      axisLabel: {
        ...axis,
        interval: (index: number) => labels[index] !== "",
        formatter: (_: string, index: number) => labels[index] ?? "",
        hideOverlap: false,
      },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: 100,
      interval: 50,
      axisLabel: axis,
      splitLine: { lineStyle: { color: theme.line } },
    },
    series: [
      ...order.map((id) => ({
        type: "bar",
        stack: "mix",
        barCategoryGap: "16%",
        silent: true,
        itemStyle: { color: id === "grid" ? theme["line-strong"] : theme[id] },
        data: percents.map((shares) => shares?.[id] ?? null),
      })),
      {
        type: "bar",
        stack: "mix",
        silent: true,
        itemStyle: {
          color: "transparent",
          borderColor: theme.ink3,
          borderType: "dashed",
          decal: hatch(theme.ink3),
        },
        data: mixes.map((mix, index) => (mix !== null && percents[index] === null ? 100 : null)),
      },
    ],
  };
}

/** The sources that occur in the spans, in the order of the stack. */
export function sourcesIn(mixes: readonly (Mix | null)[]) {
  return order
    .filter((id) => mixes.some((mix) => (mix?.energiesKwh[id] ?? null) !== null))
    .map((id) => ({ id, words: sources.find((source) => source.id === id)?.words ?? ["", ""] }));
}
