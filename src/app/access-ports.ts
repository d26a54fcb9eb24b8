import type { AuditNote } from "../domain/audit/audit-entry.ts";

export interface Session {
  readonly tokenSha256: string;
  readonly userId: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly enterpriseId: string | null;
  /** When it ends unless it is used before. */
  readonly expiresAtMs: number;
  /** When it ends however much it is used; absent: at `expiresAtMs`. */
  readonly endsAtMs?: number | null;
  /** Begun by a one-time link: its holder may set a password without knowing the old one. */
  readonly isByLink?: boolean;
}

/** Who signs in by a link. */
export type Grant = Pick<Session, "userId" | "name" | "roles" | "enterpriseId">;

/** Sessions and one-time links; each sign-in is written together with its audit entry. */
export interface SessionStore {
  addLink(tokenSha256: string, grant: Grant, expiresAtMs: number, note: AuditNote): Promise<void>;
  /** Takes the link out of the store and returns what it stood for, once. */
  redeemLink(tokenSha256: string, nowMs: number): Promise<Grant | null>;
  add(session: Session, note: AuditNote): Promise<void>;
  find(tokenSha256: string, nowMs: number): Promise<Session | null>;
  /** It has been used, and lives until then. */
  extend(tokenSha256: string, expiresAtMs: number): Promise<void>;
  remove(tokenSha256: string, note: AuditNote): Promise<void>;
  sweep(nowMs: number): Promise<number>;
}

/** A local account. */
export interface Person {
  /** `user:…`; stays for ever, as the audit refers to it. */
  readonly id: string;
  /** In lower case. */
  readonly username: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly enterpriseId: string | null;
  /** Null until the person has set one: there is no password that we chose. */
  readonly passwordHash: string | null;
  /** Key of the second factor, sealed; null while there is none. */
  readonly totpSealed: string | null;
  /** Whether a code has confirmed the key; only then it is asked for. */
  readonly isTotpOn: boolean;
  /** Time step of the newest code that was used: a code works once. */
  readonly totpStep: number;
  /** Digests of the codes for the day the telephone is lost. */
  readonly recoverySha256: readonly string[];
  readonly isDisabled: boolean;
  readonly createdAtMs: number;
}

export interface PeopleStore {
  list(): Promise<readonly Person[]>;
  find(id: string): Promise<Person | null>;
  findByUsername(username: string): Promise<Person | null>;
  /** @throws {ConflictError} `username_taken`. */
  add(person: Person, note: AuditNote): Promise<void>;
  /**
   * Replaces what is known; with `endsSessions` whoever is signed in as this person must sign in again,
   * except in the session whose token has the digest `keptSha256`.
   */
  save(
    person: Person,
    note: AuditNote,
    options?: { readonly endsSessions: boolean; readonly keptSha256?: string | null },
  ): Promise<void>;
  /** Marks a code as used; false when one of this step or a later one was used before. */
  useTotpStep(id: string, step: number): Promise<boolean>;
}

/** Failed attempts to sign in, by account and address. */
export interface AttemptStore {
  /** Until when nobody may try; null: now. */
  lockedUntilMs(key: string, nowMs: number): Promise<number | null>;
  /** Counts a failure; the last of `max` within `windowMs` locks for as long. */
  fail(
    key: string,
    limit: { readonly max: number; readonly windowMs: number },
    note: AuditNote,
  ): Promise<void>;
  clear(key: string): Promise<void>;
  sweep(beforeMs: number): Promise<void>;
}

/** A key for a program: `zcp_{id}_{secret}`, of which a digest is kept. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly enterpriseId: string | null;
  readonly mayWrite: boolean;
  readonly secretSha256: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface KeyStore {
  list(): Promise<readonly ApiKey[]>;
  find(id: string): Promise<ApiKey | null>;
  add(key: ApiKey, note: AuditNote): Promise<void>;
  revoke(id: string, atMs: number, note: AuditNote): Promise<void>;
  used(id: string, atMs: number): Promise<void>;
}
