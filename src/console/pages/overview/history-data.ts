import { computed } from "vue";
import { fromLedger, greenFraction, judged } from "../../figures/day-figures.ts";
import { type Figure, figureOf } from "../../figures/figure.ts";
import { type Mix, mixOf } from "../../figures/slot-lanes.ts";
import { megawattHours, percent } from "../../format/numbers.ts";
import { dayStartMs, monthDay, monthStartMs } from "../../format/park-time.ts";
import { askEnergy, type Span, todayStartMs, useLedger } from "../../state/energy-day.ts";
import { park, timezone } from "../../state/park.ts";
import { wallCanvas } from "../../state/screen.ts";
import { explainFigures } from "../../state/why.ts";
import { say } from "../../text/language.ts";
import { rules } from "../../text/overview.ts";
import { quality } from "../../text/quality.ts";

const daysShown = 30;

/** The days before today: only the widest wall has room for them. */
export function useHistory() {
  const ask = async (span: Span) => ({
    span,
    body: wallCanvas.value.isWide ? await askEnergy("park", "electricity", span, "1d") : null,
  });
  const before = (days: number): number => dayStartMs(todayStartMs.value, timezone.value, -days);
  const isWide = computed(() => wallCanvas.value.isWide);
  const options = { again: [isWide], gapMs: 30_000 };
  const days = useLedger(
    () => ask({ fromMs: before(daysShown), toMs: todayStartMs.value }),
    options,
  );
  const yesterday = useLedger(() => ask({ fromMs: before(1), toMs: todayStartMs.value }), options);
  const month = useLedger(
    () =>
      ask({ fromMs: monthStartMs(todayStartMs.value, timezone.value), toMs: todayStartMs.value }),
    options,
  );

  const mixes = computed<readonly (Mix | null)[]>(() => (days.data?.body?.slots ?? []).map(mixOf));
  const dayNames = computed(() =>
    mixes.value.map((mix) => (mix === null ? "" : monthDay(mix.startMs, timezone.value))),
  );
  const totals = computed<readonly Figure[]>(() => [
    ...totalFigures(yesterday.data, "yesterday"),
    ...totalFigures(month.data, "month"),
  ]);
  explainFigures(
    computed(() => Object.fromEntries(totals.value.map((figure) => [figure.id, figure]))),
  );
  return { days, mixes, dayNames, totals };
}

export type History = ReturnType<typeof useHistory>;

const words = {
  yesterday: [quality.usedYesterday, quality.boughtYesterday, quality.greenYesterday],
  month: [quality.usedMonth, quality.boughtMonth, quality.greenMonth],
} as const;

function totalFigures(
  answer: { readonly span: Span; readonly body: Awaited<ReturnType<typeof askEnergy>> } | null,
  id: keyof typeof words,
): Figure[] {
  if (answer === null || answer.body === null || park.value === null) return [];
  const { total } = answer.body;
  const base = fromLedger(answer.body, { ...answer.span, park: park.value });
  const [used, bought, green] = words[id];
  return [
    figureOf(
      {
        ...{ ...base, id: `${id}.consumption`, label: say(used) },
        ...judged(answer.body, total.consumptionKwh ?? null),
        rule: say(rules.consumption),
      },
      megawattHours,
    ),
    figureOf(
      {
        ...{ ...fromLedger(answer.body, { ...answer.span, park: park.value }, "importKwh") },
        ...{ id: `${id}.import`, label: say(bought), value: total.importKwh ?? null },
      },
      megawattHours,
    ),
    figureOf(
      {
        ...{ ...base, id: `${id}.green`, label: say(green) },
        ...judged(answer.body, greenFraction(total)),
        rule: say(rules.green),
      },
      percent,
    ),
  ];
}
