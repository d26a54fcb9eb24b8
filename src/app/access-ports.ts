import type { AuditNote } from "../domain/audit/audit-entry.ts";

export interface Session {
  readonly tokenSha256: string;
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly enterpriseId: string | null;
  readonly expiresAtMs: number;
}

/** Who signs in by a link. */
export type Grant = Omit<Session, "tokenSha256" | "expiresAtMs">;

/** Sessions and one-time links; each sign-in is written together with its audit entry. */
export interface SessionStore {
  addLink(tokenSha256: string, grant: Grant, expiresAtMs: number, note: AuditNote): Promise<void>;
  /** Takes the link out of the store and returns what it stood for, once. */
  redeemLink(tokenSha256: string, nowMs: number): Promise<Grant | null>;
  add(session: Session, note: AuditNote): Promise<void>;
  find(tokenSha256: string, nowMs: number): Promise<Session | null>;
  remove(tokenSha256: string, note: AuditNote): Promise<void>;
  sweep(nowMs: number): Promise<number>;
}
