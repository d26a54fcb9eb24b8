import type { Touch } from "../../domain/telemetry/touch.ts";
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
