import { z } from "zod";
import { evidenceMarks, factorKinds, purposeNames } from "./carbon-vocabulary.ts";
import { LocalText } from "./id.ts";
import { PageQuery } from "./registry.ts";

/** Query of `GET /api/v1/factors`; every filter narrows the list. */
export const FactorQuery = PageQuery.extend({
  kind: z.enum(factorKinds).optional(),
  purpose: z.enum(purposeNames).optional(),
  subject: z.string().max(64).optional(),
  set: z.string().max(32).optional(),
  region: z.string().max(32).optional(),
  year: z.coerce.number().int().optional(),
  evidence: z.enum(evidenceMarks).optional(),
  confirmed: z.enum(["true", "false"]).optional(),
});
export type FactorQuery = z.infer<typeof FactorQuery>;

export const FactorBody = z.object({
  id: z.string(),
  catalogue: z.string(),
  version: z.int(),
  kind: z.enum(factorKinds),
  subject: z.string(),
  set: z.string().nullable(),
  purposes: z.array(z.enum(purposeNames)),
  region: z.string(),
  year: z.int().nullable(),
  validFrom: z.string().nullable(),
  validTo: z.string().nullable(),
  value: z.number().nullable().describe("null: it is known that nothing is published"),
  unit: z.string(),
  inputs: z
    .object({
      ncv: z.number(),
      ncvUnit: z.string(),
      carbonTPerGj: z.number().nullable(),
      oxidationFraction: z.number().nullable(),
    })
    .nullable(),
  name: LocalText,
  note: LocalText.nullable(),
  source: z.object({
    id: z.string(),
    document: z.string(),
    number: z.string().nullable(),
    date: z.string().nullable(),
    url: z.string().nullable(),
    readIn: LocalText.nullable().describe("what was read instead of the document itself"),
  }),
  evidence: z.enum(evidenceMarks),
  confirmed: z.boolean(),
});
export type FactorBody = z.infer<typeof FactorBody>;
