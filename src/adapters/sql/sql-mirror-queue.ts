import { sql } from "kysely";
import type { MirrorDay, MirrorQueue } from "../../app/chart-ports.ts";
import type { Slot } from "../../domain/telemetry/slot.ts";
import { dayMs } from "../../domain/time.ts";
import type { BulkStep, StateDatabase } from "./state-database.ts";

const seededName = "mirror-seeded";

/** The step that marks the days of changed slots; it belongs into the transaction of the change. */
export function mirrorDueStep(slots: readonly Pick<Slot, "meterId" | "startMs">[]): BulkStep {
  const days = new Map<string, [string, number]>();
  for (const { meterId, startMs } of slots) {
    const start = Math.floor(startMs / dayMs) * dayMs;
    days.set(`${meterId}/${start}`, [meterId, start]);
  }
  return {
    sql: `INSERT INTO mirror_due (meter_id, day_ms, turn) VALUES (?, ?, 1)
      ON CONFLICT (meter_id, day_ms) DO UPDATE SET turn = mirror_due.turn + 1`,
    rows: [...days.values()],
  };
}

/** What the copy of the ledger for charts still lacks. */
export class SqlMirrorQueue implements MirrorQueue {
  readonly #state: StateDatabase;

  constructor(state: StateDatabase) {
    this.#state = state;
  }

  /** A mirror that is switched on later starts with the whole ledger; once. */
  async seed(): Promise<void> {
    const seeded = await this.#state.read
      .selectFrom("cursor")
      .select("seq")
      .where("name", "=", seededName)
      .executeTakeFirst();
    if (seeded !== undefined) return;
    await this.#state.bulk([
      {
        sql: `INSERT INTO mirror_due (meter_id, day_ms, turn)
          SELECT DISTINCT series.meter_id, (start_ms / ${dayMs}) * ${dayMs}, 1
          FROM ledger_slot JOIN series ON series.id = ledger_slot.series_id WHERE true
          ON CONFLICT (meter_id, day_ms) DO NOTHING`,
        params: [],
      },
      { sql: "INSERT INTO cursor (name, seq) VALUES (?, ?)", params: [seededName, 1] },
    ]);
  }

  async due(daysMax: number): Promise<readonly MirrorDay[]> {
    const rows = await this.#state.read
      .selectFrom("mirror_due")
      .selectAll()
      .orderBy("day_ms", "desc")
      .orderBy("meter_id")
      .limit(daysMax)
      .execute();
    return rows.map((row) => ({
      meterId: row.meter_id,
      dayStartMs: Number(row.day_ms),
      turn: Number(row.turn),
    }));
  }

  async done(days: readonly MirrorDay[]): Promise<void> {
    await this.#state.bulk([
      {
        // A day that changed again in the meantime has another turn and stays.
        sql: "DELETE FROM mirror_due WHERE meter_id = ? AND day_ms = ? AND turn = ?",
        rows: days.map((day) => [day.meterId, day.dayStartMs, day.turn]),
      },
    ]);
  }

  async count(): Promise<number> {
    const row = await this.#state.read
      .selectFrom("mirror_due")
      .select(sql<number>`count(*)`.as("days"))
      .executeTakeFirst();
    return Number(row?.days ?? 0);
  }
}
