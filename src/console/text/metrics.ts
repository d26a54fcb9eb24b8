import type { DeviceKind, deviceKinds } from "../../contracts/device-kinds.ts";
import { type Pair, say } from "./language.ts";

type Metric = {
  [Kind in DeviceKind]: keyof (typeof deviceKinds)[Kind]["metrics"];
}[DeviceKind];

/** Names of the metrics that devices report: all of the vocabulary, or it does not compile. */
const metrics: Readonly<Record<Metric, Pair>> = {
  importKwh: ["正向有功电量", "Import energy"],
  exportKwh: ["反向有功电量", "Export energy"],
  importKvarh: ["正向无功电量", "Import reactive energy"],
  exportKvarh: ["反向无功电量", "Export reactive energy"],
  powerKw: ["功率", "Power"],
  reactivePowerKvar: ["无功功率", "Reactive power"],
  powerFactor: ["功率因数", "Power factor"],
  maxDemandKw: ["最大需量", "Maximum demand"],
  voltageAV: ["A 相电压", "Voltage A"],
  voltageBV: ["B 相电压", "Voltage B"],
  voltageCV: ["C 相电压", "Voltage C"],
  currentAA: ["A 相电流", "Current A"],
  currentBA: ["B 相电流", "Current B"],
  currentCA: ["C 相电流", "Current C"],
  frequencyHz: ["频率", "Frequency"],
  volumeNm3: ["标况累计量", "Volume at norm"],
  volumeM3: ["累计量", "Volume"],
  flowNm3PerH: ["标况流量", "Flow at norm"],
  flowM3PerH: ["流量", "Flow"],
  pressureKpa: ["压力", "Pressure"],
  pressureMpa: ["压力", "Pressure"],
  pressureHpa: ["气压", "Air pressure"],
  temperatureCelsius: ["温度", "Temperature"],
  heatGj: ["累计热量", "Heat"],
  coolingGj: ["累计冷量", "Cooling"],
  supplyCelsius: ["供水温度", "Supply temperature"],
  returnCelsius: ["回水温度", "Return temperature"],
  steamT: ["累计蒸汽", "Steam"],
  consumedL: ["累计消耗", "Consumed"],
  consumedKg: ["累计消耗", "Consumed"],
  levelFraction: ["液位", "Level"],
  generationKwh: ["发电量", "Generation"],
  availablePowerKw: ["可用功率", "Available power"],
  irradianceWPerM2: ["辐照度", "Irradiance"],
  moduleCelsius: ["组件温度", "Module temperature"],
  deliveredKwh: ["送出电量", "Delivered energy"],
  curtailedKwh: ["限电电量", "Curtailed energy"],
  chargeKwh: ["充电电量", "Charged energy"],
  dischargeKwh: ["放电电量", "Discharged energy"],
  chargeDcKwh: ["直流充电电量", "DC charged energy"],
  dischargeDcKwh: ["直流放电电量", "DC discharged energy"],
  socFraction: ["荷电状态", "State of charge"],
  sohFraction: ["健康度", "State of health"],
  mode: ["运行模式", "Mode"],
  voltageV: ["电压", "Voltage"],
  currentA: ["电流", "Current"],
  cellVoltageMaxV: ["单体最高电压", "Highest cell voltage"],
  cellVoltageMinV: ["单体最低电压", "Lowest cell voltage"],
  cellCelsiusMax: ["单体最高温度", "Highest cell temperature"],
  cellCelsiusMin: ["单体最低温度", "Lowest cell temperature"],
  insulationOhmPerV: ["绝缘电阻", "Insulation"],
  vendorAlarmCode: ["厂家告警代码", "Vendor alarm code"],
  vendorAlarmLevel: ["厂家告警级别", "Vendor alarm level"],
  hydrogenLelPercent: ["氢气浓度", "Hydrogen"],
  carbonMonoxidePpm: ["一氧化碳", "Carbon monoxide"],
  smoke: ["烟雾", "Smoke"],
  occupied: ["占用", "Occupied"],
  itKwh: ["IT 电量", "IT energy"],
  totalKwh: ["总电量", "Total energy"],
  itPowerKw: ["IT 功率", "IT power"],
  queueKwh: ["排队任务电量", "Queued energy"],
  ambientCelsius: ["环境温度", "Air temperature"],
  windMPerS: ["风速", "Wind"],
  outputUnits: ["产量", "Output"],
  running: ["运行", "Running"],
  codMgPerL: ["化学需氧量", "COD"],
};

/** Name of a metric in the language of the person; an unknown one keeps its own name. */
export function metricWord(metric: string): string {
  return metric in metrics ? say(metrics[metric as Metric]) : metric;
}

/** Names of device kinds. */
const kinds: Readonly<Record<DeviceKind, Pair>> = {
  "electricity-meter": ["电能表", "Electricity meter"],
  "gas-meter": ["气表", "Gas meter"],
  "water-meter": ["水表", "Water meter"],
  "heat-meter": ["热量表", "Heat meter"],
  "cooling-meter": ["冷量表", "Cooling meter"],
  "steam-meter": ["蒸汽表", "Steam meter"],
  "fuel-tank": ["油罐", "Fuel tank"],
  "pv-inverter": ["光伏逆变器", "PV inverter"],
  "direct-line": ["绿电专线", "Direct line"],
  "storage-pcs": ["储能变流器", "Storage PCS"],
  "storage-bms": ["电池簇", "Battery cluster"],
  "fire-detector": ["消防探测器", "Fire detector"],
  charger: ["充电桩", "Charger"],
  "compute-centre": ["算力中心", "Computing centre"],
  "weather-station": ["气象站", "Weather station"],
  "production-line": ["产线", "Production line"],
  "effluent-monitor": ["排水监测", "Effluent monitor"],
};

export function kindWord(kind: string): string {
  return kind in kinds ? say(kinds[kind as DeviceKind]) : kind;
}
