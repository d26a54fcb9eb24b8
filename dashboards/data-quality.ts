import type { DashboardSpec } from "./dashboard-spec.ts";
import { energy, overPeriod, overTime, service } from "./queries.ts";
import type { Text } from "./text.ts";

const gateways = '"gateway" =~ /^$gateway$/';
const known: Text = {
  zh: "只看已知的时段：整段缺失的时段没有记录，由“已知时段数”一图看出。",
  en: "Known slots only: a slot that is missing as a whole has no record; the panel of known slots shows it.",
};

export const dataQuality: DashboardSpec = {
  id: "data-quality",
  title: { zh: "数据质量", en: "Data quality" },
  description: {
    zh: "哪些数据缺失、估算或被隔离，来自哪个网关。",
    en: "What is missing, estimated or set aside, and behind which gateway.",
  },
  from: "now-7d",
  refresh: "5m",
  variables: [
    {
      name: "gateway",
      label: { zh: "网关", en: "Gateway" },
      query: `SHOW TAG VALUES FROM "${energy}" WITH KEY = "gateway"`,
    },
  ],
  rows: [
    {
      title: { zh: "台账", en: "Ledger" },
      panels: [
        {
          kind: "lines",
          title: { zh: "覆盖率 · 每小时平均 (份额)", en: "Coverage · mean of an hour (share)" },
          description: known,
          unit: "percentunit",
          width: 12,
          height: 8,
          min: 0,
          max: 1,
          series: [
            {
              query: overTime(energy, 'mean("coverage")', {
                where: gateways,
                by: "gateway",
                step: "1h",
              }),
              name: { zh: "$tag_gateway", en: "$tag_gateway" },
            },
          ],
        },
        {
          kind: "lines",
          title: { zh: "已知时段数 · 每小时", en: "Known slots · each hour" },
          description: {
            zh: "一块表每小时应有 4 个时段；少于此数即为缺失。",
            en: "A meter has 4 slots in an hour; what lacks from that is missing.",
          },
          unit: "none",
          width: 12,
          height: 8,
          min: 0,
          series: [
            {
              query: overTime(energy, 'count("coverage")', {
                where: gateways,
                by: "gateway",
                step: "1h",
              }),
              name: { zh: "$tag_gateway", en: "$tag_gateway" },
            },
          ],
        },
        {
          kind: "bars",
          title: { zh: "估算份额 · 所选时段平均", en: "Estimated share · mean of the period" },
          description: known,
          unit: "percentunit",
          decimals: 2,
          width: 12,
          height: 9,
          min: 0,
          max: 1,
          series: [
            {
              query: overPeriod(energy, 'mean("estimatedFraction")', {
                where: gateways,
                by: "gateway",
              }),
              name: { zh: "$tag_gateway", en: "$tag_gateway" },
            },
          ],
        },
        {
          kind: "bars",
          title: { zh: "最差等级 · 1=A … 8=X", en: "Worst grade · 1=A … 8=X" },
          description: {
            zh: "1 A 实测，2 B 结算，3 C 核对表，4 E1，5 E2，6 E3 估算，7 M 人工，8 X 无效。",
            en: "1 A measured, 2 B settlement, 3 C check meter, 4 E1, 5 E2, 6 E3 estimated, 7 M manual, 8 X invalid.",
          },
          unit: "none",
          decimals: 0,
          width: 12,
          height: 9,
          min: 0,
          max: 8,
          series: [
            {
              query: overPeriod(energy, 'max("gradeRank")', { where: gateways, by: "gateway" }),
              name: { zh: "$tag_gateway", en: "$tag_gateway" },
            },
          ],
        },
      ],
    },
    {
      title: { zh: "接收", en: "Intake" },
      panels: [
        {
          kind: "lines",
          title: { zh: "被隔离 · 自启动累计", en: "Set aside · since start" },
          description: {
            zh: "无法采用的消息、样本或测点；服务重启后从零开始。",
            en: "Messages, samples or metrics that could not be used; starts at zero with the service.",
          },
          unit: "none",
          width: 12,
          height: 8,
          min: 0,
          series: [
            {
              query: overTime(service, 'max("quarantinedTotal")', { step: "5m" }),
              name: { zh: "被隔离", en: "Set aside" },
            },
          ],
        },
        {
          kind: "lines",
          title: { zh: "在线设备", en: "Fresh devices" },
          description: {
            zh: "最近三个上报间隔内有数据的设备。",
            en: "Devices that were heard within three of their intervals.",
          },
          unit: "none",
          width: 12,
          height: 8,
          min: 0,
          series: [
            {
              query: overTime(service, 'min("devicesFresh")', { step: "5m" }),
              name: { zh: "在线", en: "Fresh" },
            },
            {
              query: overTime(service, 'max("devicesTotal")', { step: "5m" }),
              name: { zh: "已登记", en: "Registered" },
            },
          ],
        },
      ],
    },
  ],
};
