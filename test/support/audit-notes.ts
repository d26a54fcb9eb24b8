import type { AuditNote } from "../../src/domain/audit/audit-entry.ts";

/** The note of a change that a test makes past the use cases. */
export function testNote(action: string, more: Partial<AuditNote> = {}): AuditNote {
  return {
    ...{ atMs: Date.UTC(2026, 10, 22, 6), actor: "job:test", parkId: "north", enterpriseId: null },
    ...{ action, object: null, result: "done", requestId: null },
    ...more,
  };
}
