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
