import type { CarbonActivity } from "./activity.ts";
import type { CarbonCalculation } from "./calculate-carbon.ts";
import type { EmissionLine } from "./emission-line.ts";
import type { OtherGases } from "./other-gases.ts";

/** Something that a reader of a result has to know, in both languages. */
export interface CalculationNote {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
}

/** Everything about a calculation that is assumed, unconfirmed or left out. */
export function calculationNotes(
  activity: CarbonActivity,
  result: CarbonCalculation,
  gases: OtherGases,
): readonly CalculationNote[] {
  return [
    ...periodNotes(activity, result),
    ...equivalentNotes(activity, result),
    ...factorNotes(result, gases),
    ...certificateNotes(result),
    ...allocationNotes(result),
    ...feedstockNotes(result),
    ...purityNotes(activity),
  ];
}

function periodNotes(
  { period }: CarbonActivity,
  { indicator }: CarbonCalculation,
): readonly CalculationNote[] {
  const notes: CalculationNote[] = [];
  if (indicator.limitStatus === "threshold_unconfirmed" && indicator.intensityTCo2PerTce !== null) {
    notes.push({
      id: "threshold_unconfirmed",
      zh: `综合能源消费量不足20万吨标准煤，文件未规定限值，暂按${indicator.limitTCo2PerTce}判断`,
      en: `below 200,000 tce no document prints a limit; judged against ${indicator.limitTCo2PerTce} for the time being`,
    });
  }
  if (period.length > 4) {
    notes.push({
      id: "period_not_a_year",
      zh: "核心指标按自然年判断；这里用的是所填时段自身的消费量",
      en: "the core indicator is judged over a calendar year; this is the consumption of the period itself",
    });
  }
  return notes;
}

function equivalentNotes(
  { electricity }: CarbonActivity,
  { energy }: CarbonCalculation,
): readonly CalculationNote[] {
  const isUsed = electricity.offTakeKwh + electricity.directKwh + electricity.selfGeneratedKwh > 0;
  if (energy.equivalentFactorId === null || !isUsed) return [];
  return [
    {
      id: "equivalent_value_unconfirmed",
      zh: `电力等价值${energy.equivalentKgcePerKwh} kgce/kWh是供电煤耗的代替值，未经证实，须由管理员确认`,
      en: `the equivalent value of ${energy.equivalentKgcePerKwh} kgce/kWh is the coal consumption of power supply in its place, unconfirmed until an administrator confirms it`,
    },
  ];
}

function factorNotes(result: CarbonCalculation, gases: OtherGases): readonly CalculationNote[] {
  const lines = [result.park, result.location, result.market].flatMap((account) => account.lines);
  const notes: CalculationNote[] = [];
  const unconfirmed = new Set([
    ...idsOf(lines.filter(({ confirmed }) => !confirmed)),
    ...idsOf([...result.energy.lines, ...result.energy.mediaLines].filter((l) => !l.confirmed)),
    ...idsOf(gases.lines.filter(({ confirmed }) => !confirmed)),
  ]);
  if (unconfirmed.size > 0) {
    const ids = [...unconfirmed].join(", ");
    notes.push({
      id: "factor_unconfirmed",
      zh: `这些因子未经证实：${ids}`,
      en: `these factors are not confirmed: ${ids}`,
    });
  }
  for (const line of fallbackLines(lines)) {
    notes.push({
      id: "factor_year_fallback",
      zh: `${line.factorId}描述的是${line.factorYear}年：核算年份还没有公布的数`,
      en: `${line.factorId} describes ${line.factorYear}: nothing is published for the year of the account`,
    });
  }
  return notes;
}

function idsOf(lines: readonly { readonly factorId: string }[]): readonly string[] {
  return lines.map(({ factorId }) => factorId);
}

function fallbackLines(lines: readonly EmissionLine[]): readonly EmissionLine[] {
  const byFactor = new Map(
    lines.filter(({ isFallbackYear }) => isFallbackYear).map((line) => [line.factorId, line]),
  );
  return [...byFactor.values()];
}

const refusals = {
  not_cancelled: { zh: "未核销", en: "not cancelled" },
  other_year: { zh: "发电年份不是核算年份", en: "generated in another year" },
  year_unknown: { zh: "未填发电年份", en: "no generation year" },
} as const;

function certificateNotes({ balance }: CarbonCalculation): readonly CalculationNote[] {
  const { refused, unusedKwh } = balance.certificates;
  const notes: CalculationNote[] = refused.map(({ index, kwh, reason }) => ({
    id: "certificate_not_counted",
    zh: `第${index + 1}项绿证（${kwh} kWh）不计入：${refusals[reason].zh}`,
    en: `certificate entry ${index + 1} (${kwh} kWh) does not count: ${refusals[reason].en}`,
  }));
  if (unusedKwh > 0) {
    notes.push({
      id: "certificates_unused",
      zh: `${unusedKwh} kWh绿证超出下网电量，未计入`,
      en: `${unusedKwh} kWh of certificates exceed the off-take and do not count`,
    });
  }
  return notes;
}

function allocationNotes({ balance, nonFossil }: CarbonCalculation): readonly CalculationNote[] {
  if (nonFossil.provincialAllocation !== null || balance.residualKwh === 0) return [];
  return [
    {
      id: "no_provincial_allocation",
      zh: "没有省内分摊系数：非化石能源电力消费中未计分摊电量",
      en: "there is no provincial allocation coefficient, so the non-fossil view allocates nothing",
    },
  ];
}

function feedstockNotes({ energy }: CarbonCalculation): readonly CalculationNote[] {
  if (!energy.lines.some(({ isFeedstock }) => isFeedstock)) return [];
  return [
    {
      id: "feedstock_energy",
      zh: "原料用能计入综合能源消费量，不计燃烧排放",
      en: "feedstock is part of the comprehensive energy and carries no combustion emissions",
    },
  ];
}

function purityNotes({ processes }: CarbonActivity): readonly CalculationNote[] {
  if (!processes.some(({ purity, massT }) => purity === null && massT > 0)) return [];
  return [
    {
      id: "purity_assumed",
      zh: "未填纯度的物料按纯度1计",
      en: "material without a purity counts as pure",
    },
  ];
}
