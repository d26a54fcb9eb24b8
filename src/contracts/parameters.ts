import { z } from "zod";
import { LocalText } from "./id.ts";

export const ParameterQuery = z.object({
  on: z.iso.date().optional().describe("day on which they count; absent: today in park time"),
});

/** One open question of the accounting rules, how the park reads it, and since when. */
export const ParameterBody = z.object({
  id: z.string().describe("D1 to D17, see docs/accounting.md"),
  question: LocalText,
  answer: LocalText.describe("the default reading"),
  source: z.string().describe("what the default rests on"),
  validFrom: z.string(),
  values: z.array(
    z.object({
      parameter: z.string(),
      value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).nullable(),
      isDefault: z.boolean(),
      validFrom: z.string().nullable().describe("day of the park's decision; null: the default"),
      source: z.string().nullable().describe("of the park's decision"),
    }),
  ),
});
export type ParameterBody = z.infer<typeof ParameterBody>;

const decision = {
  validFrom: z.iso
    .date("must be a day such as 2026-01-01")
    .describe("first day on which it counts"),
  source: z.string().min(1).max(300).describe("who decided it, where it is written"),
};

/** A park's own reading of an open question, from a day on; the park file lists them. */
export const ParameterDecision = z.discriminatedUnion("parameter", [
  z.strictObject({
    parameter: z.literal("residualFactor"),
    value: z.enum(["park-residual", "fossil-power"]),
    ...decision,
  }),
  z.strictObject({
    parameter: z.literal("equivalentKgcePerKwh"),
    value: z.number().positive().max(10),
    ...decision,
  }),
  z.strictObject({
    parameter: z.literal("provisionalLimitTCo2PerTce"),
    value: z.number().positive().max(10),
    ...decision,
  }),
  z.strictObject({
    parameter: z.literal("isSelfUseDirectSupply"),
    value: z.boolean(),
    ...decision,
  }),
  z.strictObject({
    parameter: z.literal("provincialAllocation"),
    value: z.number().min(0).max(1),
    ...decision,
  }),
  z.strictObject({ parameter: z.literal("isFeedstockCounted"), value: z.boolean(), ...decision }),
  z.strictObject({
    parameter: z.literal("fuelFactorSets"),
    value: z.array(z.string().min(1).max(32)).min(1).max(10),
    ...decision,
  }),
]);
export type ParameterDecision = z.infer<typeof ParameterDecision>;
