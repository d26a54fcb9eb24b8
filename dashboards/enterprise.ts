import { sourceColors } from "./colors.ts";
import type { DashboardSpec } from "./dashboard-spec.ts";
import type { PanelSpec } from "./panel-spec.ts";
import { energy, overTime, telemetry } from "./queries.ts";
import type { Text } from "./text.ts";

const chosen = '"enterprise" =~ /^$enterprise$/';
const origin: Text = {
  zh: "来自 15 分钟台账的镜像；只含计入企业的表计，不含其下级分表。",
  en: "From the mirror of the quarter-hour ledger; meters that count for the enterprise, not the sub-meters below them.",
};

function carrierPanel(carrier: {
  readonly name: Text;
  readonly unit: string;
  readonly unitText: string;
  readonly register: string;
  readonly carrier: string;
  readonly color?: string;
}): PanelSpec {
  const series = {
    query: overTime(energy, `sum("${carrier.register}")`, {
      where: `${chosen} AND "carrier" = '${carrier.carrier}' AND "role" = 'load'`,
      by: "enterprise",
      step: "1h",
    }),
    name: { zh: "$tag_enterprise", en: "$tag_enterprise" },
  };
  return {
    kind: "stack",
    title: {
      zh: `${carrier.name.zh} · 每小时 (${carrier.unitText})`,
      en: `${carrier.name.en} · each hour (${carrier.unitText})`,
    },
    description: origin,
    unit: carrier.unit,
    width: 12,
    height: 8,
    min: 0,
    series: [carrier.color === undefined ? series : { ...series, color: carrier.color }],
  };
}

export const enterprise: DashboardSpec = {
  id: "enterprise",
  title: { zh: "企业用能", en: "Enterprise energy" },
  description: {
    zh: "一家或几家企业的各类能源、需量和电能质量。",
    en: "Every carrier, the demand and the power quality of one or several enterprises.",
  },
  from: "now-7d",
  refresh: "5m",
  variables: [
    {
      name: "enterprise",
      label: { zh: "企业", en: "Enterprise" },
      query: `SHOW TAG VALUES FROM "${energy}" WITH KEY = "enterprise"`,
    },
  ],
  rows: [
    {
      title: { zh: "电", en: "Electricity" },
      panels: [
        {
          kind: "lines",
          title: {
            zh: "15 分钟平均负荷 (kW) = 时段电量 × 4",
            en: "Mean load of 15 minutes (kW) = energy of the slot × 4",
          },
          description: origin,
          unit: "kwatt",
          width: 16,
          height: 9,
          min: 0,
          series: [
            {
              query: overTime(energy, 'sum("importKwh") * 4', {
                where: `${chosen} AND "carrier" = 'electricity' AND "role" = 'load'`,
                by: "enterprise",
              }),
              name: { zh: "$tag_enterprise", en: "$tag_enterprise" },
            },
          ],
        },
        {
          kind: "lines",
          title: { zh: "功率因数", en: "Power factor" },
          description: {
            zh: "表计上报的瞬时值，5 分钟平均。",
            en: "Momentary values of the meters, mean of 5 minutes.",
          },
          unit: "none",
          decimals: 2,
          width: 8,
          height: 9,
          max: 1,
          series: [
            {
              query: overTime(telemetry, 'mean("powerFactor")', {
                where: chosen,
                by: "device",
                step: "5m",
              }),
              name: { zh: "$tag_device", en: "$tag_device" },
            },
          ],
        },
      ],
    },
    {
      title: { zh: "其他能源与水", en: "Other carriers and water" },
      panels: [
        carrierPanel({
          name: { zh: "天然气", en: "Natural gas" },
          unit: "suffix: Nm³",
          unitText: "Nm³",
          register: "volumeNm3",
          carrier: "natural-gas",
        }),
        carrierPanel({
          name: { zh: "蒸汽", en: "Steam" },
          unit: "suffix: t",
          unitText: "t",
          register: "steamT",
          carrier: "steam",
        }),
        carrierPanel({
          name: { zh: "热力", en: "Heat" },
          unit: "suffix: GJ",
          unitText: "GJ",
          register: "heatGj",
          carrier: "heat",
        }),
        carrierPanel({
          name: { zh: "新水", en: "Fresh water" },
          unit: "suffix: m³",
          unitText: "m³",
          register: "volumeM3",
          carrier: "water",
        }),
      ],
    },
    {
      title: { zh: "自发电", en: "Generation" },
      panels: [
        {
          kind: "stack",
          title: { zh: "企业屋顶光伏 · 每小时 (kWh)", en: "Rooftop PV · each hour (kWh)" },
          description: origin,
          unit: "kwatth",
          width: 24,
          height: 7,
          min: 0,
          series: [
            {
              query: overTime(energy, 'sum("generationKwh")', {
                where: `${chosen} AND "role" = 'pv'`,
                by: "enterprise",
                step: "1h",
              }),
              name: { zh: "$tag_enterprise", en: "$tag_enterprise" },
              color: sourceColors.pv,
            },
          ],
        },
      ],
    },
  ],
};
