import { z } from "zod";
import { Instant } from "./registry.ts";

const Reason = z.string().trim().min(3).max(500).describe("why; it stays with the decision");

export const ReasonPost = z.strictObject({ reason: Reason });

const Decision = z.object({ at: Instant, by: z.string(), reason: z.string() });

export const PeriodBody = z.object({
  month: z.string(),
  from: Instant,
  to: Instant,
  state: z
    .enum(["open", "closing", "closed"])
    .describe(
      "open: the month runs; closing: it is over and its figures may still change; closed: what arrives for it waits in the amendment queue",
    ),
  closesNotBefore: Instant.describe(
    "day 10 of the next month: before it nobody but a person closes",
  ),
  changes: z
    .array(Decision.extend({ action: z.enum(["close", "reopen"]) }))
    .describe("who closed it and opened it again, oldest first"),
});
export type PeriodBody = z.infer<typeof PeriodBody>;

export const ListedPeriodBody = PeriodBody.extend({
  amendmentsWaiting: z.int().describe("amendments that wait for a person"),
});
export type ListedPeriodBody = z.infer<typeof ListedPeriodBody>;

export const AmendmentsQuery = z.strictObject({
  state: z.enum(["waiting", "accepted", "rejected"]).optional(),
  month: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const AmendmentBody = z.object({
  id: z.string(),
  meterId: z.string(),
  month: z.string(),
  from: Instant.describe("start of the earliest slot that would change"),
  to: Instant,
  reason: z.string().describe("why the newest of it arose, as in revisions"),
  state: z.enum(["waiting", "accepted", "rejected"]),
  firstAt: Instant,
  lastAt: Instant,
  arrivals: z.int().describe("how often something came that would change these slots"),
  decision: Decision.nullable(),
});
export type AmendmentBody = z.infer<typeof AmendmentBody>;

/** One amendment, with what accepting it would do now. */
export const AmendmentDetailBody = AmendmentBody.extend({
  effects: z.array(
    z.object({
      register: z.string(),
      slots: z.int().describe("quarter hours that would change"),
      before: z.number().nullable().describe("their sum as it is"),
      after: z.number().nullable().describe("their sum as it would be"),
    }),
  ),
});
