import { sql } from "kysely";
import type {
  Ledger,
  LedgerChange,
  RecordedChange,
  SlotQuality,
  SlotQuery,
  SlotSum,
  Touch,
} from "../../app/ports.ts";
import type { Quarantined } from "../../domain/telemetry/reading.ts";
import type { LedgerSlot, Slot } from "../../domain/telemetry/slot.ts";
import { quarterHourMs } from "../../domain/time.ts";
import {
  readClosedThroughMs,
  readQuality,
  readRevisions,
  readSeries,
  readSlots,
  readSums,
} from "./ledger-queries.ts";
import { isSameFigure, ledgerRow } from "./ledger-rows.ts";
import { quarantineSteps } from "./quarantine-steps.ts";
import type { LedgerSlotRow } from "./schema.ts";
import { mirrorDueStep } from "./sql-mirror-queue.ts";
import type { BulkStep, StateDatabase } from "./state-database.ts";

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

  /** With `mirrors`, each change also marks the days that a copy for charts has to take over. */
  constructor(state: StateDatabase, options: { readonly mirrors?: boolean } = {}) {
    this.#state = state;
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
    const steps: BulkStep[] = [
      {
        sql: `INSERT INTO touch (meter_id, from_ms, to_ms, reason) VALUES (?, ?, ?, ?)
          ON CONFLICT (meter_id, from_ms) DO UPDATE SET to_ms = CASE
          WHEN excluded.to_ms > touch.to_ms THEN excluded.to_ms ELSE touch.to_ms END`,
        rows: touches.map((touch) => [touch.meterId, touch.fromMs, touch.toMs, touch.reason]),
      },
      ...quarantineSteps(quarantined),
      {
        sql: `INSERT INTO cursor (name, seq) VALUES (?, ?)
          ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`,
        params: [cursorName, seq],
      },
    ];
    await this.#state.bulk(steps);
  }

  async touched(touchesMax: number): Promise<readonly Touch[]> {
    const rows = await this.#state.read
      .selectFrom("touch")
      .selectAll()
      .orderBy("meter_id")
      .orderBy("from_ms")
      .limit(touchesMax)
      .execute();
    return rows.map((row) => ({
      meterId: row.meter_id,
      fromMs: Number(row.from_ms),
      toMs: Number(row.to_ms),
      reason: row.reason,
    }));
  }

  async touchedSlotCount(): Promise<number> {
    const row = await this.#state.read
      .selectFrom("touch")
      .select(sql<number | null>`sum((to_ms - from_ms) / ${sql.lit(quarterHourMs)})`.as("slots"))
      .executeTakeFirst();
    return Number(row?.slots ?? 0);
  }

  async record(
    changes: readonly LedgerChange[],
    settled: readonly Touch[],
  ): Promise<RecordedChange> {
    const superseded: [number, number][] = [];
    const written: (string | number | null)[][] = [];
    const changed: Slot[] = [];
    for (const change of changes) {
      const known = await this.#currentOf(change.slots);
      for (const slot of change.slots) {
        const seriesId = await this.#seriesId(slot.meterId, slot.register);
        const current = known.get(`${seriesId}/${slot.startMs}`);
        if (current !== undefined && isSameFigure(current, slot)) continue;
        if (current !== undefined) superseded.push([seriesId, slot.startMs]);
        written.push(ledgerRow(seriesId, slot, change, current));
        changed.push(slot);
      }
    }
    await this.#state.bulk([
      { sql: insertSuperseded, rows: superseded },
      { sql: upsertSlot, rows: written },
      ...(this.#mirrors ? [mirrorDueStep(changed)] : []),
      {
        sql: "DELETE FROM touch WHERE meter_id = ? AND from_ms = ? AND to_ms <= ?",
        rows: settled.map((touch) => [touch.meterId, touch.fromMs, touch.toMs]),
      },
    ]);
    return { written: written.length, revised: superseded.length };
  }

  slots(query: SlotQuery): Promise<readonly LedgerSlot[]> {
    return readSlots(this.#state.read, query);
  }

  sums(query: SlotQuery): Promise<readonly SlotSum[]> {
    return readSums(this.#state.read, query);
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

  async #currentOf(slots: readonly Slot[]): Promise<Map<string, LedgerSlotRow>> {
    const known = new Map<string, LedgerSlotRow>();
    const ranges = new Map<number, { from: number; to: number }>();
    for (const slot of slots) {
      const seriesId = await this.#seriesId(slot.meterId, slot.register);
      const range = ranges.get(seriesId);
      ranges.set(seriesId, {
        from: Math.min(range?.from ?? slot.startMs, slot.startMs),
        to: Math.max(range?.to ?? slot.startMs, slot.startMs),
      });
    }
    for (const [seriesId, { from, to }] of ranges) {
      const rows = await this.#state.read
        .selectFrom("ledger_slot")
        .selectAll()
        .where("series_id", "=", seriesId)
        .where("start_ms", ">=", from)
        .where("start_ms", "<=", to)
        .execute();
      for (const row of rows) known.set(`${seriesId}/${Number(row.start_ms)}`, row);
    }
    return known;
  }

  async #seriesId(meterId: string, register: string): Promise<number> {
    const key = `${meterId}/${register}`;
    const cached = this.#series.get(key);
    if (cached !== undefined) return cached;
    // One slot closer writes at a time, so the next free number cannot be taken in between.
    const top = await this.#state.write
      .selectFrom("series")
      .select((expression) => expression.fn.max("id").as("id"))
      .executeTakeFirst();
    await this.#state.write
      .insertInto("series")
      .values({ id: (top?.id ?? 0) + 1, meter_id: meterId, register })
      .onConflict((conflict) => conflict.columns(["meter_id", "register"]).doNothing())
      .execute();
    const row = await this.#state.write
      .selectFrom("series")
      .select("id")
      .where("meter_id", "=", meterId)
      .where("register", "=", register)
      .executeTakeFirstOrThrow();
    this.#series.set(key, row.id);
    return row.id;
  }
}
