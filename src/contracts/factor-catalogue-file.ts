import { z } from "zod";
import { evidenceMarks, factorKinds, purposeNames } from "./carbon-vocabulary.ts";
import { LocalText } from "./id.ts";

const Day = z.iso.date("must be a day such as 2026-11-25");
const factorIdPattern = /^[A-Za-z0-9][A-Za-z0-9.-]{1,99}$/;

const FactorInputs = z.strictObject({
  ncv: z.number().positive(),
  ncvUnit: z.enum(["GJ/t", "GJ/10^4Nm3", "kJ/kg", "kJ/m3", "kJ/kWh"]),
  carbonTPerGj: z.number().positive().max(1).optional(),
  oxidationFraction: z.number().positive().max(1).optional(),
});

/** What factors of one group have in common, and what each may say for itself. */
const shared = {
  kind: z.enum(factorKinds),
  subject: z.string().min(1).max(64),
  set: z.string().min(1).max(32),
  purposes: z.array(z.enum(purposeNames)).min(1),
  source: z.string(),
  region: z.string(),
  year: z.int().min(1990).max(2200),
  unit: z.enum([
    "kgCO2/kWh",
    "kgCO2e/kWh",
    "tCO2/GJ",
    "tCO2/t",
    "tCO2/10^4Nm3",
    "kgce/kg",
    "kgce/m3",
    "kgce/t",
    "kgce/MJ",
    "kgce/kWh",
    "kg/L",
    "kgCH4/kgCOD",
    "tCO2e/t",
    "-",
  ]),
  evidence: z.enum(evidenceMarks),
  confirmed: z.boolean(),
  validFrom: Day.nullable(),
  validTo: Day.nullable(),
  name: LocalText.describe("may contain {region}"),
  note: LocalText,
};

export const FactorRow = z.strictObject({
  ...z.strictObject(shared).partial().shape,
  id: z.string().regex(factorIdPattern, "an id has 2 to 100 letters, digits, dots and dashes"),
  value: z
    .number()
    .nonnegative()
    .nullable()
    .describe("null: it is known that nothing is published"),
  inputs: FactorInputs.optional(),
});
export type FactorRow = z.infer<typeof FactorRow>;

export const FactorGroup = z.strictObject({
  ...z.strictObject(shared).partial().shape,
  factors: z.array(FactorRow).min(1),
});
export type FactorGroup = z.infer<typeof FactorGroup>;

export const FactorSourceEntry = z.strictObject({
  document: z.string().min(1).max(300),
  number: z.string().min(1).max(200).optional(),
  date: Day.optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  readIn: LocalText.optional().describe("what was read instead of the document itself"),
});

/**
 * One version of a factor catalogue. A higher version of the same catalogue lists what is new or
 * corrected: a factor with a known id replaces the earlier one for new accounts, while accounts made
 * with the earlier one keep it.
 */
export const FactorCatalogueFile = z.strictObject({
  catalogue: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  version: z.int().min(1),
  issued: Day,
  sources: z.record(z.string(), FactorSourceEntry),
  regions: z.record(z.string(), LocalText),
  groups: z.array(FactorGroup).min(1),
});
export type FactorCatalogueFile = z.infer<typeof FactorCatalogueFile>;
