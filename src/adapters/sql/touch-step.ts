import { sql, type Transaction } from "kysely";
import type { Touch } from "../../domain/telemetry/touch.ts";
import type { StateSchema } from "./schema.ts";
import type { BulkStep } from "./state-database.ts";

/** Recorded again while it is being settled, a touch is not the same any more. */
const insertTouch = `INSERT INTO touch (meter_id, kind, from_ms, to_ms, reason, stamp)
  VALUES (?, ?, ?, ?, ?, 1)
  ON CONFLICT (meter_id, kind, from_ms, to_ms) DO UPDATE SET stamp = touch.stamp + 1`;

/** Marks slots that have to be derived again. */
export function touchStep(touches: readonly Touch[]): BulkStep {
  return {
    sql: insertTouch,
    rows: touches.map(({ meterId, kind, fromMs, toMs, reason }) => [
      meterId,
      kind,
      fromMs,
      toMs,
      reason,
    ]),
  };
}

/** The same inside a transaction that does more than bulk work. */
export async function addTouch(
  transaction: Transaction<StateSchema>,
  { meterId, kind, fromMs, toMs, reason }: Touch,
): Promise<void> {
  await transaction
    .insertInto("touch")
    .values({ meter_id: meterId, kind, from_ms: fromMs, to_ms: toMs, reason, stamp: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(["meter_id", "kind", "from_ms", "to_ms"])
        .doUpdateSet({ stamp: sql<number>`touch.stamp + 1` }),
    )
    .execute();
}
