import { sql } from "kysely";
import type { DaySum, SlotQuality, SlotSum } from "../../app/ledger-ports.ts";
import type { Ledger, LedgerChange, RecordedChange, SlotQuery } from "../../app/ports.ts";
import { ParkDays } from "../../domain/energy/park-days.ts";
import type { Quarantined } from "../../domain/telemetry/reading.ts";
import type { LedgerSlot, Slot } from "../../domain/telemetry/slot.ts";
import type { RecordedTouch, Touch, TouchKind } from "../../domain/telemetry/touch.ts";
import { quarterHourMs } from "../../domain/time.ts";
import { amendmentStep, closedMonths } from "./amendment-steps.ts";
import { LedgerDays } from "./ledger-days.ts";
import {
  readClosedThroughMs,
  readQuality,
  readRevisions,
  readSeries,
  readSlots,
  readSums,
} from "./ledger-queries.ts";
import type { CurrentFigure } from "./ledger-rows.ts";
import { plannedChange } from "./planned-change.ts";
import { quarantineSteps } from "./quarantine-steps.ts";
import { restatementSteps } from "./restatement-steps.ts";
import { dropSteps } from "./sql-drop-tasks.ts";
import { mirrorDueStep } from "./sql-mirror-queue.ts";
import type { StateDatabase } from "./state-database.ts";
import { touchStep } from "./touch-step.ts";

const cursorName = "slot-closer";

const slotColumns =
  "series_id, start_ms, amount, grade, coverage, estimated_fraction, revision, reason, known_at_ms";
const insertSuperseded = `INSERT INTO ledger_superseded (${slotColumns})
  SELECT ${slotColumns} FROM ledger_slot WHERE series_id = ? AND start_ms = ?`;
const upsertSlot = `INSERT INTO ledger_slot (${slotColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (series_id, start_ms) DO UPDATE SET amount = excluded.amount, grade = excluded.grade,
  coverage = excluded.coverage, estimated_fraction = excluded.estimated_fraction,
  revision = excluded.revision, reason = excluded.reason, known_at_ms = excluded.known_at_ms`;

/** The quarter-hour ledger in the state database. */
export class SqlLedger implements Ledger {
  readonly #state: StateDatabase;
  /** Series are few and never change, so their ids are kept. */
  readonly #series = new Map<string, number>();

  readonly #mirrors: boolean;

  readonly #days: LedgerDays;

  /**
   * Days are those of the park's time zone. With `mirrors`, each change also marks the days that a copy
   * for charts has to take over.
   */
  constructor(
    state: StateDatabase,
    options: { readonly timezone: string; readonly mirrors?: boolean },
  ) {
    this.#state = state;
    this.#days = new LedgerDays(state, new ParkDays(options.timezone));
    this.#mirrors = options.mirrors ?? false;
  }

  async cursor(): Promise<number> {
    const row = await this.#state.read
      .selectFrom("cursor")
      .select("seq")
      .where("name", "=", cursorName)
      .executeTakeFirst();
    return Number(row?.seq ?? 0);
  }

