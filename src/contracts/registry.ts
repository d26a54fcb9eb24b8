import { z } from "zod";
import { Id, LocalText, NameEntry } from "./id.ts";
import { CarrierName, EnterpriseFields, MeterFields, MeterRole, withMedium } from "./park-file.ts";

export const Instant = z.iso.datetime().describe("RFC 3339 in UTC");

/** Every list is a page; `next` is the cursor of the following one. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const PageQuery = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const ParkBody = z.object({
  id: z.string(),
  name: LocalText,
  shortName: LocalText,
  timezone: z.string(),
  location: z.object({ latitude: z.number(), longitude: z.number(), altitudeM: z.number() }),
  grid: z
    .object({ voltageKv: z.number(), importLimitKw: z.number(), exportLimitKw: z.number() })
    .nullable(),
  storage: z.array(
    z.object({
      id: z.string(),
      name: LocalText,
      powerMaxKw: z.number(),
      capacityKwh: z.number(),
      socMinFraction: z.number(),
      socMaxFraction: z.number(),
    }),
  ),
  loadGroups: z.array(z.object({ id: z.string(), name: LocalText, icon: z.string() })),
  simulated: z.enum(["none", "some", "all"]).describe("how many of the gateways are simulated"),
});
export type ParkBody = z.infer<typeof ParkBody>;

export const EnterpriseBody = z.object({
  id: z.string(),
  name: LocalText,
  industry: z.string().nullable(),
  creditCode: z.string().nullable(),
});
export type EnterpriseBody = z.infer<typeof EnterpriseBody>;

export const EnterprisePost = EnterpriseFields.extend({ name: NameEntry.nullish() });

export const GatewayPost = z.strictObject({
  id: Id,
  name: NameEntry.nullish(),
  simulated: z.boolean().nullish(),
});
export type GatewayPost = z.infer<typeof GatewayPost>;

/** May be left out as a whole. */
export const CredentialsPost = z
  .strictObject({
    simulated: z
      .boolean()
      .nullish()
      .describe("the simulators will use them; what the gateway sends is marked as simulated"),
  })
  .nullish();

export const GatewayBody = z.object({
  id: z.string(),
  name: LocalText,
  simulated: z.boolean(),
  /** null: it has never been connected since it was registered. */
  online: z.boolean().nullable(),
  lastAt: Instant.nullable(),
  hasCredentials: z.boolean(),
});
export type GatewayBody = z.infer<typeof GatewayBody>;

/** Shown once; only a digest of the password is kept. */
export const GatewayCredentials = z.object({
  id: z.string(),
  username: z.string(),
  password: z.string(),
});
export type GatewayCredentials = z.infer<typeof GatewayCredentials>;

const MeterPostFields = MeterFields.extend({ name: NameEntry.nullish() });
export const MeterPost = withMedium(MeterPostFields);

export const MetersQuery = PageQuery.extend({
  enterpriseId: Id.optional(),
  gatewayId: Id.optional(),
});

export const MeterBody = z.object({
  id: z.string(),
  gatewayId: z.string(),
  kind: z.string(),
  carrier: CarrierName,
  name: LocalText,
  enterpriseId: z.string().nullable(),
  parentId: z.string().nullable(),
  role: MeterRole,
  loadGroupId: z.string().nullable(),
  multiplier: z.number().describe("as registered"),
  multiplierInForce: z.number().describe("the dated multiplier that holds now"),
  registerDigits: z.int().nullable(),
  ratedMaxKw: z.number().nullable(),
  capacityKwh: z.number().nullable(),
  accuracyClass: z.number().nullable(),
  intervalS: z.int().nullable(),
  validFrom: Instant.nullable(),
  origin: z.enum(["park-file", "api"]),
  simulated: z.boolean(),
  registers: z.array(z.string()),
});
export type MeterBody = z.infer<typeof MeterBody>;

export const MeterCreated = MeterBody.extend({
  replayedSamples: z
    .int()
    .describe("samples that waited in quarantine for this device and were taken in now"),
});

export const QuarantineBody = z.object({
  id: z.string(),
  gatewayId: z.string().nullable(),
  deviceId: z.string().nullable(),
  code: z.string(),
  metric: z.string().nullable(),
  detail: z.string(),
  count: z.int(),
  firstAt: Instant,
  lastAt: Instant,
  topic: z.string(),
  payloadExcerpt: z.string(),
  payloadBytes: z.int(),
  adoptable: z.boolean().describe("an unknown device behind a known gateway"),
  guessedKind: z.string().nullable().describe("the device kind that its metric names fit best"),
});
export type QuarantineBody = z.infer<typeof QuarantineBody>;

/** What a quarantined device is registered as; its id and gateway are known already. */
export const AdoptionPost = withMedium(MeterPostFields.omit({ id: true, gatewayId: true }));
