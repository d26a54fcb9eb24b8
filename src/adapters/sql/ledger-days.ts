import { sql } from "kysely";
import type { DaySum } from "../../app/ledger-ports.ts";
import type { SlotQuery } from "../../app/ports.ts";
import type { ParkDays } from "../../domain/energy/park-days.ts";
import { type SlotMarks, slotsPerMark } from "../../domain/energy/slot-marks.ts";
import { type Interval, quarterHourMs } from "../../domain/time.ts";
import { gradeCodeOfNothing, gradeOf } from "./ledger-rows.ts";
import type { BulkStep, StateDatabase, StateEngine } from "./state-database.ts";

/** A day of a series that is to be summed. */
export interface SeriesDay {
  readonly seriesId: number;
  readonly day: Interval;
}

/** Row of `cursor` that says through which series the days of this time zone have been summed. */
const cursorPrefix = "ledger-days/";
/** Stands behind every series: whatever is added later is summed with its slots. */
const wholeSeq = 2 ** 31 - 1;
/** Days that are summed in one transaction. */
const daysPerPortion = 200;

const columns = [
  ...["series_id", "day_ms", "amount", "estimated_amount", "coverage_sum", "slot_count"],
  ...["missing_count", "marks_0", "marks_1", "marks_2", "grade", "revision_max", "known_at_ms"],
];

/**
 * Sums days from their slots as the transaction sees them, in the order of the slots: the same slots
 * give the same bits, however they came to be.
 */
