import { z } from "zod";
import { Grade } from "./energy.ts";
import { Id, LocalText, NameEntry } from "./id.ts";
import { VirtualMeterFields } from "./park-file.ts";
import { Instant } from "./registry.ts";

export const VirtualMeterPost = VirtualMeterFields.extend({ name: NameEntry.nullish() });

export const VirtualMeterBody = z.object({
  id: Id,
  name: LocalText,
  enterpriseId: z.string().nullable(),
  formula: z.string(),
  unit: z.string(),
  registers: z
    .array(z.object({ meterId: z.string(), register: z.string() }))
    .describe("what it is worked out from, with other virtual meters put in"),
  problem: z.string().nullable().describe("why it can no longer be worked out"),
  origin: z.enum(["park-file", "api"]),
});
export type VirtualMeterBody = z.infer<typeof VirtualMeterBody>;

export const VirtualEnergyQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  step: z.enum(["15m", "1h", "1d", "1mo"]).default("15m"),
  asOf: z.iso.datetime({ offset: true }).optional(),
});

const figures = {
  amount: z
    .number()
    .nullable()
    .describe("null when an operand is not known, never worked out with 0"),
  grade: Grade.nullable().describe("of the worst operand"),
  coverage: z.number(),
  estimatedFraction: z.number(),
  missingSlots: z.int(),
};

export const VirtualEnergyBody = z.object({
  id: z.string(),
  unit: z.string(),
  step: z.enum(["15m", "1h", "1d", "1mo"]),
  slots: z.array(z.object({ start: Instant, ...figures })),
  total: z.object(figures),
});
export type VirtualEnergyBody = z.infer<typeof VirtualEnergyBody>;
