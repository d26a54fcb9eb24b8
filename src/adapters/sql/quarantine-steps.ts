import { createHash, randomUUID } from "node:crypto";
import type { Quarantined } from "../../domain/telemetry/reading.ts";
import type { BulkStep } from "./state-database.ts";

/** Copies kept of one group: enough to see the pattern and to adopt a device without a flood. */
const payloadsPerGroupMax = 200;
const bytesPerGroupMax = 8 * 1024 * 1024;
/** The copy that a group shows. */
const excerptCharsMax = 16 * 1024;

const insertPayload = `INSERT INTO quarantine_payload
  (id, group_id, topic, payload, received_at_ms) VALUES (?, ?, ?, ?, ?)`;
const trimPayloads = `DELETE FROM quarantine_payload WHERE id IN (
  SELECT id FROM (
    SELECT id, row_number() OVER newest AS place, sum(length(payload)) OVER newest AS size
    FROM quarantine_payload WHERE group_id = ?
    WINDOW newest AS (ORDER BY received_at_ms DESC, id ROWS UNBOUNDED PRECEDING)
  ) AS ranked WHERE place > ${payloadsPerGroupMax} OR (place > 1 AND size > ${bytesPerGroupMax}))`;

/** Groups are what is refused for the same reason at the same place. */
function quarantineGroupId(entry: Quarantined): string {
  const key = [entry.gatewayId, entry.deviceId, entry.code, entry.metric].join("\n");
  return createHash("sha256").update(key).digest("hex").slice(0, 24);
}

/** Statements that count refusals into their groups and keep the newest copies of each. */
export function quarantineSteps(entries: readonly Quarantined[]): BulkStep[] {
  if (entries.length === 0) return [];
  const identified = entries.map((entry) => ({ entry, groupId: quarantineGroupId(entry) }));
  // Only what an unknown device sent can be taken in later, and only if it is here as a whole.
  const adoptable = identified.filter(
    ({ entry }) =>
      entry.code === "unknown_device" &&
      Buffer.byteLength(entry.payloadExcerpt) === entry.payloadBytes,
  );
  const groupIds = [...new Set(adoptable.map(({ groupId }) => groupId))];
  return [
    {
      sql: `INSERT INTO quarantine_group (id, gateway_id, device_id, code, metric, detail, count,
          first_at_ms, last_at_ms, topic, payload_excerpt, payload_bytes)
        VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET count = quarantine_group.count + 1,
          detail = excluded.detail, last_at_ms = excluded.last_at_ms, topic = excluded.topic,
          payload_excerpt = excluded.payload_excerpt, payload_bytes = excluded.payload_bytes`,
      rows: identified.map(({ entry, groupId }) => [
        groupId,
        entry.gatewayId,
        entry.deviceId,
        entry.code,
        entry.metric,
        entry.detail,
        entry.receivedAtMs,
        entry.receivedAtMs,
        entry.topic,
        entry.payloadExcerpt.slice(0, excerptCharsMax),
        entry.payloadBytes,
      ]),
    },
    {
      sql: insertPayload,
      rows: adoptable.map(({ entry, groupId }) => [
        randomUUID(),
        groupId,
        entry.topic,
        entry.payloadExcerpt,
        entry.receivedAtMs,
      ]),
    },
    { sql: trimPayloads, rows: groupIds.map((groupId) => [groupId]) },
  ];
}
