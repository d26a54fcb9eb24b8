import type { Texts } from "./language.ts";

/** Data quality and the ranking of enterprises on the overview. */
export const quality = {
  title: ["数据质量", "Data quality"],
  today: ["今日时段", "Slots today"],
  online: ["在线", "online"],
  measured: ["实测", "measured"],
  estimated: ["估计", "est."],
  missing: ["缺数", "missing"],
  silentSince: [(age: string) => `静默 ${age}`, (age: string) => `silent ${age}`],
  never: ["从未上报", "never heard"],
  doubtful: [
    (metrics: string) => `自报存疑：${metrics}`,
    (metrics: string) => `doubtful: ${metrics}`,
  ],
  devicesSilent: [
    (count: string) => `${count} 台设备静默`,
    (count: string) => `${count} devices silent`,
  ],
  quarantined: [(count: string) => `隔离 ${count} 条`, (count: string) => `${count} quarantined`],
  slotsMissing: [
    (count: string) => `缺 ${count} 时段`,
    (count: string) => `${count} slots missing`,
  ],
  meterCount: [(count: string) => `${count} 表`, (count: string) => `${count} meters`],
  allGood: ["全部设备按时上报", "All devices report in time"],
  troubles: [(count: string) => `${count} 项`, (count: string) => `${count} open`],
  enterprises: ["企业用电", "Electricity by enterprise"],
  ofPark: ["今日 · 占全园", "today, share of the park"],
  noEnterprises: ["没有登记企业的电表", "No enterprise has an electricity meter"],
  totals: ["昨日与累计", "Yesterday and totals"],
  usedYesterday: ["昨日用电", "Used yesterday"],
  boughtYesterday: ["昨日购电", "Imported yesterday"],
  greenYesterday: ["昨日绿电占比", "Green share yesterday"],
  usedMonth: ["本月用电 · 至昨日", "Used this month, to yesterday"],
  boughtMonth: ["本月购电 · 至昨日", "Imported this month, to yesterday"],
  greenMonth: ["本月绿电占比 · 至昨日", "Green share this month, to yesterday"],
  carriers: ["其他能源", "Other carriers"],
  ofToday: ["今日累计", "total today"],
} satisfies Texts;

/** Names of what meters count. */
export const carrierWords = {
  electricity: ["电", "Electricity"],
  "natural-gas": ["天然气", "Natural gas"],
  hydrogen: ["氢", "Hydrogen"],
  oxygen: ["氧", "Oxygen"],
  water: ["水", "Water"],
  heat: ["热", "Heat"],
  cooling: ["冷", "Cooling"],
  steam: ["蒸汽", "Steam"],
  diesel: ["柴油", "Diesel"],
  lpg: ["液化石油气", "LPG"],
  effluent: ["排水", "Effluent"],
  none: ["其他量", "Other"],
} satisfies Texts;
