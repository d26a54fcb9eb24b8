import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { Json, JsonObject } from "../domain/audit/canonical-json.ts";
import type { Principal } from "../domain/principal.ts";
import type { Clock } from "./ports.ts";

/** What a use case says of its own change; who, when and for whom come from principal and clock. */
export interface Deed {
  readonly action: string;
  readonly object: string | null;
  /** What was there before and what is there now; the chain keeps digests of both. */
  readonly before?: object;
  readonly after?: object;
  readonly detail?: JsonObject;
  readonly result?: AuditNote["result"];
}

/** The entry of something that the principal did. */
export function auditNote(
  principal: Principal,
  clock: Pick<Clock, "nowMs">,
  { before, after, ...deed }: Deed,
): AuditNote {
  return {
    result: "done",
    ...deed,
    ...(before === undefined ? {} : { before: jsonOf(before) }),
    ...(after === undefined ? {} : { after: jsonOf(after) }),
    atMs: clock.nowMs(),
    actor: principal.id,
    parkId: principal.parkId,
    enterpriseId: principal.enterpriseId,
    requestId: principal.requestId ?? null,
  };
}

/** A record as plain JSON, without what is undefined. */
function jsonOf(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
