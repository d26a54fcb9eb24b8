import { randomBytes } from "node:crypto";
import type { Slot } from "../../domain/telemetry/slot.ts";
import { quarterHourMs } from "../../domain/time.ts";
import type { PeriodClosedRow } from "./accounting-rows.ts";
import type { BulkStep, StateDatabase } from "./state-database.ts";

/** A slot that differs from what the ledger says of a closed month. */
export interface HeldSlot {
  readonly slot: Slot;
  readonly closed: PeriodClosedRow;
  readonly reason: string;
  readonly knownAtMs: number;
}

const insertAmendment = `INSERT INTO amendment (id, meter_id, month, from_ms, to_ms, reason, state,
    first_at_ms, last_at_ms, arrivals)
  VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, 1)
  ON CONFLICT (meter_id, month) WHERE state = 'waiting' DO UPDATE SET
  from_ms = CASE WHEN excluded.from_ms < amendment.from_ms
    THEN excluded.from_ms ELSE amendment.from_ms END,
  to_ms = CASE WHEN excluded.to_ms > amendment.to_ms THEN excluded.to_ms ELSE amendment.to_ms END,
  reason = excluded.reason, last_at_ms = excluded.last_at_ms, arrivals = amendment.arrivals + 1`;

/** The months whose slots do not change. */
export async function closedMonths({
  read,
}: Pick<StateDatabase, "read">): Promise<readonly PeriodClosedRow[]> {
  const rows = await read.selectFrom("period_closed").selectAll().execute();
  return rows.map(({ month, start_ms, end_ms }) => ({
    month,
    start_ms: Number(start_ms),
    end_ms: Number(end_ms),
  }));
}

/** The step that makes amendments of what was held back, one a meter and month. */
export function amendmentStep(held: readonly HeldSlot[]): BulkStep {
  const spans = new Map<string, { first: HeldSlot; fromMs: number; toMs: number }>();
  for (const one of held) {
    const { startMs, meterId } = one.slot;
    const key = `${meterId}/${one.closed.month}`;
    const span = spans.get(key) ?? { first: one, fromMs: startMs, toMs: startMs + quarterHourMs };
    spans.set(key, span);
    span.fromMs = Math.min(span.fromMs, startMs);
    span.toMs = Math.max(span.toMs, startMs + quarterHourMs);
  }
  const rows = [...spans.values()].map(({ first, fromMs, toMs }) => {
    const { slot, closed, reason, knownAtMs } = first;
    const id = amendmentId(knownAtMs);
    return [id, slot.meterId, closed.month, fromMs, toMs, reason, knownAtMs, knownAtMs];
  });
  return { sql: insertAmendment, rows };
}

/** Ids in the order of their time, so that pages are read along the key. */
function amendmentId(atMs: number): string {
  return `am-${atMs.toString(36).padStart(9, "0")}-${randomBytes(4).toString("hex")}`;
}
