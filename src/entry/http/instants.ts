import { instantText } from "../../domain/time.ts";

export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instantText(ms);
}
