import {
  type Dashboard,
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { influxSource } from "./influx-query.ts";
import { type PanelSpec, panelOf } from "./panel-spec.ts";
import { type Language, say, type Text } from "./text.ts";

export interface VariableSpec {
  readonly name: string;
  readonly label: Text;
  /** `SHOW TAG VALUES …`. */
  readonly query: string;
}

export interface RowSpec {
  readonly title: Text;
  readonly panels: readonly PanelSpec[];
}

/** One dashboard answers one question. */
export interface DashboardSpec {
  readonly id: string;
  readonly title: Text;
  readonly description: Text;
  readonly from: string;
  readonly refresh: string;
  readonly variables: readonly VariableSpec[];
  readonly rows: readonly RowSpec[];
}

const tag = "zcp";
const moreDashboards: Text = { zh: "其他看板", en: "More dashboards" };

export function dashboardOf(spec: DashboardSpec, language: Language): Dashboard {
  const builder = new DashboardBuilder(say(spec.title, language))
    .uid(`zcp-${spec.id}-${language.toLowerCase()}`)
    .description(say(spec.description, language))
    .tags([tag, language])
    .timezone("Asia/Shanghai")
    .refresh(spec.refresh)
    .time({ from: spec.from, to: "now" })
    .readonly()
    .link(
      new DashboardLinkBuilder(say(moreDashboards, language))
        .type(DashboardLinkType.Dashboards)
        .tags([tag, language])
        .asDropdown(true)
        .keepTime(true),
    );
  for (const { name, label, query } of spec.variables) {
    builder.withVariable(
      new QueryVariableBuilder(name)
        .label(say(label, language))
        .datasource(influxSource)
        .query(query)
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true),
    );
  }
  // The SDK leaves ids at 0 or out; Grafana needs them different from each other.
  let id = 0;
  for (const { title, panels } of spec.rows) {
    id += 1;
    builder.withRow(new RowBuilder(say(title, language)).id(id));
    for (const panel of panels) {
      id += 1;
      builder.withPanel(panelOf(panel, id, language));
    }
  }
  return builder.build();
}
