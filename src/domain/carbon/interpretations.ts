import type { Interpretation } from "./interpretation.ts";

const parkMethod = "发改环资〔2025〕910号";
const parkMethodDate = "2025-06-30";
const nonFossilGuide = "发改能源〔2026〕622号";
const nonFossilGuideDate = "2026-06-01";

/**
 * The open questions of the park rules with the answers that count unless a park decides otherwise.
 * Every answer is a reading of this platform; the source is what it rests on.
 */
export const interpretations: readonly Interpretation[] = [
  {
    id: "D1",
    question: {
      zh: "其余电力用印出的0.8325还是以后公布的数？",
      en: "Printed 0.8325 for the remaining electricity, or a value published later?",
    },
    answer: {
      zh: "用办法印出的0.8325；可改用最新公布的全国化石能源电力因子",
      en: "the printed 0.8325; a park may choose the newest national fossil-power factor",
    },
    source: `${parkMethod} 附件4`,
    validFrom: parkMethodDate,
    parameters: ["residualFactor"],
  },
  {
    id: "D2",
    question: { zh: "电力等价值取多少？", en: "Which equivalent value of electricity?" },
    answer: {
      zh: "可设参数；缺省以2024年供电煤耗0.3024 kgce/kWh代替，未经证实，须管理员确认",
      en: "a parameter; by default 0.3024 kgce/kWh, the coal consumption of power supply in 2024, unconfirmed until an administrator confirms it",
    },
    source: `${parkMethod} 附件3（未印系数）；中国电力行业年度发展报告2025`,
    validFrom: parkMethodDate,
    parameters: ["equivalentKgcePerKwh"],
  },
  {
    id: "D3",
    question: {
      zh: "年综合能源消费量不足20万吨标准煤的园区用什么限值？",
      en: "Which limit for a park below 200,000 tce a year?",
    },
    answer: {
      zh: "暂按0.2判断，并标明限值待确认",
      en: "judged against 0.2 for the time being and marked as unconfirmed",
    },
    source: `${parkMethod} 附件3（未规定）`,
    validFrom: parkMethodDate,
    parameters: ["provisionalLimitTCo2PerTce"],
  },
  {
    id: "D4",
    question: { zh: "用哪条边界？", en: "Which boundary?" },
    answer: {
      zh: "有版本的边界；每个结果写明所用版本",
      en: "a versioned boundary; every result names its version",
    },
    source: "发改办环资〔2025〕1082号（园中园）",
    validFrom: "2025-12-26",
    parameters: [],
  },
  {
    id: "D5",
    question: {
      zh: "自发自用算不算直接供应？",
      en: "Does own generation used on site count as direct supply?",
    },
    answer: { zh: "算，并单列一行", en: "yes, on a line of its own" },
    source: `${nonFossilGuide}（物理认定）`,
    validFrom: nonFossilGuideDate,
    parameters: ["isSelfUseDirectSupply"],
  },
  {
    id: "D6",
    question: { zh: "余电上网是否抵减？", en: "Does exported surplus earn a credit?" },
    answer: {
      zh: "不抵减；从自用量中扣除，再从直供量中扣除",
      en: "no; it leaves own use first and the direct line then",
    },
    source: `${parkMethod} 附件4（送出电力因子为0）`,
    validFrom: parkMethodDate,
    parameters: [],
  },
  {
    id: "D7",
    question: { zh: "哪些绿证可以计入？", en: "Which certificates count?" },
    answer: {
      zh: "已核销、发电年份与核算年份一致、受益企业在边界内，总量不超过下网电量",
      en: "cancelled ones, generated in the year of the account, for a beneficiary inside the boundary, up to the off-take",
    },
    source: `${nonFossilGuide} 附件3`,
    validFrom: nonFossilGuideDate,
    parameters: [],
  },
  {
    id: "D8",
    question: {
      zh: "省内分摊能否降低核心指标？",
      en: "May the provincial allocation lower the core indicator?",
    },
    answer: {
      zh: "不能，只在非化石能源电力消费中显示；未查到西藏的分摊系数",
      en: "no, it appears in the non-fossil view only; no coefficient of Tibet was found",
    },
    source: `${parkMethod} 附件4；${nonFossilGuide} 附件2`,
    validFrom: nonFossilGuideDate,
    parameters: ["provincialAllocation"],
  },
  {
    id: "D9",
    question: { zh: "天然气算不算清洁能源？", en: "Is natural gas clean energy?" },
    answer: {
      zh: "两种口径都显示；按严格口径（仅非化石能源）判断",
      en: "both are shown; the strict one, non-fossil energy only, is judged",
    },
    source: `${parkMethod} 附件3（未定义）`,
    validFrom: parkMethodDate,
    parameters: [],
  },
  {
    id: "D10",
    question: {
      zh: "原料用能是否计入综合能源消费量？",
      en: "Is feedstock part of the comprehensive energy?",
    },
    answer: { zh: "计入，并单列", en: "yes, and it is shown apart" },
    source: `${parkMethod} 附件3；发改环资〔2022〕803号只用于地区考核`,
    validFrom: parkMethodDate,
    parameters: ["isFeedstockCounted"],
  },
  {
    id: "D11",
    question: {
      zh: "耗能工质是否计入园区综合能源消费量？",
      en: "Do energy media count in the energy of the park?",
    },
    answer: {
      zh: "不计入；只用于企业按GB/T 2589的数字",
      en: "no; only in an enterprise's GB/T 2589 figures",
    },
    source: "GB/T 2589-2020",
    validFrom: parkMethodDate,
    parameters: [],
  },
  {
    id: "D12",
    question: {
      zh: "园区热站烧气供热怎样避免重复？",
      en: "How is a heat station in the park not counted twice?",
    },
    answer: {
      zh: "园区层面只计燃气；企业层面显示外购热；汇总时消去内部流",
      en: "the park counts the gas, the enterprise the heat it buys; internal flows cancel in sums",
    },
    source: "GB/T 2589-2020（能源平衡惯例）",
    validFrom: parkMethodDate,
    parameters: [],
  },
  {
    id: "D13",
    question: { zh: "储能怎样计？", en: "How does storage count?" },
    answer: {
      zh: "损耗算消费；放电不是新的供应；充电电量的来源按比例保留",
      en: "losses are consumption, discharge is no new supply, charged energy keeps its origin pro rata",
    },
    source: `${nonFossilGuide}（充电可视为下网电量）`,
    validFrom: nonFossilGuideDate,
    parameters: [],
  },
  {
    id: "D14",
    question: { zh: "车辆怎样计？", en: "How do vehicles count?" },
    answer: {
      zh: "计边界内单位购买的燃料，不计过境交通",
      en: "fuel bought by those inside the boundary; passing traffic does not count",
    },
    source: `${parkMethod} 附件4（活动数据取自统计）`,
    validFrom: parkMethodDate,
    parameters: [],
  },
  {
    id: "D15",
    question: {
      zh: "绿色属性卖出去的电量怎样计？",
      en: "How does energy count whose renewable attribute was sold?",
    },
    answer: {
      zh: "按其余电力计，避免重复主张",
      en: "as remaining electricity, so that nobody claims it twice",
    },
    source: `${nonFossilGuide}（核销唯一）`,
    validFrom: nonFossilGuideDate,
    parameters: [],
  },
  {
    id: "D16",
    question: {
      zh: "地热、太阳能和余热怎样计？",
      en: "How do geothermal, solar and waste heat count?",
    },
    answer: {
      zh: "排放为0，按0.03412 tce/GJ计入能耗，严格口径下为清洁能源",
      en: "no emissions, 0.03412 tce/GJ of energy, clean in the strict view",
    },
    source: `${parkMethod} 附件3、附件4`,
    validFrom: parkMethodDate,
    parameters: [],
  },
  {
    id: "D17",
    question: {
      zh: "直连电力在位置法中怎样计？",
      en: "How does a direct line count in the location-based total?",
    },
    answer: {
      zh: "计0并单列一行：它不是电网电力",
      en: "zero on its own line: it is not grid electricity",
    },
    source: "GHG Protocol Scope 2 Guidance（2015）",
    validFrom: parkMethodDate,
    parameters: [],
  },
];
