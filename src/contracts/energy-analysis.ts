import { z } from "zod";
import { Grade } from "./energy.ts";
import { LocalText } from "./id.ts";
import { CarrierName } from "./park-file.ts";
import { Instant } from "./registry.ts";

const ScopeText = z.string().min(4).max(80).describe("meter:ID, enterprise:ID or park");
const AsOf = z.iso
  .datetime({ offset: true })
  .optional()
  .describe("answer as the ledger was known at this instant");

export const DemandQuery = z.strictObject({
  scope: ScopeText,
  month: z.string().max(10).describe("2026-11, in park time"),
  asOf: AsOf,
});

const DemandBlockBody = z.object({
  start: Instant,
  powerKw: z.number().describe("energy of the quarter hour × 4"),
  grade: Grade.nullable(),
  coverage: z.number(),
  estimatedFraction: z.number(),
});

/** `GET /api/v1/energy/demand`: the largest quarter hour of a month. */
export const DemandBody = z.object({
  scope: z.string(),
  month: z.string(),
  from: Instant,
  to: Instant.describe("end of the newest quarter hour that has passed in the month"),
  unit: z.literal("kW"),
  blockMinutes: z.literal(15),
  register: z.string().describe("whose energy makes the blocks"),
  maximum: DemandBlockBody.nullable().describe("largest block that is measured as a whole"),
  estimatedMaximum: DemandBlockBody.nullable().describe(
    "a larger block of which a part is estimated or missing; it is no demand that is billed",
  ),
  meanKw: z.number().nullable(),
  loadFactor: z.number().nullable().describe("mean over maximum of the measured blocks"),
  blocksExpected: z.int(),
  blocksMeasured: z.int(),
  coverage: z.number().nullable(),
  grade: Grade.nullable(),
  meterMaxDemand: z
    .object({
      maxDemandKw: z.number(),
      day: Instant.describe("day that the value is the newest of"),
    })
    .nullable()
    .describe("what the meter itself holds, for the scope of one meter"),
  meters: z.array(z.string()),
});
export type DemandBody = z.infer<typeof DemandBody>;

export const BalanceQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  carrier: CarrierName.optional(),
  scope: z
    .string()
    .min(4)
    .max(80)
    .default("park")
    .describe("park, or meter:ID for the island or feeder below a meter"),
  asOf: AsOf,
});

/** In and out of a place over the quarter hours that all of its meters know. */
const BalanceFigures = z.object({
  in: z.number(),
  out: z.number(),
  imbalance: z.number().describe("in − out"),
  imbalanceFraction: z.number().nullable().describe("of what came in"),
  lossAllowance: z.number().describe("what the network may lose; an allowance, not a measurement"),
  loss: z.number().describe("part of the imbalance that the allowance explains"),
  unmetered: z.number().describe("part of the imbalance above the allowance"),
  band: z.number().describe("root sum of squares of the meters' largest errors"),
  expected: z.number().describe("middle of the expected range"),
  halfWidth: z.number().describe("half of the width of the expected range"),
  excess: z
    .number()
    .describe("how far the imbalance lies outside of the expected range; the only finding"),
  estimatedFraction: z.number(),
});

const BalanceTermBody = z.object({
  meterId: z.string(),
  register: z.string(),
  side: z.enum(["in", "out"]),
  amount: z.number(),
  error: z.number().describe("largest error of the amount, either way"),
  estimatedAmount: z.number(),
  grade: Grade.nullable(),
  coverage: z.number(),
});

const BalancePlaceBody = z.object({
  id: z.string().describe("boundary:CARRIER, node:METER or check:METER"),
  type: z.enum(["boundary", "node", "check"]),
  carrier: CarrierName,
  unit: z.string(),
  meterId: z.string().nullable(),
  name: LocalText.nullable(),
  verdict: z
    .enum(["within", "surplus", "deficit", "unmetered", "not-judged"])
    .describe(
      "surplus: more came in than went out; unmetered: the same below a consumer's meter, no finding; not-judged: see reason",
    ),
  reason: z.enum(["no_common_quarter", "different_units"]).nullable(),
  main: z
    .number()
    .nullable()
    .describe("net amount through the balanced meter; null for a boundary"),
  parts: z.number().nullable().describe("net amount of the meters below or beside it"),
  balance: BalanceFigures.nullable(),
  lossAllowanceFraction: z.number(),
  grade: Grade.nullable(),
  slotsExpected: z.int(),
  slotsCompared: z.int().describe("quarter hours that every meter of the place has a figure of"),
  coverage: z.number().nullable().describe("compared over expected quarter hours"),
  missingMeters: z.array(z.string()).describe("meters without a figure in some quarter hour"),
  terms: z.array(BalanceTermBody),
});

/** `GET /api/v1/energy/balance`: what should be equal, and by how much it is not. */
export const BalanceBody = z.object({
  scope: z.string(),
  from: Instant,
  to: Instant.describe("end of the newest quarter hour that has passed in the interval"),
  places: z.array(BalancePlaceBody),
  water: z
    .object({
      nights: z.array(
        z.object({
          meterId: z.string(),
          night: Instant.describe("start of the hours that were searched"),
          hour: Instant.nullable().describe("start of the quietest hour"),
          inM3: z.number().nullable(),
          meteredM3: z.number().nullable(),
          bandM3: z.number().nullable(),
          excessM3: z.number().nullable().describe("through no meter, beyond the meters' errors"),
          verdict: z.enum(["within", "surplus", "deficit", "unmetered", "not-judged"]),
        }),
      ),
      reuse: z
        .object({
          reusedM3: z.number(),
          freshM3: z.number(),
          reuseFraction: z.number().nullable(),
          coverage: z.number().nullable(),
          grade: Grade.nullable(),
          missingMeters: z.array(z.string()),
        })
        .nullable(),
    })
    .nullable()
    .describe("for the whole park, when water is asked for; else null"),
});
export type BalanceBody = z.infer<typeof BalanceBody>;

export const FlowsQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  carrier: CarrierName.default("electricity"),
  asOf: AsOf,
});

/** `GET /api/v1/energy/flows`: nodes and links of the energy picture. */
export const FlowsBody = z.object({
  carrier: CarrierName,
  unit: z.string(),
  from: Instant,
  to: Instant.describe("end of the newest quarter hour that has passed in the interval"),
  nodes: z.array(
    z.object({
      id: z.string(),
      type: z.enum([
        "source",
        "storage",
        "storage-balance",
        "bus",
        "export",
        "load-group",
        "enterprise",
        "compute",
        "overhead",
        "unmetered",
        "excess-metered",
      ]),
      name: LocalText,
      refId: z.string().nullable().describe("load group or enterprise"),
      amount: z.number(),
    }),
  ),
  links: z
    .array(z.object({ from: z.string(), to: z.string(), amount: z.number() }))
    .describe("every node between source and use gives what it takes"),
  slotsExpected: z.int(),
  slotsShown: z.int().describe("quarter hours of which the whole supply is known"),
  coverage: z.number().nullable(),
  grade: Grade.nullable(),
  missingMeters: z
    .array(z.string())
    .describe("load meters that lack figures; their use is in the unmetered part"),
});
export type FlowsBody = z.infer<typeof FlowsBody>;
