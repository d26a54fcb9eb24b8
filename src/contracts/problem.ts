import { z } from "zod";

/** Error body of every route (RFC 9457). Clients branch on `code`; texts may change. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  /** What the caller can do about it. */
  remedy: z.string().optional(),
  instance: z.string().optional(),
  errors: z
    .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
    .optional(),
});
export type Problem = z.infer<typeof Problem>;
