import { z } from "zod";

/** Ids of parks, gateways, devices and enterprises: they stand unescaped in topics, URLs and file names. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** An id that fits topics, URLs and file names; display names live in `name`. */
export const Id = z
  .string()
  .regex(idPattern, "an id has 1 to 64 characters out of A-Z a-z 0-9 _ -");

/** A line of text for people: no line breaks or other control characters. */
const Line = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, "a name is one line without control characters");

/** A text in the two languages of the platform; neither is a translation of lesser rank. */
export const LocalText = z.object({ zh: Line, en: Line });
export type LocalText = z.infer<typeof LocalText>;

/** A name as a person enters it: in both languages, or one text that serves for both. */
export const NameEntry = z.union([LocalText, Line]);
export type NameEntry = z.infer<typeof NameEntry>;
