import { sql } from "kysely";
import type {
  DueRestatement,
  FollowedRestatement,
  RestatementQuery,
  RestatementStore,
} from "../../app/restatement-ports.ts";
import type { ParkDays } from "../../domain/energy/park-days.ts";
import type { DayFigure, DependantChange, Restatement } from "../../domain/energy/restatement.ts";
import type { Interval } from "../../domain/time.ts";
import type { FigureAfterRow, FigureBeforeRow } from "./accounting-rows.ts";
import { gradeCode, gradeOf } from "./ledger-rows.ts";
import type { StateDatabase } from "./state-database.ts";

const figureColumns = ["amount", "estimated", "coverage", "slots", "grade"] as const;
const beforeColumns = figureColumns.map((column) => `before_${column}`);
const afterColumns = figureColumns.map((column) => `after_${column}`);
const feedColumns = [
  ...["seq", "meter_id", "register", "day_ms", "reason", "slot_count", "known_at_ms"],
  ...["dependants", ...beforeColumns, ...afterColumns],
];
const insertFeed = `INSERT INTO restatement (${feedColumns.join(", ")})
  VALUES (${feedColumns.map(() => "?").join(", ")})`;
const dueKey = `day_ms = ? AND reason = ?
  AND series_id = (SELECT id FROM series WHERE meter_id = ? AND register = ?)`;
/** What was added while it was being followed is followed next, from where this one ends. */
const updateDue = `UPDATE restatement_due SET ${beforeColumns.map((column) => `${column} = ?`).join(", ")},
  slot_count = slot_count - ? WHERE ${dueKey} AND stamp <> ?`;
const deleteDue = `DELETE FROM restatement_due WHERE ${dueKey} AND stamp = ?`;

/** What follows revisions, in the state database. */
export class SqlRestatementStore implements RestatementStore {
  readonly #state: StateDatabase;
  readonly #days: ParkDays;

  constructor(state: StateDatabase, days: ParkDays) {
    this.#state = state;
    this.#days = days;
  }

  async due(most: number): Promise<readonly DueRestatement[]> {
    const rows = await this.#state.read
      .selectFrom("restatement_due")
      .innerJoin("series", "series.id", "restatement_due.series_id")
      .selectAll("restatement_due")
      .select(["series.meter_id", "series.register"])
      .orderBy("known_at_ms")
      .limit(most)
      .execute();
    return rows.map((row) => ({
      meterId: row.meter_id,
      register: row.register,
      day: this.#days.of(Number(row.day_ms)),
      reason: row.reason,
      knownAtMs: Number(row.known_at_ms),
      slotCount: row.slot_count,
      before: figureBefore(row),
      stamp: row.stamp,
    }));
  }

  async days(
    { meterId, register }: { readonly meterId: string; readonly register: string },
    interval: Interval,
  ): Promise<readonly { readonly day: Interval; readonly figure: DayFigure }[]> {
    const rows = await this.#state.read
      .selectFrom("series")
      .innerJoin("ledger_day", "ledger_day.series_id", "series.id")
      .selectAll("ledger_day")
      .where("meter_id", "=", meterId)
      .where("register", "=", register)
      .where("day_ms", ">=", interval.startMs)
      .where("day_ms", "<", interval.endMs)
      .orderBy("day_ms")
      .execute();
    return rows.map((row) => ({
      day: this.#days.of(Number(row.day_ms)),
      figure: {
        amount: row.amount,
        estimatedAmount: row.estimated_amount,
        coverageSum: row.coverage_sum,
        slotCount: row.slot_count,
        grade: gradeOf(row.grade),
      },
    }));
  }

  async keep(followed: readonly FollowedRestatement[]): Promise<void> {
    const newest = await this.#state.read
      .selectFrom("restatement")
      .select(sql<number | null>`max(seq)`.as("seq"))
      .executeTakeFirst();
    const firstSeq = Number(newest?.seq ?? 0) + 1;
    await this.#state.bulk([
      {
        sql: insertFeed,
        rows: followed.map(({ restatement }, index) => [
          firstSeq + index,
          ...[restatement.meterId, restatement.register, restatement.day.startMs],
          ...[restatement.reason, restatement.slotCount, restatement.knownAtMs],
          JSON.stringify(restatement.dependants),
          ...figureValues(restatement.before),
          ...figureValues(restatement.after),
        ]),
      },
      {
        sql: updateDue,
        rows: followed.map(({ due, restatement }) => [
          ...[...figureValues(restatement.after), due.slotCount],
          ...[...keyOf(due), due.stamp],
        ]),
      },
      { sql: deleteDue, rows: followed.map(({ due }) => [...keyOf(due), due.stamp]) },
    ]);
  }

  async list(query: RestatementQuery): Promise<readonly Restatement[]> {
    const { meterIds, interval, after, limit } = query;
    if (meterIds?.length === 0) return [];
    const firstDayMs = interval === null ? 0 : this.#days.of(interval.startMs).startMs;
    const rows = await this.#state.read
      .selectFrom("restatement")
      .selectAll()
      .$if(meterIds !== null, (select) => select.where("meter_id", "in", [...(meterIds ?? [])]))
      .$if(interval !== null, (select) =>
        select.where("day_ms", ">=", firstDayMs).where("day_ms", "<", interval?.endMs ?? 0),
      )
      .$if(after !== null, (select) => select.where("seq", "<", after ?? 0))
      .orderBy("seq", "desc")
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      seq: Number(row.seq),
      meterId: row.meter_id,
      register: row.register,
      day: this.#days.of(Number(row.day_ms)),
      reason: row.reason,
      knownAtMs: Number(row.known_at_ms),
      slotCount: row.slot_count,
      before: figureBefore(row),
      after: figureAfter(row),
      dependants: JSON.parse(row.dependants) as DependantChange[],
    }));
  }

  async trim(most: number): Promise<number> {
    const result = await this.#state.write
      .deleteFrom("restatement")
      .where("seq", "<=", (select) =>
        select.selectFrom("restatement").select(sql<number>`max(seq) - ${sql.lit(most)}`.as("seq")),
      )
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }
}

type Value = string | number | null;

function keyOf({ day, reason, meterId, register }: DueRestatement): Value[] {
  return [day.startMs, reason, meterId, register];
}

function figureValues(figure: DayFigure): Value[] {
  const { amount, estimatedAmount, coverageSum, slotCount, grade } = figure;
  return [amount, estimatedAmount, coverageSum, slotCount, gradeCode(grade)];
}

function figureBefore(row: FigureBeforeRow): DayFigure {
  return {
    amount: row.before_amount,
    estimatedAmount: row.before_estimated,
    coverageSum: row.before_coverage,
    slotCount: row.before_slots,
    grade: gradeOf(row.before_grade),
  };
}

function figureAfter(row: FigureAfterRow): DayFigure {
  return {
    amount: row.after_amount,
    estimatedAmount: row.after_estimated,
    coverageSum: row.after_coverage,
    slotCount: row.after_slots,
    grade: gradeOf(row.after_grade),
  };
}
