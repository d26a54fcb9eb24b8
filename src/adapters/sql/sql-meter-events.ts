import { z } from "zod";
import type { AuditNote } from "../../domain/audit/audit-entry.ts";
import type { MeterEvent } from "../../domain/telemetry/meter-event.ts";
import type { Touch } from "../../domain/telemetry/touch.ts";
import { audited } from "./audit-chain.ts";
import type { MeterEventRow } from "./schema.ts";
import type { StateDatabase } from "./state-database.ts";
import { addTouch } from "./touch-step.ts";

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

/** Keeps the event, marks the slots that it changes and adds its audit entry, in one transaction. */
export async function addMeterEvent(
  state: StateDatabase,
  event: MeterEvent,
  { touches, note }: { readonly touches: readonly Touch[]; readonly note: AuditNote },
): Promise<void> {
  const { id, meterId, atMs, recordedAtMs, recordedBy, ...body } = event;
  const row = {
    ...{ id, meter_id: meterId, type: event.type, at_ms: atMs, recorded_at_ms: recordedAtMs },
    ...{ recorded_by: recordedBy, body: JSON.stringify(body) },
  };
  await audited(state, note, async (transaction) => {
    await transaction.insertInto("meter_event").values(row).execute();
    for (const touch of touches) await addTouch(transaction, touch);
  });
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
