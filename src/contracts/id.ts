import { z } from "zod";

/** Ids of parks, gateways, devices and enterprises: they stand unescaped in topics, URLs and file names. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** An id that fits topics, URLs and file names; display names live in `name`. */
export const Id = z
  .string()
  .regex(idPattern, "an id has 1 to 64 characters out of A-Z a-z 0-9 _ -");

/** A text in the two languages of the platform; neither is a translation of lesser rank. */
export const LocalText = z.object({
  zh: z.string().min(1).max(200),
  en: z.string().min(1).max(200),
});
export type LocalText = z.infer<typeof LocalText>;
