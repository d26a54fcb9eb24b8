import { createHash, randomUUID } from "node:crypto";
import type { Quarantined } from "../../domain/telemetry/reading.ts";
import type { BulkStep } from "./state-database.ts";

/** Copies kept of one group: enough to see the pattern and to adopt a device without a flood. */
const payloadsPerGroupMax = 200;

/** Groups are what is refused for the same reason at the same place. */
export function quarantineGroupId(entry: Quarantined): string {
  const key = [entry.gatewayId, entry.deviceId, entry.code, entry.metric].join("\n");
  return createHash("sha256").update(key).digest("hex").slice(0, 24);
}

/** Statements that count refusals into their groups and keep the newest copies of each. */
export function quarantineSteps(entries: readonly Quarantined[]): BulkStep[] {
  if (entries.length === 0) return [];
  const identified = entries.map((entry) => ({ entry, groupId: quarantineGroupId(entry) }));
  const whole = identified.filter(
    ({ entry }) => Buffer.byteLength(entry.payloadExcerpt) === entry.payloadBytes,
  );
  const groupIds = [...new Set(whole.map(({ groupId }) => groupId))];
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
        entry.payloadExcerpt,
        entry.payloadBytes,
      ]),
    },
    {
      sql: `INSERT INTO quarantine_payload (id, group_id, topic, payload, received_at_ms)
        VALUES (?, ?, ?, ?, ?)`,
      rows: whole.map(({ entry, groupId }) => [
        randomUUID(),
        groupId,
        entry.topic,
        entry.payloadExcerpt,
        entry.receivedAtMs,
      ]),
    },
    {
      sql: `DELETE FROM quarantine_payload WHERE group_id = ? AND id NOT IN (
          SELECT id FROM quarantine_payload WHERE group_id = ?
          ORDER BY received_at_ms DESC LIMIT ${payloadsPerGroupMax})`,
      rows: groupIds.map((groupId) => [groupId, groupId]),
    },
  ];
}
