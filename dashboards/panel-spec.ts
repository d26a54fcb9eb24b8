import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import { InfluxQuery, influxSource } from "./influx-query.ts";
import { type Language, say, type Text } from "./text.ts";

export interface Series {
  /** InfluxQL with Grafana's macros. */
  readonly query: string;
  /** Name of the series; `$tag_…` stands for a tag. */
  readonly name: Text;
  /** Fixed colour of a source, the same as in the console. */
  readonly color?: string;
}

/** One panel: its title names quantity, unit and period, so that no number stands bare. */
export interface PanelSpec {
  readonly kind: "stat" | "lines" | "stack" | "bars";
  readonly title: Text;
  readonly description: Text;
  readonly unit: string;
  readonly width: number;
  readonly height: number;
  readonly series: readonly Series[];
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
}

const noData: Text = { zh: "缺少数据", en: "no data" };

export function panelOf(spec: PanelSpec, id: number, language: Language): Builder<Panel> {
  switch (spec.kind) {
    case "stat":
      return dressed(statPanel(), spec, { id, language });
    case "bars":
      return dressed(barsPanel(), spec, { id, language });
    case "lines":
    case "stack":
      return dressed(linesPanel(spec), spec, { id, language });
  }
}

function statPanel(): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false));
}

function barsPanel(): bargauge.PanelBuilder {
  return new bargauge.PanelBuilder()
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .orientation(common.VizOrientation.Horizontal)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false));
}

/** Gaps stay gaps: a line is never drawn across what is missing. */
function linesPanel({ kind }: PanelSpec): timeseries.PanelBuilder {
  const panel = new timeseries.PanelBuilder()
    .spanNulls(false)
    .showPoints(common.VisibilityMode.Never)
    .lineInterpolation(common.LineInterpolation.StepAfter)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    );
  if (kind === "lines") return panel.fillOpacity(0).lineWidth(2);
  return panel
    .fillOpacity(70)
    .lineWidth(1)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}

type AnyPanel = stat.PanelBuilder | bargauge.PanelBuilder | timeseries.PanelBuilder;

function dressed(
  panel: AnyPanel,
  spec: PanelSpec,
  { id, language }: { readonly id: number; readonly language: Language },
): Builder<Panel> {
  panel
    .id(id)
    .title(say(spec.title, language))
    .description(say(spec.description, language))
    .datasource(influxSource)
    .unit(spec.unit)
    .noValue(say(noData, language))
    .span(spec.width)
    .height(spec.height);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  for (const [index, { query, name, color }] of spec.series.entries()) {
    const label = say(name, language);
    panel.withTarget(new InfluxQuery(String.fromCharCode(65 + index), query, label));
    if (color === undefined) continue;
    panel.overrideByName(label, [{ id: "color", value: { mode: "fixed", fixedColor: color } }]);
  }
  return panel;
}
