import { z } from "zod";
import { Instant } from "./registry.ts";

export const SocQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
});

/** `GET /api/v1/storage/{id}/soc`: state of charge of a station, quarter hour by quarter hour. */
export const SocBody = z.object({
  storageId: z.string(),
  step: z.literal("15m"),
  items: z.array(
    z.object({
      start: Instant,
      socFraction: z
        .number()
        .nullable()
        .describe("newest report within the quarter hour, weighted by capacity; null when none"),
      coverage: z.number().describe("share of the capacity whose state is known"),
    }),
  ),
});
export type SocBody = z.infer<typeof SocBody>;
