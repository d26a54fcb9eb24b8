import { z } from "zod";
import { Id } from "./id.ts";
import { CarrierName } from "./park-file.ts";
import { Instant, PageQuery } from "./registry.ts";

const EnergyStep = z.enum(["15m", "1h", "1d", "1mo"]);

/**
 * Data-quality grade of a slot: A measured; B settlement; C check meter; E1 linear across a gap of
 * at most an hour; E2 register difference spread over a longer gap; E3 gap over seven days or no
 * register support; M manual; X invalid. null: nothing is known, the energy is null as well.
 */
export const Grade = z.enum(["A", "B", "C", "E1", "E2", "E3", "M", "X"]);
export type Grade = z.infer<typeof Grade>;

export const EnergyQuery = z.strictObject({
  scope: z.string().min(4).max(80).describe("meter:ID, enterprise:ID or park"),
  carrier: CarrierName.optional(),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  step: EnergyStep.default("15m"),
  asOf: z.iso.datetime({ offset: true }).optional(),
});

/** One step; besides the named fields it has one number-or-null for each register of the scope. */
const EnergySlot = z
  .object({
    start: Instant,
    grade: Grade.nullable(),
    coverage: z.number(),
    estimatedFraction: z.number(),
    revision: z.int(),
    provisional: z
      .boolean()
      .describe("a register fell for no known reason, and nobody has decided yet"),
  })
  .catchall(z.number().nullable());

export const EnergyBody = z.object({
  scope: z.string(),
  carrier: z.string(),
  unit: z.string(),
  step: EnergyStep,
  slots: z.array(EnergySlot),
  total: z
    .object({
      coverage: z.number(),
      missingSlots: z.int(),
      estimatedFraction: z.number(),
      grade: Grade.nullable(),
      provisional: z.boolean(),
    })
    .catchall(z.number().nullable()),
  registers: z
    .record(
      z.string(),
      z.object({
        grade: Grade.nullable(),
        coverage: z.number(),
        estimatedFraction: z.number(),
        missingSlots: z.int(),
      }),
    )
    .describe("how well the total of each register is known by itself"),
  meters: z.array(z.string()).describe("meters that the figures are summed from"),
});
export type EnergyBody = z.infer<typeof EnergyBody>;

export const EnterpriseEnergyQuery = PageQuery.extend({
  carrier: CarrierName.default("electricity"),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
});

/** What one enterprise has in all over a span: the total of its scope, without the steps. */
export const EnterpriseEnergyBody = EnergyBody.pick({
  ...{ unit: true, total: true, registers: true, meters: true },
}).extend({
  enterpriseId: z.string(),
  revision: z.int().describe("newest revision among the quarter hours"),
});
export type EnterpriseEnergyBody = z.infer<typeof EnterpriseEnergyBody>;

export const RevisionsQuery = z.strictObject({
  meter: Id,
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  cursor: z.iso.datetime().optional(),
});

export const QualityQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
});

export const ReadingsQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  cursor: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(1000),
});

export const RevisionBody = z.object({
  start: Instant,
  step: z.literal("15m"),
  register: z.string(),
  revision: z.int(),
  reason: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  grade: Grade.nullable(),
  knownAt: Instant,
});
export type RevisionBody = z.infer<typeof RevisionBody>;

export const QualityBody = z.object({
  from: Instant,
  to: Instant,
  slotsExpected: z.int(),
  coverage: z.number().nullable(),
  items: z.array(
    z.object({
      meterId: z.string(),
      slotsExpected: z.int(),
      slotsMeasured: z.int().describe("grade A"),
      slotsEstimated: z.int().describe("known by an estimate"),
      slotsMissing: z.int(),
      coverage: z.number(),
    }),
  ),
});
export type QualityBody = z.infer<typeof QualityBody>;

export const ReadingsBody = z.object({
  meterId: z.string(),
  items: z.array(
    z.object({
      ts: Instant,
      receivedAt: Instant,
      values: z.record(z.string(), z.union([z.number(), z.string()])),
      doubts: z
        .record(z.string(), z.enum(["uncertain", "bad"]))
        .describe("metrics that the device itself marked as less than good"),
      conflicts: z
        .array(z.string())
        .describe("metrics of which another reading of the same instant has another value"),
    }),
  ),
  next: z.string().nullable(),
});
export type ReadingsBody = z.infer<typeof ReadingsBody>;
