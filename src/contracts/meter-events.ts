import { z } from "zod";
import { Id } from "./id.ts";
import { Instant } from "./registry.ts";

const At = z.iso.datetime({ offset: true });
const Reason = z.string().trim().min(1).max(500);
const Value = z.number().min(0).max(1e12);

/** A value of the main register, or of several registers by their names. */
const Stand = z.union([Value, z.record(z.string().max(40), Value)]);

const Replacement = z.strictObject({
  type: z.literal("replacement"),
  at: At.describe("readings with `ts` up to and including it belong to the old meter"),
  oldFinal: Stand.nullish().describe("what the old meter stood at; unknown: null"),
  newInitial: Stand.nullish().describe("what the new meter stood at; it may be any value"),
  multiplier: z.number().positive().max(1e6).nullish().describe("of the new meter, if another"),
  reason: Reason.nullish(),
});

const Reset = z.strictObject({
  type: z.literal("reset"),
  at: At.describe("the register was cleared or set after this instant"),
  oldFinal: Stand.nullish(),
  newInitial: Stand.nullish(),
  reason: Reason.nullish(),
});

const Multiplier = z.strictObject({
  type: z.literal("multiplier"),
  at: At.describe("in force from here on, up to the next dated one"),
  value: z.number().positive().max(1e6),
  reason: Reason,
});

const Invalidation = z.strictObject({
  type: z.literal("invalidation"),
  at: At,
  to: At.describe("register readings from `at` to `to`, both included, count for nothing"),
  reason: Reason,
});

const Calibration = z.strictObject({
  type: z.literal("calibration"),
  at: At,
  validUntil: At.nullish(),
  certificate: z.string().max(200).nullish(),
  accuracyClass: z.number().positive().max(10).nullish(),
  reason: Reason.nullish(),
});

const Withdrawal = z.strictObject({
  type: z.literal("withdrawal"),
  eventId: z.string().max(64).describe("the event that was recorded in error"),
  reason: Reason,
});

export const MeterEventPost = z.discriminatedUnion("type", [
  Replacement,
  Reset,
  Multiplier,
  Invalidation,
  Calibration,
  Withdrawal,
]);
export type MeterEventPost = z.infer<typeof MeterEventPost>;

const Registers = z.record(z.string(), z.number());

export const MeterEventBody = z.object({
  id: z.string(),
  meterId: z.string(),
  type: z.enum(["replacement", "reset", "multiplier", "invalidation", "calibration", "withdrawal"]),
  at: Instant,
  reason: z.string().nullable(),
  recordedAt: Instant,
  recordedBy: z.string(),
  inForce: z.boolean().describe("false once it has been withdrawn"),
  oldFinal: Registers.optional(),
  newInitial: Registers.optional(),
  multiplier: z.number().nullable().optional(),
  value: z.number().optional(),
  to: Instant.optional(),
  validUntil: Instant.nullable().optional(),
  certificate: z.string().nullable().optional(),
  accuracyClass: z.number().nullable().optional(),
  eventId: z.string().optional(),
});
export type MeterEventBody = z.infer<typeof MeterEventBody>;

export const TasksQuery = z.strictObject({
  state: z.enum(["open", "closed"]).optional(),
  meter: Id.optional(),
});

/** Something that a person has to decide. */
export const TaskBody = z.object({
  id: z.string(),
  kind: z.literal("register_drop"),
  meterId: z.string(),
  register: z.string(),
  lastAt: Instant.describe("the last reading before the fall"),
  before: z.number(),
  at: Instant.describe("the first reading after it"),
  after: z.number(),
  openedAt: Instant,
  closedAt: Instant.nullable(),
  remedy: z.string(),
});
export type TaskBody = z.infer<typeof TaskBody>;
