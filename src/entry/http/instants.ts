import { DomainError } from "../../domain/errors.ts";
import { type Interval, instantMs, instantText } from "../../domain/time.ts";

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instantText(ms);
}

/** The instant of a text that the schema of the route has let through. */
export function msOf(instant: string): number {
  const ms = instantMs(instant);
  if (ms === null) throw new DomainError("invalid_instant", `${instant} is not an instant`);
  return ms;
}

export function intervalOf({ from, to }: { readonly from: string; readonly to: string }): Interval {
  return { startMs: msOf(from), endMs: msOf(to) };
}

/** What is left of an interval at a cursor, which cannot lead out of it. */
export function pagedInterval(span: {
  readonly from: string;
  readonly to: string;
  readonly cursor?: string | undefined;
}): Interval {
  const { startMs, endMs } = intervalOf(span);
  if (span.cursor === undefined) return { startMs, endMs };
  return { startMs: Math.max(startMs, msOf(span.cursor)), endMs };
}
