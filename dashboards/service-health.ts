import type { DashboardSpec } from "./dashboard-spec.ts";
import type { PanelSpec } from "./panel-spec.ts";
import { overPeriod, overTime, service } from "./queries.ts";
import type { Text } from "./text.ts";

const own: Text = {
  zh: "服务每分钟写入一次自身状态；若 InfluxDB 不可用，此处会有缺口，请看 /api/v1/status。",
  en: "The service writes its own state once a minute; while InfluxDB is away there is a gap here, look at /api/v1/status.",
};

function gaugePanel(panel: {
  readonly title: Text;
  readonly unit: string;
  readonly field: string;
  readonly label: Text;
}): PanelSpec {
  return {
    kind: "lines",
    title: panel.title,
    description: own,
    unit: panel.unit,
    width: 12,
    height: 8,
    min: 0,
    series: [
      { query: overTime(service, `max("${panel.field}")`, { step: "1m" }), name: panel.label },
    ],
  };
}

function tile(title: Text, unit: string, field: string): PanelSpec {
  return {
    kind: "stat",
    title,
    description: own,
    unit,
    decimals: 0,
    width: 6,
    height: 4,
    series: [{ query: overPeriod(service, `last("${field}")`), name: title }],
  };
}

export const serviceHealth: DashboardSpec = {
  id: "service-health",
  title: { zh: "服务健康", en: "Service health" },
  description: {
    zh: "接收、存储与结算是否跟得上。",
    en: "Whether intake, storing and closing keep pace.",
  },
  from: "now-6h",
  refresh: "1m",
  variables: [],
  rows: [
    {
      title: { zh: "现在", en: "Now" },
      panels: [
        tile({ zh: "待处理读数", en: "Readings in the backlog" }, "none", "backlogReadings"),
        tile({ zh: "待结算时段", en: "Slots whose work is due" }, "none", "touchedSlots"),
        tile({ zh: "日志占用", en: "Journal size" }, "bytes", "journalBytes"),
        tile({ zh: "内存 RSS", en: "Memory (RSS)" }, "bytes", "rssBytes"),
      ],
    },
    {
      title: { zh: "趋势", en: "Trend" },
      panels: [
        {
          kind: "lines",
          title: { zh: "消息 · 每秒", en: "Messages · each second" },
          description: own,
          unit: "none",
          width: 12,
          height: 8,
          min: 0,
          series: [
            {
              query: overTime(service, 'non_negative_derivative(max("messagesTotal"), 1s)', {
                step: "1m",
              }),
              name: { zh: "收到", en: "Received" },
            },
            {
              query: overTime(service, 'non_negative_derivative(max("ackedTotal"), 1s)', {
                step: "1m",
              }),
              name: { zh: "已确认", en: "Acknowledged" },
            },
          ],
        },
        gaugePanel({
          title: { zh: "待处理读数", en: "Readings in the backlog" },
          unit: "none",
          field: "backlogReadings",
          label: { zh: "读数", en: "Readings" },
        }),
        gaugePanel({
          title: { zh: "待结算时段", en: "Slots whose work is due" },
          unit: "none",
          field: "touchedSlots",
          label: { zh: "时段", en: "Slots" },
        }),
        gaugePanel({
          title: { zh: "日志占用", en: "Journal size" },
          unit: "bytes",
          field: "journalBytes",
          label: { zh: "日志", en: "Journal" },
        }),
      ],
    },
  ],
};
