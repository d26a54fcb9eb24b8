import { z } from "zod";

/** Set-point for a device; it expires by itself and then falls back. */
export const Command = z.strictObject({
  id: z.string().min(1).max(64),
  setpoint: z.record(z.string().min(1).max(64), z.number()),
  validFrom: z.iso.datetime({ offset: true }),
  validTo: z.iso.datetime({ offset: true }),
  fallback: z.enum(["hold", "zero"]),
});
export type Command = z.infer<typeof Command>;

export const CommandAck = z.strictObject({
  id: z.string().min(1).max(64),
  status: z.enum(["accepted", "rejected", "done"]),
  reason: z.string().max(500).optional(),
});
export type CommandAck = z.infer<typeof CommandAck>;