  async touch(
    seq: number,
    touches: readonly Touch[],
    quarantined: readonly Quarantined[],
  ): Promise<void> {
    await this.#state.bulk([
      touchStep(touches),
      ...quarantineSteps(quarantined),
      {
        sql: `INSERT INTO cursor (name, seq) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`,
        params: [cursorName, seq],
      },
    ]);
  }

  async touched(kind: TouchKind, touchesMax: number): Promise<readonly RecordedTouch[]> {
    const rows = await this.#state.read
      .selectFrom("touch")
      .selectAll()
      .where("kind", "=", kind)
      .orderBy("to_ms", "desc")
      .orderBy("meter_id")
      .limit(touchesMax)
      .execute();
    return rows.map((row) => ({
      meterId: row.meter_id,
      kind,
      fromMs: Number(row.from_ms),
      toMs: Number(row.to_ms),
      reason: row.reason,
      stamp: Number(row.stamp),
    }));
  }

  async touchedSlotCount(): Promise<number> {
    const row = await this.#state.read
      .selectFrom("touch")
      .select(sql<number | null>`sum((to_ms - from_ms) / ${sql.lit(quarterHourMs)})`.as("slots"))
      .executeTakeFirst();
    const due = await this.#state.read
      .selectFrom("restatement_due")
      .select(sql<number | null>`sum(slot_count)`.as("slots"))
      .executeTakeFirst();
    return Number(row?.slots ?? 0) + Number(due?.slots ?? 0);
  }

  async record(
    changes: readonly LedgerChange[],
    settled: readonly RecordedTouch[],
    opened: readonly Touch[] = [],
  ): Promise<RecordedChange> {
    const slots = changes.flatMap((change) => change.slots);
    const seriesIds = await this.#seriesIds(slots);
    const known = await this.#currentOf(slots, seriesIds);
    const { written, changed, starts, revised, held } = plannedChange(changes, {
      seriesId: (slot) => seriesIds.get(seriesKey(slot)) as number,
      current: (seriesId, startMs) => known.get(seriesId)?.get(startMs),
      closed: slots.length === 0 ? [] : await closedMonths(this.#state),
    });
    const tasks = await dropSteps(this.#state.read, changes);
    await this.#state.bulk([
      ...restatementSteps(revised, this.#days),
      {
        sql: insertSuperseded,
        rows: revised.map(({ seriesId, startMs }) => [seriesId, startMs]),
      },
      { sql: upsertSlot, rows: written },
      this.#days.sumStep(this.#days.daysOf(starts)),
      amendmentStep(held),
      ...(this.#mirrors ? [mirrorDueStep(changed)] : []),
      {
        sql: `DELETE FROM touch
          WHERE meter_id = ? AND kind = ? AND from_ms = ? AND to_ms = ? AND stamp = ?`,
        rows: settled.map((touch) => [
          touch.meterId,
          touch.kind,
          touch.fromMs,
          touch.toMs,
          touch.stamp,
        ]),
      },
      touchStep(opened),
      ...tasks,
    ]);
    return { written: written.length, revised: revised.length };
  }

  slots(query: SlotQuery): Promise<readonly LedgerSlot[]> {
    return readSlots(this.#state.read, query);
  }

  sums(query: SlotQuery): Promise<readonly SlotSum[]> {
    return readSums(this.#state.read, query);
  }

  days(query: SlotQuery): Promise<readonly DaySum[] | null> {
    return this.#days.read(query);
  }

  fillDays(): Promise<boolean> {
    return this.#days.fill();
  }

  revisions(query: SlotQuery): Promise<readonly LedgerSlot[]> {
    return readRevisions(this.#state.read, query);
  }

  quality(query: SlotQuery): Promise<readonly SlotQuality[]> {
    return readQuality(this.#state.read, query);
  }

  series(): Promise<ReadonlySet<string>> {
    return readSeries(this.#state.read);
  }

  closedThroughMs(): Promise<number | null> {
    return readClosedThroughMs(this.#state.read);
  }

  /** Current rows around the slots, by series and start. */
  async #currentOf(
    slots: readonly Slot[],
    seriesIds: ReadonlyMap<string, number>,
  ): Promise<Map<number, Map<number, CurrentFigure>>> {
    const known = new Map<number, Map<number, CurrentFigure>>();
    if (slots.length === 0) return known;
    let fromMs = Number.POSITIVE_INFINITY;
    let toMs = Number.NEGATIVE_INFINITY;
    const wanted = new Set<number>();
    for (const slot of slots) {
      fromMs = Math.min(fromMs, slot.startMs);
      toMs = Math.max(toMs, slot.startMs);
      wanted.add(seriesIds.get(seriesKey(slot)) as number);
    }
    const rows = await this.#state.read
      .selectFrom("ledger_slot")
      .select([
        "series_id",
        "start_ms",
        "amount",
        "grade",
        "coverage",
        "estimated_fraction",
        "revision",
      ])
      .where("series_id", "in", [...wanted])
      .where("start_ms", ">=", fromMs)
      .where("start_ms", "<=", toMs)
      .execute();
    for (const row of rows) {
      const ofSeries = known.get(row.series_id) ?? new Map<number, CurrentFigure>();
      known.set(row.series_id, ofSeries);
      ofSeries.set(Number(row.start_ms), row);
    }
    return known;
  }

  /** Ids of the series of the slots; new series get the next free ones. */
  async #seriesIds(slots: readonly Slot[]): Promise<ReadonlyMap<string, number>> {
    const fresh = new Map<string, Slot>();
    for (const slot of slots) {
      const key = seriesKey(slot);
      if (!this.#series.has(key)) fresh.set(key, slot);
    }
    if (fresh.size > 0) await this.#learnSeries([...fresh.values()]);
    return this.#series;
  }

  /** One slot closer writes at a time, so the next free number cannot be taken in between. */
  async #learnSeries(slots: readonly Slot[]): Promise<void> {
    await this.#state.write.transaction().execute(async (transaction) => {
      const rows = await transaction.selectFrom("series").selectAll().execute();
      let topId = 0;
      for (const { id, meter_id, register } of rows) {
        topId = Math.max(topId, id);
        this.#series.set(seriesKey({ meterId: meter_id, register }), id);
      }
      const missing = slots.filter((slot) => !this.#series.has(seriesKey(slot)));
      const added = missing.map(({ meterId, register }, index) => {
        return { id: topId + 1 + index, meter_id: meterId, register };
      });
      if (added.length === 0) return;
      await transaction.insertInto("series").values(added).execute();
      for (const { id, meter_id, register } of added) {
        this.#series.set(seriesKey({ meterId: meter_id, register }), id);
      }
    });
  }
}

function seriesKey({ meterId, register }: { meterId: string; register: string }): string {
  return `${meterId}/${register}`;
}
