import { carbonTerms, type TermRow } from "./carbon-terms.ts";

/**
 * What the figures in answers mean: names in both languages, unit, formula and source. Names that are
 * metrics of devices stand in `metric-names.ts`; a test holds both against what the routes answer.
 */

export interface ResultTerm {
  readonly zh: string;
  readonly en: string;
  /** Empty for numbers without a unit and for those whose unit stands beside them. */
  readonly unit: string;
  readonly formula: string | null;
  readonly source: string | null;
}

const ownRule = "docs/energy.md";
const planner = "docs/dispatch.md";

const energy = {
  amount: ["数量", "Amount", ""],
  before: ["更正前", "Before", ""],
  after: ["更正后", "After", ""],
  coverage: ["覆盖率", "Coverage", "", "measured time / expected time"],
  estimatedFraction: ["估计占比", "Estimated share", "", "estimated amount / amount"],
  estimatedAmount: ["估计部分", "Estimated part", ""],
  consumptionKwh: [
    "用电量",
    "Electricity used",
    "kWh",
    "import + generation + delivered + discharge − charge − export",
    "docs/decisions/0025-what-a-scope-is-summed-from.md",
  ],
  meanKw: ["平均功率", "Mean power", "kW", "Σ block power / number of measured blocks", ownRule],
  loadFactor: ["负荷率", "Load factor", "", "mean power / maximum demand", ownRule],
  in: ["流入", "In", "", "Σ amounts that flow into the place", ownRule],
  out: ["流出", "Out", "", "Σ amounts that flow out of the place", ownRule],
  main: ["上级表计量", "Main meter", "", "net amount through the balanced meter", ownRule],
  parts: ["下级表合计", "Meters below", "", "net amount of the meters below or beside it", ownRule],
  imbalance: ["不平衡量", "Imbalance", "", "in − out", ownRule],
  imbalanceFraction: ["不平衡率", "Imbalance rate", "", "imbalance / in", ownRule],
  lossAllowance: ["允许损耗", "Allowance for losses", "", "allowance fraction × in", ownRule],
  lossAllowanceFraction: [
    "允许损耗率",
    "Allowance fraction",
    "",
    "by carrier; an assumption",
    ownRule,
  ],
  loss: ["损耗", "Loss", "", "part of the imbalance that the allowance explains", ownRule],
  unmetered: ["未计量", "Unmetered", "", "imbalance − allowance, at least 0", ownRule],
  error: [
    "最大误差",
    "Largest error",
    "",
    "√((class% × a)² + (0.5% × a)² + (√2 × 0.005 × multiplier)² + (15% × estimated)²)",
    "IPCC 2006 vol. 1 ch. 3; JCGM 100:2008 5.1.2",
  ],
  band: ["误差带", "Error band", "", "√Σ error²", "IPCC 2006 vol. 1 ch. 3; JCGM 100:2008 5.1.2"],
  expected: ["期望值", "Expected", "", "allowance / 2", ownRule],
  halfWidth: ["半宽", "Half width", "", "allowance / 2 + band", ownRule],
  excess: [
    "超出误差带",
    "Beyond the band",
    "",
    "how far the imbalance lies outside of the range",
    ownRule,
  ],
  inM3: ["夜间流入", "Night inflow", "m³", "volume of the quietest hour", ownRule],
  meteredM3: ["夜间下级计量", "Night metered", "m³"],
  bandM3: ["夜间误差带", "Night error band", "m³", "√Σ error²", ownRule],
  excessM3: [
    "夜间余量",
    "Night excess",
    "m³",
    "how far in − metered lies outside of the band",
    ownRule,
  ],
  reusedM3: ["重复利用水量", "Reused water", "m³"],
  freshM3: ["新鲜水取用量", "Fresh water", "m³"],
  reuseFraction: [
    "用水重复利用率",
    "Rate of water reuse",
    "",
    "reused / (reused + fresh)",
    ownRule,
  ],
  electrificationFraction: [
    "电气化率",
    "Electrification rate",
    "",
    "electricity at 0.1229 kgce/kWh / final energy (当量)",
    "GB/T 2589-2020",
  ],
} as const satisfies Readonly<Record<string, TermRow>>;

