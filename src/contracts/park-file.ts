import { z } from "zod";
import { deviceKindNames } from "./device-kinds.ts";
import { Id, LocalText } from "./id.ts";
import { ParameterDecision } from "./parameters.ts";

/** Part that a meter plays in the park's balance. */
export const MeterRole = z
  .enum(["grid", "pv", "direct", "storage", "load", "sub", "check"])
  .describe(
    "grid: connection to the public grid; pv, direct, storage: sources; load: counts an enterprise or facility once; sub: below a load meter, not counted again; check: beside another meter",
  );
export type MeterRole = z.infer<typeof MeterRole>;

export const CarrierName = z.enum([
  "electricity",
  "natural-gas",
  "hydrogen",
  "oxygen",
  "water",
  "heat",
  "cooling",
  "steam",
  "diesel",
  "lpg",
  "effluent",
  "none",
]);

const gasMedia = ["natural-gas", "hydrogen", "oxygen"] as const;

/** What is registered of one device. `POST /api/v1/meters` takes the same fields. */
export const MeterFields = z.strictObject({
  id: Id,
  gatewayId: Id,
  kind: z.enum(deviceKindNames),
  name: LocalText.nullish(),
  enterpriseId: Id.nullish(),
  parentId: Id.nullish().describe("the meter above it in the metering tree"),
  role: MeterRole.nullish(),
  carrier: CarrierName.nullish().describe("when it differs from the carrier of the kind"),
  medium: z
    .enum(gasMedia)
    .nullish()
    .describe(
      "what a gas meter measures; the same as its carrier, natural gas when neither is given",
    ),
  loadGroupId: Id.nullish().describe("group in the energy-flow picture"),
  multiplier: z
    .number()
    .positive()
    .max(1e9)
    .nullish()
    .describe(
      "CT ratio x PT ratio, default 1; for registers only, momentary values come in the unit of their name",
    ),
  registerDigits: z
    .int()
    .min(3)
    .max(15)
    .nullish()
    .describe("digits before the point; the register wraps at 10^digits"),
  ratedMaxKw: z
    .number()
    .positive()
    .max(1e7)
    .nullish()
    .describe("rated maximum of the metered quantity per hour, in kW for energy"),
  capacityKwh: z.number().positive().max(1e9).nullish().describe("storage devices only"),
  accuracyClass: z.number().positive().max(20).nullish().describe("class in percent, e.g. 0.5"),
  intervalS: z.int().min(1).max(86_400).nullish().describe("how often it reports"),
  validFrom: z.iso.datetime({ offset: true }).nullish(),
});
export type MeterFields = z.infer<typeof MeterFields>;

/** Only a gas meter has a medium, and it is its carrier. */
export function withMedium<
  Schema extends z.ZodType<Pick<MeterFields, "kind" | "carrier" | "medium">>,
>(meter: Schema): Schema {
  return meter.refine(
    ({ kind, carrier, medium }) =>
      medium == null || (kind === "gas-meter" && (carrier ?? medium) === medium),
    { path: ["medium"], error: "only a gas-meter has a medium, and its carrier is the same" },
  );
}

export const industries = [
  "bottled-water",
  "brewery",
  "tibetan-medicine",
  "building-materials",
  "logistics",
  "cold-chain",
  "food",
  "computing",
  "pv-assembly",
  "oxygen-hydrogen",
  "office",
  "utility",
] as const;

export const EnterpriseFields = z.strictObject({
  id: Id,
  name: LocalText,
  industry: z.enum(industries).nullish(),
  creditCode: z
    .string()
    .regex(/^[0-9A-Z]{18}$/)
    .nullish()
    .describe("统一社会信用代码, 18 characters"),
});
export type EnterpriseFields = z.infer<typeof EnterpriseFields>;

/** A meter that is worked out from registers of others; `POST /api/v1/virtual-meters` takes the same. */
export const VirtualMeterFields = z.strictObject({
  id: Id,
  name: LocalText.nullish(),
  enterpriseId: Id.nullish(),
  formula: z
    .string()
    .min(1)
    .max(2000)
    .describe('references in quotes: "m-1.importKwh" - 0.5 * "virtual:halls"'),
});

/** A park is a file: everything that makes one park differ from another, and nothing else. */
export const ParkFile = z.strictObject({
  id: Id,
  name: LocalText,
  shortName: LocalText.optional(),
  timezone: z.string().default("Asia/Shanghai"),
  location: z.strictObject({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    altitudeM: z.number().min(-500).max(9000),
  }),
  grid: z
    .strictObject({
      voltageKv: z.number().positive(),
      importLimitKw: z.number().positive(),
      exportLimitKw: z.number().nonnegative(),
    })
    .optional(),
  storage: z
    .array(
      z.strictObject({
        id: Id,
        name: LocalText,
        powerMaxKw: z.number().positive(),
        capacityKwh: z.number().positive(),
        socMinFraction: z.number().min(0).max(1).default(0.1),
        socMaxFraction: z.number().min(0).max(1).default(0.95),
      }),
    )
    .default([]),
  loadGroups: z
    .array(z.strictObject({ id: Id, name: LocalText, icon: z.string().max(32) }))
    .default([]),
  enterprises: z.array(EnterpriseFields).default([]),
  gateways: z.array(z.strictObject({ id: Id, name: LocalText.optional() })).default([]),
  meters: z.array(withMedium(MeterFields)).default([]),
  accounting: z
    .strictObject({
      closeMonthsOnDay: z
        .int()
        .min(10)
        .max(28)
        .describe("day of the next month on which a month closes by itself"),
    })
    .optional()
    .describe("without it months are closed by people only"),
  virtualMeters: z.array(VirtualMeterFields).default([]),
  parameters: z
    .array(ParameterDecision)
    .default([])
    .describe("how the park reads what the accounting rules leave open"),
});
export type ParkFile = z.infer<typeof ParkFile>;
