import type { LedgerDays } from "./ledger-days.ts";
import { gradeCodeOfNothing } from "./ledger-rows.ts";
import type { RevisedSlot } from "./planned-change.ts";
import type { BulkStep } from "./state-database.ts";

/** What is due already keeps what the day was before the first of it. */
const insertDue = `INSERT INTO restatement_due (series_id, day_ms, reason, slot_count, known_at_ms,
    stamp, before_amount, before_estimated, before_coverage, before_slots, before_grade)
  SELECT due.column1, due.column2, due.column3, due.column4, due.column5, 1, was.amount,
    coalesce(was.estimated_amount, 0), coalesce(was.coverage_sum, 0), coalesce(was.slot_count, 0),
    coalesce(was.grade, ${gradeCodeOfNothing})
  FROM (VALUES (CAST(? AS integer), CAST(? AS bigint), CAST(? AS text), CAST(? AS integer),
    CAST(? AS bigint))) AS due
  LEFT JOIN ledger_day AS was ON was.series_id = due.column1 AND was.day_ms = due.column2
  WHERE true
  ON CONFLICT (series_id, day_ms, reason) DO UPDATE SET
  slot_count = restatement_due.slot_count + excluded.slot_count,
  known_at_ms = excluded.known_at_ms, stamp = restatement_due.stamp + 1`;

/**
 * Steps that make restatements due, one a register, day and reason. They belong before the slots are
 * written, because they keep what the days said until then.
 */
export function restatementSteps(revised: readonly RevisedSlot[], days: LedgerDays): BulkStep[] {
  if (revised.length === 0) return [];
  const due = new Map<string, { first: RevisedSlot; dayMs: number; slots: number }>();
  for (const one of revised) {
    const dayMs = days.dayOf(one.startMs).startMs;
    const key = `${one.seriesId}/${dayMs}/${one.reason}`;
    const known = due.get(key) ?? { first: one, dayMs, slots: 0 };
    due.set(key, known);
    known.slots += 1;
  }
  const rows = [...due.values()].map(({ first, dayMs, slots }) => {
    return [first.seriesId, dayMs, first.reason, slots, first.knownAtMs];
  });
  const starts = revised.map(({ seriesId, startMs }) => [seriesId, startMs] as const);
  return [...days.beforeSteps(starts), { sql: insertDue, rows }];
}
