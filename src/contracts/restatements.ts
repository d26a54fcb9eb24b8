import { z } from "zod";
import { Grade } from "./energy.ts";
import { Instant } from "./registry.ts";

export const RestatementsQuery = z.strictObject({
  scope: z
    .string()
    .min(4)
    .max(80)
    .optional()
    .describe("meter:ID, enterprise:ID or park; without it, everything that you may see"),
  from: z.iso.datetime({ offset: true }).optional().describe("days restated, from here on"),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

const RestatedFigure = z.object({
  amount: z.number().nullable().describe("of the day; null: nothing was known"),
  grade: Grade.nullable(),
  coverage: z.number(),
  estimatedFraction: z.number(),
});

/** Slots of one register and park day that were given other figures, for one reason. */
export const RestatementBody = z.object({
  id: z.string(),
  meterId: z.string(),
  register: z.string(),
  unit: z.string().nullable(),
  from: Instant.describe("start of the day"),
  to: Instant,
  slots: z.int().describe("quarter hours that had a figure and have another one now"),
  reason: z.string(),
  knownAt: Instant,
  before: RestatedFigure,
  after: RestatedFigure,
  dependants: z.array(
    z.object({
      kind: z
        .enum(["day_total", "month_total", "period"])
        .describe(
          "day_total: the day; month_total: the month, with this day as it was and as it is; period: the same for a month that is over, so that somebody may have reported it",
        ),
      id: z.string().describe("the day or month"),
      unit: z.string().nullable(),
      before: z.number().nullable(),
      after: z.number().nullable(),
    }),
  ),
});
export type RestatementBody = z.infer<typeof RestatementBody>;