function sumStatement(engine: StateEngine): string {
  // SQLite reads the one day of a statement along its key; PostgreSQL takes many days at once.
  const inOrder = engine === "postgres" ? " ORDER BY slot.start_ms" : "";
  const grouped = engine === "postgres" ? "GROUP BY due.column1, due.column2, due.column3" : "";
  const index = `(slot.start_ms - due.column2) / ${quarterHourMs}`;
  const marks = [0, 1, 2].map((place) => {
    const first = place * slotsPerMark;
    return `coalesce(sum(CASE WHEN ${index} >= ${first} AND ${index} < ${first + slotsPerMark}
      THEN CAST(1 AS bigint) << CAST(${index} - ${first} AS integer) ELSE 0 END), 0)`;
  });
  const updates = columns.slice(2).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ledger_day (${columns.join(", ")})
    SELECT max(due.column1), max(due.column2), sum(slot.amount${inOrder}),
      coalesce(sum(slot.amount * slot.estimated_fraction${inOrder}), 0),
      coalesce(sum(slot.coverage${inOrder}), 0), count(slot.amount),
      (max(due.column3) - max(due.column2)) / ${quarterHourMs} - count(slot.amount),
      ${marks.join(", ")},
      coalesce(max(slot.grade), ${gradeCodeOfNothing}), coalesce(max(slot.revision), 0),
      coalesce(max(slot.known_at_ms), 0)
    FROM (VALUES (CAST(? AS integer), CAST(? AS bigint), CAST(? AS bigint))) AS due
    LEFT JOIN ledger_slot AS slot ON slot.series_id = due.column1
      AND slot.start_ms >= due.column2 AND slot.start_ms < due.column3 AND slot.amount IS NOT NULL
    WHERE true ${grouped}
    ON CONFLICT (series_id, day_ms) DO UPDATE SET ${updates.join(", ")}`;
}

/** Totals of the park's days in the state database, always those of the slots beside them. */
export class LedgerDays {
  readonly #state: StateDatabase;
  readonly #days: ParkDays;
  readonly #sum: string;
  /** Whether the days of all slots are there, also of those from before there were any. */
  #isWhole = false;

  constructor(state: StateDatabase, days: ParkDays) {
    this.#state = state;
    this.#days = days;
    this.#sum = sumStatement(state.engine);
  }

  /** The step that sums days again; it belongs behind the slots, in their transaction. */
  sumStep(days: readonly SeriesDay[]): BulkStep {
    return {
      sql: this.#sum,
      rows: days.map(({ seriesId, day }) => [seriesId, day.startMs, day.endMs]),
    };
  }

  /** Until older days have been summed, the steps that sum these as they are before a change. */
  beforeSteps(slots: readonly (readonly [seriesId: number, startMs: number])[]): BulkStep[] {
    return this.#isWhole ? [] : [this.sumStep(this.daysOf(slots))];
  }

  /** The park day that contains the instant. */
  dayOf(tsMs: number): Interval {
    return this.#days.of(tsMs);
  }

  /** The days of the slots, each once. */
  daysOf(slots: readonly (readonly [seriesId: number, startMs: number])[]): SeriesDay[] {
    const days = new Map<string, SeriesDay>();
    for (const [seriesId, startMs] of slots) {
      const day = this.#days.of(startMs);
      days.set(`${seriesId}/${day.startMs}`, { seriesId, day });
    }
    return [...days.values()];
  }

  /** Sums a portion of the days that have never been summed; answers whether there are more. */
  async fill(): Promise<boolean> {
    if (this.#isWhole) return false;
    const doneSeq = (await this.#summedThrough()) ?? (await this.#begin());
    this.#isWhole = doneSeq === wholeSeq;
    if (this.#isWhole) return false;
    const next = await this.#state.read
      .selectFrom("series")
      .select("id")
      .where("id", ">", doneSeq)
      .orderBy("id")
      .executeTakeFirst();
    const seq = next?.id ?? wholeSeq;
    if (next !== undefined) await this.#sumSeries(next.id);
    await this.#state.bulk([this.#cursorStep(seq)]);
    this.#isWhole = seq === wholeSeq;
    return !this.#isWhole;
  }

  /** Sums of the days; null while there are slots whose days have not been summed yet. */
  async read(query: SlotQuery): Promise<readonly DaySum[] | null> {
    if (query.meterIds.length === 0) return [];
    this.#isWhole ||= (await this.#summedThrough()) === wholeSeq;
    if (!this.#isWhole) return null;
    const partial = await this.#partial(query);
    const rows = await this.#rows(query)
      .select([
        ...(["register", "day_ms"] as const),
        sql<number>`sum(amount)`.as("amount"),
        sql<number>`sum(estimated_amount)`.as("estimated"),
        sql<number>`max(grade)`.as("grade"),
        sql<number>`sum(coverage_sum)`.as("coverage"),
        sql<number>`sum(case when missing_count = 0 then 1 else 0 end)`.as("whole"),
        sql<number>`max(revision_max)`.as("revision"),
      ])
      .groupBy(["register", "day_ms"])
      .orderBy("register")
      .orderBy("day_ms")
      .execute();
    return rows.map((row) => ({
      register: row.register,
      day: this.#days.of(Number(row.day_ms)),
      amount: row.amount,
      estimatedAmount: row.estimated,
      worstGrade: gradeOf(row.grade) ?? "X",
      coverageSum: row.coverage,
      wholeCount: Number(row.whole),
      partial: partial.get(`${row.register}/${row.day_ms}`) ?? [],
      revisionMax: row.revision,
    }));
  }

  /** Which slots there are in the days that lack some, by register and day. */
  async #partial(query: SlotQuery): Promise<ReadonlyMap<string, SlotMarks[]>> {
    const rows = await this.#rows(query)
      .select(["register", "day_ms", "marks_0", "marks_1", "marks_2"])
      .where("missing_count", ">", 0)
      .execute();
    const marks = new Map<string, SlotMarks[]>();
    for (const row of rows) {
      const key = `${row.register}/${row.day_ms}`;
      const known = marks.get(key) ?? [];
      marks.set(key, known);
      known.push([Number(row.marks_0), Number(row.marks_1), Number(row.marks_2)]);
    }
    return marks;
  }

  #rows({ meterIds, registers, interval }: SlotQuery) {
    return this.#state.read
      .selectFrom("series")
      .innerJoin("ledger_day", "ledger_day.series_id", "series.id")
      .where("meter_id", "in", [...meterIds])
      .$if(registers !== undefined, (select) =>
        select.where("register", "in", [...(registers ?? [])]),
      )
      .where("day_ms", ">=", interval.startMs)
      .where("day_ms", "<", interval.endMs)
      .where("slot_count", ">", 0);
  }

  async #summedThrough(): Promise<number | null> {
    const row = await this.#state.read
      .selectFrom("cursor")
      .select("seq")
      .where("name", "=", this.#cursorName)
      .executeTakeFirst();
    return row === undefined ? null : Number(row.seq);
  }

  /** Days of another time zone are of no use; everything is summed from the first series on. */
  async #begin(): Promise<number> {
    await this.#state.bulk([
      { sql: "DELETE FROM ledger_day", params: [] },
      { sql: "DELETE FROM cursor WHERE name LIKE ?", params: [`${cursorPrefix}%`] },
      this.#cursorStep(0),
    ]);
    return 0;
  }

  async #sumSeries(seriesId: number): Promise<void> {
    const extent = await this.#state.read
      .selectFrom("ledger_slot")
      .select([sql<number>`min(start_ms)`.as("first"), sql<number>`max(start_ms)`.as("last")])
      .where("series_id", "=", seriesId)
      .executeTakeFirst();
    if (extent?.first == null) return;
    const interval = { startMs: Number(extent.first), endMs: Number(extent.last) + 1 };
    const days = this.#days.within(interval).map((day) => ({ seriesId, day }));
    for (let at = 0; at < days.length; at += daysPerPortion) {
      await this.#state.bulk([this.sumStep(days.slice(at, at + daysPerPortion))]);
    }
  }

  get #cursorName(): string {
    return `${cursorPrefix}${this.#days.timezone}`;
  }

  #cursorStep(seq: number): BulkStep {
    return {
      sql: `INSERT INTO cursor (name, seq) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`,
      params: [this.#cursorName, seq],
    };
  }
}
