import type { EChartsCoreOption } from "echarts/core";
import type { Grade } from "../../contracts/energy.ts";
import { type ChartTheme, hatch } from "./chart-theme.ts";

export interface SlotsOptionInput {
  readonly values: readonly (number | null)[];
  readonly grades: readonly (Grade | null)[];
  readonly labels: readonly string[];
  /** Slots that wait for a person's decision. */
  readonly provisional: readonly boolean[];
}

/**
 * Quarter hours of one register as bars: measured filled, estimated hatched. A missing one has a
 * dashed place on the axis and no bar, because it is not zero. A provisional one has a dashed outline.
 */
export function slotsOption(input: SlotsOptionInput, theme: ChartTheme): EChartsCoreOption {
  const { values, grades, labels, provisional } = input;
  const ceiling = largestOf(values);
  const axis = { color: theme.ink3, fontSize: theme.axisSize, fontFamily: theme.font };
  const isLabelled = (index: number): boolean => labels[index] !== "";
  const isEstimate = (index: number): boolean => grades[index]?.startsWith("E") ?? false;
  const bars = { type: "bar", stack: "slots", silent: true, barCategoryGap: "12%" };
  return {
    animation: false,
    grid: { left: 56, right: 6, top: 22, bottom: 24 },
    xAxis: {
      type: "category",
      data: labels.map((_, index) => index),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: theme["line-strong"] } },
      axisLabel: {
        ...axis,
        interval: isLabelled,
        formatter: (_: string, index: number) => labels[index] ?? "",
      },
    },
    yAxis: {
      type: "value",
      min: 0,
      ...(ceiling === 0 ? { max: 1 } : {}),
      splitNumber: 4,
      axisLabel: axis,
      splitLine: { lineStyle: { color: theme.line } },
    },
    series: [
      {
        ...bars,
        itemStyle: { color: theme["grade-ok"], opacity: 0.86 },
        data: values.map((value, index) => (isEstimate(index) ? null : value)),
      },
      {
        ...bars,
        itemStyle: {
          color: "transparent",
          borderColor: theme["grade-est"],
          decal: hatch(theme["grade-est"]),
        },
        data: values.map((value, index) => (isEstimate(index) ? value : null)),
      },
      {
        ...bars,
        itemStyle: { color: "transparent", borderColor: theme.ink3, borderType: "dashed" },
        data: values.map((value) => (value === null ? (ceiling === 0 ? 1 : ceiling) * 0.06 : null)),
      },
      {
        ...bars,
        stack: "provisional",
        barGap: "-100%",
        itemStyle: { color: "transparent", borderColor: theme.warn, borderType: "dashed" },
        data: values.map((value, index) =>
          provisional[index] === true ? Math.max(value ?? 0, (ceiling || 1) * 0.06) : null,
        ),
      },
    ],
  };
}

function largestOf(values: readonly (number | null)[]): number {
  return Math.max(...values.map((value) => value ?? 0), 0);
}
