import { z } from "zod";
import { LocalText } from "./id.ts";

/** One quantity of the published data standard. */
export const DictionaryBody = z.object({
  id: z.string().describe("name of the metric or field"),
  type: z.enum(["register", "gauge", "text", "result"]),
  name: LocalText,
  unit: z.string().describe("empty: no unit, or it stands beside the figure"),
  min: z.number().nullable().describe("smallest value that is taken"),
  max: z.number().nullable(),
  deviceKinds: z.array(z.string()).describe("kinds of devices that report it"),
  formula: z.string().nullable(),
  source: z.string().nullable().describe("norm or page that the formula stands in"),
});
export type DictionaryBody = z.infer<typeof DictionaryBody>;
