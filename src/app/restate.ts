import {
  type AccountingPeriod,
  accountingPeriod,
  monthOf,
} from "../domain/energy/accounting-period.ts";
import { meterScope } from "../domain/energy/energy-scope.ts";
import {
  type DayFigure,
  type DependantChange,
  type DependantKind,
  dependantKinds,
  knownSum,
  type Restatement,
} from "../domain/energy/restatement.ts";
import type { Meter } from "../domain/park.ts";
import { localDate } from "../domain/time.ts";
import { createDrain, type Drain } from "./drain.ts";
import type { PeriodStore } from "./period-ports.ts";
import type { Clock, Log } from "./ports.ts";
import type { DueRestatement, FollowedRestatement, RestatementStore } from "./restatement-ports.ts";

export interface RestateDependencies {
  readonly restatements: RestatementStore;
  readonly periods: Pick<PeriodStore, "changes">;
  readonly meter: (id: string) => Meter | undefined;
  readonly timezone: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onRestated: (restatements: readonly Omit<Restatement, "seq">[]) => void;
}

/** What a rule may go by to say what a change has done to what it knows about. */
interface RestatedFacts {
  readonly due: DueRestatement;
  readonly after: DayFigure;
  readonly unit: string | null;
  readonly timezone: string;
  readonly period: AccountingPeriod;
  /** The month of the register with this day as it was, and as it is. */
  readonly monthBefore: number | null;
  readonly monthAfter: number | null;
}

/** What became of the things of one kind; none when the change does not reach them. */
type Follow = (facts: RestatedFacts) => readonly Omit<DependantChange, "kind">[];

/**
 * Every kind of dependant has its rule here: the compiler asks for it as soon as the kind exists.
 *
 * A month is compared with itself, with this day as it was: other days count as they are now, so the
 * differences of several days of one cause add up to the difference of the month.
 */
const dependants: Readonly<Record<DependantKind, Follow>> = {
  day_total: ({ due, after, unit, timezone }) => [
    {
      ...{ id: localDate(due.day.startMs, timezone), unit },
      ...{ before: due.before.amount, after: after.amount },
    },
  ],
  month_total: ({ period, unit, monthBefore, monthAfter }) => [
    { id: period.month, unit, before: monthBefore, after: monthAfter },
  ],
  // Nobody has reported on a month that runs, so nothing about it is restated.
  period: ({ period, unit, monthBefore, monthAfter }) =>
    period.state === "open"
      ? []
      : [{ id: period.month, unit, before: monthBefore, after: monthAfter }],
};

const duePerStep = 200;

/** Follows every revision of the ledger into what was derived from the slots before it. */
export function restate(dependencies: RestateDependencies): Drain {
  const { restatements, log, onRestated } = dependencies;
  return createDrain({
    name: "restatement",
    log,
    step: async () => {
      const due = await restatements.due(duePerStep);
      if (due.length === 0) return false;
      const followed = await followedFrom(dependencies, due);
      await restatements.keep(followed);
      onRestated(followed.map(({ restatement }) => restatement));
      return true;
    },
  });
}

async function followedFrom(
  dependencies: RestateDependencies,
  due: readonly DueRestatement[],
): Promise<FollowedRestatement[]> {
  const { restatements, timezone, meter } = dependencies;
  const periodOf = await periodsOf(dependencies);
  const months = new Map<string, Awaited<ReturnType<RestatementStore["days"]>>>();
  const followed: FollowedRestatement[] = [];
  for (const one of due) {
    const period = periodOf(one.day.startMs);
    const key = `${one.meterId}/${one.register}/${period.month}`;
    const days = months.get(key) ?? (await restatements.days(one, period.interval));
    months.set(key, days);
    const after = days.find(({ day }) => day.startMs === one.day.startMs)?.figure ?? nothing;
    const amounts = (own: number | null) =>
      days.map(({ day, figure }) => (day.startMs === one.day.startMs ? own : figure.amount));
    const facts: RestatedFacts = {
      ...{ due: one, after, timezone, period, unit: unitOf(meter(one.meterId), one.register) },
      monthBefore: knownSum(amounts(one.before.amount)),
      monthAfter: knownSum(amounts(after.amount)),
    };
    const { stamp: _stamp, ...restatement } = one;
    followed.push({ due: one, restatement: { ...restatement, after, dependants: all(facts) } });
  }
  return followed;
}

const nothing: DayFigure = {
  ...{ amount: null, estimatedAmount: 0, coverageSum: 0, slotCount: 0, grade: null },
};

function all(facts: RestatedFacts): DependantChange[] {
  return dependantKinds.flatMap((kind) =>
    dependants[kind](facts).map((change) => ({ kind, ...change })),
  );
}

/** The accounting period of an instant; each is made once. */
async function periodsOf({
  periods,
  timezone,
  clock,
}: RestateDependencies): Promise<(tsMs: number) => AccountingPeriod> {
  const changes = await periods.changes();
  const nowMs = clock.nowMs();
  const known = new Map<string, AccountingPeriod>();
  return (tsMs) => {
    const month = monthOf(tsMs, timezone);
    const own = changes.filter((change) => change.month === month);
    const period = known.get(month) ?? accountingPeriod(month, own, { nowMs, timezone });
    known.set(month, period);
    return period;
  };
}

function unitOf(meter: Meter | undefined, register: string): string | null {
  if (meter === undefined) return null;
  return meterScope(meter).parts.find((part) => part.register === register)?.unit ?? null;
}
