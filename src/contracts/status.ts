import { z } from "zod";
import { Instant } from "./registry.ts";

export const StatusBody = z.object({
  version: z.string(),
  startedAt: Instant,
  simulated: z.enum(["none", "some", "all"]),
  ingest: z.object({
    messagesTotal: z.int(),
    readingsTotal: z.int().describe("samples written to the journal: one device at one instant"),
    quarantinedTotal: z.int(),
    duplicatesTotal: z.int(),
    ackedTotal: z.int(),
    backlogReadings: z
      .int()
      .describe("journalled readings that the store writer or the slot closer has not finished"),
  }),
  ledger: z.object({
    touchedSlots: z.int().describe("slots whose work is due now"),
    closedThrough: Instant.nullable().describe("end of the newest closed slot"),
  }),
  stores: z.record(
    z.string(),
    z
      .object({ state: z.enum(["ok", "degraded", "failed"]), reason: z.string().nullable() })
      .catchall(z.union([z.string(), z.number(), z.null()])),
  ),
  jobs: z.array(
    z.object({
      name: z.string(),
      schedule: z.string(),
      lastRunAt: Instant.nullable(),
      watermark: Instant.nullable(),
      lastError: z.string().nullable(),
    }),
  ),
});
export type StatusBody = z.infer<typeof StatusBody>;

export const ReadyBody = z.object({
  ready: z.boolean(),
  degraded: z.array(z.string()).describe("what does not work but is carried by the journal"),
  failing: z.array(z.string()),
});

export const Role = z.enum([
  "sysadmin",
  "secadmin",
  "auditor",
  "manager",
  "enterprise",
  "regulator",
  "display",
]);
export type Role = z.infer<typeof Role>;

/** `GET /api/v1/session`: who is asking. */
export const SessionBody = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(Role),
  enterpriseId: z.string().nullable(),
});
export type SessionBody = z.infer<typeof SessionBody>;