const money = {
  amountFen: ["金额", "Amount", "fen", "quantity × price × factor, rounded once", ownRule],
  totalFen: ["合计", "Total", "fen", "Σ lines; null when something is missing", ownRule],
  knownFen: ["已知合计", "Known total", "fen", "Σ known lines", ownRule],
  kwh: ["电量", "Electricity", "kWh"],
  quantity: ["计费数量", "Quantity", ""],
  splitKwh: [
    "跨界拆分电量",
    "Split energy",
    "kWh",
    "of quarter hours that a boundary divides",
    ownRule,
  ],
  priceCny: ["单价", "Price", "CNY"],
  priceCnyPerKwh: ["电价", "Price of energy", "CNY/kWh"],
  priceCnyPerKwMonth: ["需量电价", "Price of demand", "CNY/(kW·month)"],
  priceCnyPerKvaMonth: ["容量电价", "Price of capacity", "CNY/(kVA·month)"],
  addCnyPerKwh: ["档位加价", "Added price", "CNY/kWh"],
  factor: ["系数", "Factor", ""],
  percent: ["力调百分比", "Power-factor share", "%"],
  atLeast: ["功率因数下限", "Power factor from", ""],
  capacityKva: ["变压器容量", "Transformer capacity", "kVA"],
  floorKw: ["需量下限", "Least demand", "kW"],
  fromKwh: ["档位起点", "Tier from", "kWh"],
} as const satisfies Readonly<Record<string, TermRow>>;

const dispatch = {
  objectiveCny: ["目标值", "Objective", "CNY", "Σ costs", planner],
  energyCny: ["购电费用", "Energy cost", "CNY"],
  exportCny: ["上网收益（负）", "Export", "CNY"],
  demandCny: ["需量费用", "Demand cost", "CNY", "price × rise of the peak", planner],
  carbonCny: ["碳费用", "Carbon cost", "CNY"],
  wearCny: ["损耗费用", "Wear cost", "CNY"],
  curtailmentCny: ["弃电费用", "Curtailment cost", "CNY"],
  marginalCnyPerKwh: ["边际电价", "Marginal price", "CNY/kWh"],
  emissionsCnyPerKg: ["排放影子价格", "Shadow price of emissions", "CNY/kg"],
  peakCnyPerKw: ["需量影子价格", "Shadow price of the peak", "CNY/kW"],
  storedValueCnyPerKwh: ["存能价值", "Value of stored energy", "CNY/kWh"],
  peakKw: ["峰值", "Peak", "kW"],
  chargeKw: ["充电功率", "Charging", "kW"],
  dischargeKw: ["放电功率", "Discharging", "kW"],
  importKw: ["进口功率", "Import", "kW"],
  exportKw: ["上网功率", "Export", "kW"],
  curtailKw: ["弃电功率", "Curtailed", "kW"],
  unservedKw: ["未供功率", "Unserved", "kW"],
  storedKwh: ["存能", "Stored energy", "kWh", "at the end of the step", planner],
} as const satisfies Readonly<Record<string, TermRow>>;

const live = {
  gridKw: ["电网功率", "Grid", "kW", "positive = import"],
  directKw: ["直连功率", "Direct line", "kW"],
  pvKw: ["光伏功率", "Photovoltaics", "kW"],
  storageKw: ["储能功率", "Storage", "kW", "positive = charging"],
  loadKw: ["负荷", "Load", "kW"],
  supplyKw: ["供给", "Supply", "kW", "max(grid, 0) + direct + pv + max(−storage, 0)"],
  unallocatedKw: ["未分配", "Unallocated", "kW", "grid + direct + pv − storage − load"],
  unallocatedBandKw: ["未分配误差带", "Band", "kW", "√Σ((class% × power)² + step²)"],
  lossAllowanceKw: ["允许损耗功率", "Allowance for losses", "kW", "2% × supply; an assumption"],
  sourceKw: ["井口热功率", "Heat from the wells", "kW"],
  deliveredKw: ["供热功率", "Heat delivered", "kW"],
  intakeM3PerH: ["取水流量", "Water intake", "m³/h"],
  effluentM3PerH: ["排水流量", "Effluent", "m³/h"],
  dischargeableKwh: ["可放电量", "Dischargeable", "kWh", "Σ (soc − least soc) × capacity"],
  capacityKwh: ["容量", "Capacity", "kWh"],
  powerMaxKw: ["额定功率", "Rated power", "kW"],
  ratedMaxKw: ["额定最大", "Rated maximum", "kW"],
  socMinFraction: ["荷电下限", "Least state of charge", ""],
  socMaxFraction: ["荷电上限", "Largest state of charge", ""],
  completenessFraction: ["数据完整率", "Completeness", "", "received / expected"],
  delayS: ["延迟", "Delay", "s"],
} as const satisfies Readonly<Record<string, TermRow>>;

const rows: Readonly<Record<string, TermRow>> = {
  ...energy,
  ...money,
  ...carbonTerms,
  ...dispatch,
  ...live,
};

/** Every quantity that an answer holds and no device reports, by the name of its field. */
export const resultTerms: Readonly<Record<string, ResultTerm>> = Object.fromEntries(
  Object.entries(rows).map(([name, [zh, en, unit, formula, source]]) => [
    name,
    { zh, en, unit, formula: formula ?? null, source: source ?? null },
  ]),
);
