import { sourceColors } from "./colors.ts";
import type { DashboardSpec } from "./dashboard-spec.ts";
import { energy, overPeriod, overTime, telemetry } from "./queries.ts";
import type { Text } from "./text.ts";

const momentary: Text = {
  zh: "设备上报的瞬时值，按所示步长平均。",
  en: "Momentary values of the devices, averaged over the step shown.",
};
const ledger: Text = {
  zh: "来自 15 分钟台账的镜像。",
  en: "From the mirror of the quarter-hour ledger.",
};

export const pvStorage: DashboardSpec = {
  id: "pv-storage",
  title: { zh: "光伏与储能", en: "PV and storage" },
  description: {
    zh: "光伏发了多少、储能充放了多少、电池是否健康。",
    en: "What PV yields, what the storage takes and gives, and whether the battery is well.",
  },
  from: "now-24h",
  refresh: "1m",
  variables: [],
  rows: [
    {
      title: { zh: "光伏", en: "PV" },
      panels: [
        {
          kind: "stack",
          title: { zh: "光伏功率 · 5 分钟平均 (kW)", en: "PV power · mean of 5 minutes (kW)" },
          description: momentary,
          unit: "kwatt",
          width: 16,
          height: 9,
          min: 0,
          series: [
            {
              query: overTime(telemetry, 'mean("powerKw")', {
                where: "\"kind\" = 'pv-inverter'",
                by: "device",
                step: "5m",
              }),
              name: { zh: "$tag_device", en: "$tag_device" },
            },
          ],
        },
        {
          kind: "bars",
          title: { zh: "光伏发电 · 所选时段 (kWh)", en: "PV yield · selected period (kWh)" },
          description: ledger,
          unit: "kwatth",
          decimals: 1,
          width: 8,
          height: 9,
          min: 0,
          series: [
            {
              query: overPeriod(energy, 'sum("generationKwh")', {
                where: "\"role\" = 'pv'",
                by: "device",
              }),
              name: { zh: "$tag_device", en: "$tag_device" },
            },
          ],
        },
      ],
    },
    {
      title: { zh: "储能", en: "Storage" },
      panels: [
        {
          kind: "lines",
          title: {
            zh: "充放电 · 每 15 分钟 (kWh)",
            en: "Charge and discharge · each 15 minutes (kWh)",
          },
          description: ledger,
          unit: "kwatth",
          width: 12,
          height: 9,
          min: 0,
          series: [
            {
              query: overTime(energy, 'sum("chargeKwh")', { where: "\"role\" = 'storage'" }),
              name: { zh: "充电", en: "Charge" },
              color: sourceColors.charge,
            },
            {
              query: overTime(energy, 'sum("dischargeKwh")', { where: "\"role\" = 'storage'" }),
              name: { zh: "放电", en: "Discharge" },
              color: sourceColors.discharge,
            },
          ],
        },
        {
          kind: "lines",
          title: { zh: "荷电状态 SOC (份额)", en: "State of charge (share)" },
          description: momentary,
          unit: "percentunit",
          width: 12,
          height: 9,
          min: 0,
          max: 1,
          series: [
            {
              query: overTime(telemetry, 'mean("socFraction")', {
                where: "\"kind\" = 'storage-pcs'",
                step: "5m",
              }),
              name: { zh: "平均", en: "Mean" },
              color: sourceColors.discharge,
            },
            {
              query: overTime(telemetry, 'min("socFraction")', {
                where: "\"kind\" = 'storage-bms'",
                step: "5m",
              }),
              name: { zh: "最低簇", en: "Lowest cluster" },
            },
            {
              query: overTime(telemetry, 'max("socFraction")', {
                where: "\"kind\" = 'storage-bms'",
                step: "5m",
              }),
              name: { zh: "最高簇", en: "Highest cluster" },
            },
          ],
        },
        {
          kind: "lines",
          title: { zh: "最高电芯温度 (°C)", en: "Hottest cell (°C)" },
          description: momentary,
          unit: "celsius",
          width: 12,
          height: 8,
          series: [
            {
              query: overTime(telemetry, 'max("cellCelsiusMax")', {
                where: "\"kind\" = 'storage-bms'",
                step: "5m",
              }),
              name: { zh: "全站最高", en: "Station maximum" },
              color: sourceColors.heat,
            },
          ],
        },
        {
          kind: "lines",
          title: {
            zh: "健康度 SOH · BMS 上报 (份额)",
            en: "State of health as the BMS says (share)",
          },
          description: momentary,
          unit: "percentunit",
          width: 12,
          height: 8,
          series: [
            {
              query: overTime(telemetry, 'min("sohFraction")', {
                where: "\"kind\" = 'storage-bms'",
                step: "1h",
              }),
              name: { zh: "最低簇", en: "Lowest cluster" },
            },
            {
              query: overTime(telemetry, 'mean("sohFraction")', {
                where: "\"kind\" = 'storage-bms'",
                step: "1h",
              }),
              name: { zh: "平均", en: "Mean" },
            },
          ],
        },
      ],
    },
  ],
};
