import { z } from "zod";
import type { MeterEvent } from "../../domain/telemetry/meter-event.ts";
import type { Touch } from "../../domain/telemetry/touch.ts";
import type { MeterEventRow } from "./schema.ts";
import type { StateDatabase } from "./state-database.ts";
import { touchStep } from "./touch-step.ts";

const Stand = z.record(z.string(), z.number());
const reason = z.string().nullable();

/** What a row holds besides its columns; a row that says something else is damaged. */
const Body = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("replacement"),
    ...{ reason, oldFinal: Stand, newInitial: Stand, multiplier: z.number().nullable() },
  }),
  z.object({ type: z.literal("reset"), reason, oldFinal: Stand, newInitial: Stand }),
  z.object({ type: z.literal("multiplier"), reason, value: z.number() }),
  z.object({ type: z.literal("invalidation"), reason, toMs: z.number() }),
  z.object({
    type: z.literal("calibration"),
    reason,
    validUntilMs: z.number().nullable(),
    certificate: z.string().nullable(),
    accuracyClass: z.number().nullable(),
  }),
  z.object({ type: z.literal("withdrawal"), reason, eventId: z.string() }),
]);

export async function readMeterEvents(state: StateDatabase): Promise<readonly MeterEvent[]> {
  const rows = await state.read
    .selectFrom("meter_event")
    .selectAll()
    .orderBy("recorded_at_ms")
    .orderBy("id")
    .execute();
  return rows.map(eventOf);
}

/** Keeps the event and marks the slots that it changes, in one transaction. */
export async function addMeterEvent(
  state: StateDatabase,
  event: MeterEvent,
  touches: readonly Touch[],
): Promise<void> {
  const { id, meterId, atMs, recordedAtMs, recordedBy, ...body } = event;
  await state.bulk([
    {
      sql: `INSERT INTO meter_event (id, meter_id, type, at_ms, recorded_at_ms, recorded_by, body)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      params: [id, meterId, event.type, atMs, recordedAtMs, recordedBy, JSON.stringify(body)],
    },
    touchStep(touches),
  ]);
}

function eventOf(row: MeterEventRow): MeterEvent {
  const body = Body.parse(JSON.parse(row.body));
  return {
    ...body,
    id: row.id,
    meterId: row.meter_id,
    atMs: Number(row.at_ms),
    recordedAtMs: Number(row.recorded_at_ms),
    recordedBy: row.recorded_by,
  };
}
