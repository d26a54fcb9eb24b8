import { sourceColors } from "./colors.ts";
import type { DashboardSpec } from "./dashboard-spec.ts";
import type { PanelSpec, Series } from "./panel-spec.ts";
import { energy, overPeriod, overTime, telemetry } from "./queries.ts";
import type { Text } from "./text.ts";

interface Source {
  readonly name: Text;
  readonly color: string;
  readonly register: string;
  readonly where: string;
}

const sources: readonly Source[] = [
  {
    name: { zh: "电网购入", en: "Grid import" },
    color: sourceColors.grid,
    register: "importKwh",
    where: "\"role\" = 'grid'",
  },
  {
    name: { zh: "绿电直连", en: "Direct green line" },
    color: sourceColors.direct,
    register: "deliveredKwh",
    where: "\"role\" = 'direct'",
  },
  {
    name: { zh: "屋顶光伏", en: "Rooftop PV" },
    color: sourceColors.pv,
    register: "generationKwh",
    where: "\"role\" = 'pv'",
  },
  {
    name: { zh: "储能放电", en: "Storage discharge" },
    color: sourceColors.discharge,
    register: "dischargeKwh",
    where: "\"role\" = 'storage'",
  },
];

const origin: Text = {
  zh: "来自 15 分钟台账的镜像，按电表时段合计；缺数时段不计入，见“数据质量”看板。",
  en: "From the mirror of the quarter-hour ledger; missing quarter hours are not in it, see the data quality dashboard.",
};

function sourceTile({ name, color, register, where }: Source): PanelSpec {
  return {
    kind: "stat",
    title: {
      zh: `${name.zh} · 所选时段 (kWh)`,
      en: `${name.en} · selected period (kWh)`,
    },
    description: origin,
    unit: "kwatth",
    decimals: 1,
    width: 5,
    height: 4,
    series: [{ query: overPeriod(energy, `sum("${register}")`, { where }), name, color }],
  };
}

const coverageTile: PanelSpec = {
  kind: "stat",
  title: { zh: "覆盖率 · 已知时段的平均", en: "Coverage · mean of known slots" },
  description: {
    zh: "每个已知的 15 分钟时段中不在数据缺口内的时间份额的平均。整段缺失的时段不在其中。",
    en: "Share of each known quarter hour that lies outside of gaps, averaged. Slots that are missing as a whole are not in it.",
  },
  unit: "percentunit",
  decimals: 1,
  width: 4,
  height: 4,
  series: [
    {
      query: overPeriod(energy, 'mean("coverage")'),
      name: { zh: "覆盖率", en: "Coverage" },
    },
  ],
};

const supply: Series[] = sources.map(({ name, color, register, where }) => ({
  query: overTime(energy, `sum("${register}")`, { where }),
  name,
  color,
}));

export const overview: DashboardSpec = {
  id: "overview",
  title: { zh: "园区总览", en: "Park overview" },
  description: {
    zh: "园区的电从哪里来、用到哪里去。",
    en: "Where the park's electricity comes from and where it goes.",
  },
  from: "now/d",
  refresh: "1m",
  variables: [],
  rows: [
    {
      title: { zh: "所选时段", en: "Selected period" },
      panels: [...sources.map(sourceTile), coverageTile],
    },
    {
      title: { zh: "供能与负荷", en: "Supply and load" },
      panels: [
        {
          kind: "stack",
          title: { zh: "供能 · 每 15 分钟 (kWh)", en: "Supply · each 15 minutes (kWh)" },
          description: origin,
          unit: "kwatth",
          width: 24,
          height: 9,
          min: 0,
          series: supply,
        },
        {
          kind: "stack",
          title: {
            zh: "企业用电 · 每 15 分钟 (kWh)",
            en: "Enterprise electricity · each 15 minutes (kWh)",
          },
          description: origin,
          unit: "kwatth",
          width: 16,
          height: 9,
          min: 0,
          series: [
            {
              query: overTime(energy, 'sum("importKwh")', {
                where: "\"role\" = 'load' AND \"carrier\" = 'electricity'",
                by: "enterprise",
              }),
              name: { zh: "$tag_enterprise", en: "$tag_enterprise" },
            },
          ],
        },
        {
          kind: "bars",
          title: {
            zh: "企业用电 · 所选时段 (kWh)",
            en: "Enterprise electricity · selected period (kWh)",
          },
          description: origin,
          unit: "kwatth",
          decimals: 1,
          width: 8,
          height: 9,
          min: 0,
          series: [
            {
              query: overPeriod(energy, 'sum("importKwh")', {
                where: "\"role\" = 'load' AND \"carrier\" = 'electricity'",
                by: "enterprise",
              }),
              name: { zh: "$tag_enterprise", en: "$tag_enterprise" },
            },
          ],
        },
      ],
    },
    {
      title: { zh: "气象", en: "Weather" },
      panels: [
        {
          kind: "lines",
          title: { zh: "辐照度 (W/m²)", en: "Irradiance (W/m²)" },
          description: {
            zh: "气象站与逆变器上报的瞬时值，5 分钟平均。",
            en: "Momentary values of weather station and inverters, mean of 5 minutes.",
          },
          unit: "Wm2",
          width: 24,
          height: 6,
          min: 0,
          series: [
            {
              query: overTime(telemetry, 'mean("irradianceWPerM2")', {
                where: "\"kind\" = 'weather-station'",
                by: "device",
                step: "5m",
              }),
              name: { zh: "$tag_device", en: "$tag_device" },
            },
          ],
        },
      ],
    },
  ],
};
