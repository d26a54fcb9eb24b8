import { z } from "zod";
import { Grade } from "./energy.ts";
import { Id, LocalText, NameEntry } from "./id.ts";
import { Instant } from "./registry.ts";

const Day = z.iso.date("must be a day such as 2026-01-01");
const Clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "must be a clock time from 00:00 to 24:00");

/** Prices and shares have at most six decimals, so that bills are exact. */
const sixDecimals = (value: number): boolean => /^-?\d+(?:\.\d{1,6})?$/.test(String(value));
const Price = z.number().min(-1e6).max(1e6).refine(sixDecimals, "has at most six decimals");

const PeriodLabel = z
  .enum(["all", "sharp", "peak", "flat", "valley", "deep-valley"])
  .describe("尖 sharp, 峰 peak, 平 flat, 谷 valley, 深谷 deep-valley; all: one price");
const DayTypeName = z.enum(["weekday", "weekend", "holiday"]);

const Zone = z.strictObject({
  from: Clock,
  to: Clock.describe("over midnight when it is not after `from`"),
  period: PeriodLabel.default("flat"),
  priceCnyPerKwh: Price,
  months: z.array(z.int().min(1).max(12)).min(1).nullish().describe("absent: every month"),
  dayTypes: z.array(DayTypeName).min(1).nullish().describe("absent: every day"),
});

const ruleFields = {
  base: z
    .strictObject({ priceCnyPerKwh: Price, period: PeriodLabel.default("all") })
    .nullish()
    .describe(
      "price where no zone lies; the zones lie over it and a later one wins. Without a base the zones must fill every day exactly",
    ),
  zones: z.array(Zone).max(200).default([]),
};
const Rule = z.strictObject(ruleFields);

const Target = z
  .string()
  .regex(/^(?:\*|park|(?:enterprise|meter):(?:\*|[A-Za-z0-9_-]{1,64}))$/)
  .describe("park, enterprise:ID, meter:ID, enterprise:*, meter:* or *");

const tariffFields = {
  id: Id,
  validFrom: Day.describe("first day on which it counts, in park time"),
  validTo: Day.nullish().describe("first day on which it no longer counts; absent: until the next"),
  source: z.string().min(1).max(300).describe("document and number that the prices stand in"),
  appliesTo: z.array(Target).min(1).max(200),
  energy: Rule,
  charges: z
    .array(z.strictObject({ name: NameEntry, ...ruleFields }))
    .max(20)
    .default([])
    .describe("added to the price: transmission, funds, premium"),
  factor: z
    .number()
    .positive()
    .max(10)
    .refine(sixDecimals, "has at most six decimals")
    .default(1)
    .describe("on prices and charges, 1.13 where 13 % of tax come on top"),
  basic: z
    .discriminatedUnion("basis", [
      z.strictObject({
        basis: z.literal("maximum-demand"),
        priceCnyPerKwMonth: Price,
        floorKw: z.number().min(0).max(1e7).default(0).describe("least demand that is paid for"),
      }),
      z.strictObject({
        basis: z.literal("transformer-capacity"),
        priceCnyPerKvaMonth: Price,
        capacityKva: z.number().positive().max(1e7),
      }),
    ])
    .nullish(),
  powerFactor: z
    .array(
      z.strictObject({
        atLeast: z.number().min(0).max(1),
        percent: z.number().min(-100).max(1000).describe("of energy and basic charge"),
      }),
    )
    .min(1)
    .max(200)
    .nullish()
    .describe("力调 table, from the largest power factor down to 0"),
  tiers: z
    .array(z.strictObject({ fromKwh: z.number().min(0), addCnyPerKwh: Price }))
    .max(20)
    .default([])
    .describe("added to each kWh of a month above a threshold; the first one from 0"),
  holidays: z.array(Day).max(1000).default([]),
  workdays: z.array(Day).max(1000).default([]).describe("weekend days that are worked"),
};

export const TariffPost = z.strictObject({
  ...tariffFields,
  name: NameEntry.nullish(),
  correction: z
    .string()
    .min(1)
    .max(300)
    .nullish()
    .describe("why the tariff of this id and day was wrong; makes a new revision"),
});
export type TariffPost = z.infer<typeof TariffPost>;

export const TariffBody = z.object({
  ...tariffFields,
  name: LocalText,
  charges: z.array(z.object({ name: LocalText, ...ruleFields })),
  revision: z.int(),
  recordedAt: Instant,
  recordedBy: z.string(),
  correction: z.string().nullable(),
  superseded: z.boolean().describe("a later revision has taken its place"),
});
export type TariffBody = z.infer<typeof TariffBody>;

export const CostQuery = z.strictObject({
  scope: z.string().min(4).max(80).describe("meter:ID, enterprise:ID or park"),
  period: z.string().max(10).describe("2026, 2026-11 or 2026-11-22, in park time"),
  asOf: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("answer as ledger and tariffs were known at this instant"),
});

/** What keeps an amount from being known. */
const Gap = z.enum(["tariff", "energy", "demand", "reactive"]);

const CostLine = z.object({
  part: z.enum(["energy", "charge", "tier", "basic", "power-factor"]),
  name: LocalText.nullable().describe("of a charge"),
  period: PeriodLabel.nullable(),
  month: z.string().nullable(),
  quantity: z.number().nullable().describe("of a power-factor line the power factor"),
  unit: z.enum(["kWh", "kW", "kVA", ""]),
  priceCny: z.number().nullable().describe("of a unit, before the factor"),
  percent: z.number().nullable().describe("of a power-factor line"),
  factor: z.number(),
  splitKwh: z.number().describe("energy of quarter hours that a boundary divides, split by time"),
  amountFen: z.int().nullable().describe("rounded once, halves away from zero"),
  missing: Gap.nullable(),
  tariff: z.object({
    id: z.string(),
    validFrom: z.string(),
    revision: z.int(),
    source: z.string(),
  }),
});

/** `GET /api/v1/energy/cost`: the bill of a period. */
export const CostBody = z.object({
  scope: z.string(),
  period: z.string(),
  from: Instant,
  to: Instant.describe("end of the newest quarter hour that has passed in the period"),
  complete: z.boolean().describe("whether the whole period has passed"),
  currency: z.literal("CNY"),
  totalFen: z.int().nullable().describe("null: something is missing, see `missing`"),
  knownFen: z.int().describe("sum of the lines that are known"),
  missing: Gap.nullable(),
  unpricedDays: z.array(z.string()).describe("days without a tariff in force"),
  energy: z.object({
    register: z.string(),
    kwh: z.number().nullable(),
    coverage: z.number().nullable(),
    grade: Grade.nullable(),
    estimatedFraction: z.number(),
    missingSlots: z.int(),
  }),
  lines: z.array(CostLine),
});
export type CostBody = z.infer<typeof CostBody>;
