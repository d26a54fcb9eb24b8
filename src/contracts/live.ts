import { z } from "zod";
import { Instant } from "./registry.ts";

const Value = z.union([z.number(), z.string()]);

/** Last known state of one device. Values older than three intervals are stale, never dropped. */
export const LiveDevice = z.object({
  id: z.string(),
  at: Instant.nullable().describe("instant of the newest sample"),
  receivedAt: Instant.nullable(),
  stale: z.boolean(),
  values: z.record(z.string(), Value),
  /** Names of metrics that the device itself marked uncertain or bad. */
  doubtful: z.array(z.string()),
});
export type LiveDevice = z.infer<typeof LiveDevice>;

const Kw = z.number().nullable();

/** Instantaneous balance of the park; null where any meter that it needs is silent. */
export const LiveFlow = z.object({
  gridKw: Kw.describe("positive = import"),
  directKw: Kw,
  pvKw: Kw,
  storageKw: Kw.describe("positive = charging"),
  loadKw: Kw,
  supplyKw: Kw.describe("what comes onto the bus: import, direct line, PV, discharge"),
  unallocatedKw: Kw.describe(
    "supply − load − charging − export: losses and what no meter sees; negative when meters see more than comes in",
  ),
  unallocatedBandKw: Kw.describe(
    "half width, root of the sum of squares of what each meter's accuracy class allows (class 2 when none is stated) and of how far its power moved at its last reading, because meters do not report at the same instant",
  ),
  lossAllowanceKw: Kw.describe("what cables and transformers may lose, 2 % of the supply"),
  withinBand: z
    .boolean()
    .nullable()
    .describe("whether −band ≤ unallocated ≤ loss allowance + band; null when that is not known"),
  pvFromCheckMeter: z
    .boolean()
    .describe("a plant is silent, so pvKw is what the check meter above the plants says (grade C)"),
  groups: z.array(
    z.object({
      id: z.string(),
      powerKw: Kw,
      devices: z.int(),
      silent: z.int().describe("devices without a fresh value; their power is not in powerKw"),
    }),
  ),
  pvPlants: z.array(
    z.object({
      id: z.string(),
      powerKw: Kw,
      ratedMaxKw: z.number().nullable(),
      stale: z.boolean(),
    }),
  ),
  storage: z
    .object({
      id: z.string(),
      powerKw: Kw,
      socFraction: z.number().nullable(),
      dischargeableKwh: z
        .number()
        .nullable()
        .describe("stored above socMinFraction in the fresh units, before conversion losses"),
      capacityKwh: z.number(),
      powerMaxKw: z.number(),
      socMinFraction: z.number(),
      socMaxFraction: z.number(),
      unitsTotal: z.int(),
      unitsFresh: z.int(),
      sohFraction: z.number().nullable(),
    })
    .nullable(),
  heat: z.object({ sourceKw: Kw, deliveredKw: Kw }),
  water: z.object({ intakeM3PerH: Kw, effluentM3PerH: Kw }),
  weather: z.object({
    irradianceWPerM2: z.number().nullable(),
    ambientCelsius: z.number().nullable(),
  }),
});
export type LiveFlow = z.infer<typeof LiveFlow>;

const Freshness = z.object({
  devicesTotal: z.int(),
  devicesFresh: z.int(),
  devicesNever: z.int().describe("registered, but nothing has ever arrived"),
  completenessFraction: z
    .number()
    .nullable()
    .describe("share of today's closed meter slots that are measured"),
  delayS: z.number().nullable().describe("age of the newest sample of the median device"),
});

export const LiveSnapshot = z.object({
  at: Instant,
  eventId: z
    .string()
    .describe("place in the stream: GET /live/events?after=… goes on from here without a gap"),
  parkId: z.string(),
  simulated: z.enum(["none", "some", "all"]),
  freshness: Freshness,
  flow: LiveFlow,
  devices: z.array(LiveDevice),
});
export type LiveSnapshot = z.infer<typeof LiveSnapshot>;

/** SSE `reading`: what changed since the last event, at most one a second. */
export const ReadingEvent = z.object({
  at: Instant,
  devices: z.array(LiveDevice),
  flow: LiveFlow,
  freshness: Freshness,
});
export type ReadingEvent = z.infer<typeof ReadingEvent>;

/** SSE `slot`: quarter hours that were closed or restated. */
export const SlotEvent = z.object({
  meterIds: z.array(z.string()),
  from: Instant,
  to: Instant,
  slots: z.int().nullable().describe("null when other tenants' slots were closed with them"),
  revised: z.int().nullable().describe("of these, slots that had a figure before"),
});
export type SlotEvent = z.infer<typeof SlotEvent>;

/** SSE `restatement`: days that were restated; GET /restatements tells before, after and reason. */
export const RestatementEvent = z.object({
  meterIds: z.array(z.string()),
  from: Instant.describe("start of the earliest day"),
  to: Instant.describe("end of the latest day"),
  reasons: z.array(z.string()),
  restatements: z.int(),
});
export type RestatementEvent = z.infer<typeof RestatementEvent>;

/** SSE `status`: sent when something of it has changed. */
export const StatusEvent = z.object({
  at: Instant,
  ready: z.boolean(),
  degraded: z.array(z.string()),
  failing: z.array(z.string()),
  simulated: z.enum(["none", "some", "all"]),
  devicesTotal: z.int(),
  quarantinedTotal: z.int().describe("refusals since the service started"),
});
export type StatusEvent = z.infer<typeof StatusEvent>;

/** SSE `resync`: events were missed for good; read `GET /live` and what you hold of slots again. */
export const ResyncEvent = z.object({ at: Instant });

export const LiveEventsQuery = z.strictObject({
  after: z
    .string()
    .max(100)
    .optional()
    .describe("an event id to go on from; a Last-Event-ID header counts before it"),
});
