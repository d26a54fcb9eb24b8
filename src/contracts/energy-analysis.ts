import { z } from "zod";
import { Grade } from "./energy.ts";
import { Instant } from "./registry.ts";

const ScopeText = z.string().min(4).max(80).describe("meter:ID, enterprise:ID or park");
const AsOf = z.iso
  .datetime({ offset: true })
  .optional()
  .describe("answer as the ledger was known at this instant");

export const DemandQuery = z.strictObject({
  scope: ScopeText,
  month: z.string().max(10).describe("2026-11, in park time"),
  asOf: AsOf,
});

const DemandBlockBody = z.object({
  start: Instant,
  powerKw: z.number().describe("energy of the quarter hour × 4"),
  grade: Grade.nullable(),
  coverage: z.number(),
  estimatedFraction: z.number(),
});

/** `GET /api/v1/energy/demand`: the largest quarter hour of a month. */
export const DemandBody = z.object({
  scope: z.string(),
  month: z.string(),
  from: Instant,
  to: Instant.describe("end of the newest quarter hour that has passed in the month"),
  unit: z.literal("kW"),
  blockMinutes: z.literal(15),
  register: z.string().describe("whose energy makes the blocks"),
  maximum: DemandBlockBody.nullable().describe("largest block that is measured as a whole"),
  estimatedMaximum: DemandBlockBody.nullable().describe(
    "a larger block of which a part is estimated or missing; it is no demand that is billed",
  ),
  meanKw: z.number().nullable(),
  loadFactor: z.number().nullable().describe("mean over maximum of the measured blocks"),
  blocksExpected: z.int(),
  blocksMeasured: z.int(),
  coverage: z.number().nullable(),
  grade: Grade.nullable(),
  meterMaxDemand: z
    .object({
      maxDemandKw: z.number(),
      day: Instant.describe("day that the value is the newest of"),
    })
    .nullable()
    .describe("what the meter itself holds, for the scope of one meter"),
  meters: z.array(z.string()),
});
export type DemandBody = z.infer<typeof DemandBody>;
