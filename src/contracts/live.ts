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
  supplyKw: Kw,
  unallocatedKw: Kw.describe("supply − load − charging: losses and what no meter sees"),
  unallocatedBandKw: Kw.describe(
    "half width from the accuracy classes, root of the sum of squares",
  ),
  withinBand: z.boolean().nullable(),
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
      dischargeableKwh: z.number().nullable(),
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

export const Freshness = z.object({
  devicesTotal: z.int(),
  devicesFresh: z.int(),
  devicesNever: z.int().describe("registered, but nothing has ever arrived"),
  completenessFraction: z
    .number()
    .nullable()
    .describe("share of today's closed meter slots that are measured"),
  delayS: z.number().nullable().describe("age of the newest sample of the median device"),
});
export type Freshness = z.infer<typeof Freshness>;

export const LiveSnapshot = z.object({
  at: Instant,
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
  slots: z.int(),
  revised: z.int().describe("of these, slots that had a figure before"),
});
export type SlotEvent = z.infer<typeof SlotEvent>;
