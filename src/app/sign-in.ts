import { randomBytes } from "node:crypto";
import { isRoleName, type Principal, requireRole, roleNames } from "../domain/principal.ts";
import { dayMs, hourMs, minuteMs } from "../domain/time.ts";
import type { Grant, KeyStore, PeopleStore, Session, SessionStore } from "./access-ports.ts";
import { auditNote } from "./audit-note.ts";
import { type CheckPassword, createCheckPassword, type PasswordParts } from "./check-password.ts";
import { keyParts } from "./manage-keys.ts";
import type { Clock } from "./ports.ts";
import { digestsEqual, secretDigest } from "./registry.ts";
import { adminId, bootstrapId } from "./sign-in-ids.ts";

/** A session that has just begun. Its token is known to the browser alone; we keep the digest. */
export interface NewSession {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

/** Ways for people and machines to say who they are. */
export interface SignIn {
  /**
   * A token that signs a person in once: by default whoever runs the park.
   *
   * @throws {ForbiddenError} unless the principal keeps the system or gives rights.
   */
  createLink(principal: Principal, grant?: Grant): Promise<string>;
  /** Uses a link up; null when it is unknown, used or too old, which are not told apart. */
  redeem(linkToken: string, requestId: string): Promise<NewSession | null>;
  /** @throws {SignInError} `sign_in_refused`, `sign_in_locked`, `code_needed`, `code_refused`. */
  withPassword(
    attempt: Parameters<CheckPassword>[0],
    from: Parameters<CheckPassword>[1],
  ): Promise<NewSession>;
  /** Who holds the session; null when it is unknown, ended or too old. */
  principalOfSession(sessionToken: string): Promise<Principal | null>;
  /** Who holds the bearer token; null when nobody does. */
  principalOfBearer(token: string): Promise<Principal | null>;
  /** Ends a session; one that is unknown has ended already. */
  end(sessionToken: string, principal: Principal): Promise<void>;
}

export interface SignInDependencies extends PasswordParts {
  readonly sessions: SessionStore;
  readonly people: PeopleStore;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly parkId: string;
  readonly bootstrapToken: string | null;
}

/** How long a link waits for its click. */
const linkValidMs = hourMs;
const tokenBytes = 32;
/** Longer tokens are not ours; they are refused before anything is computed of them. */
const tokenCharsMax = 512;
/** The use of a key is noted at most this often. */
const keyUseEveryMs = 10 * minuteMs;

interface Span {
  readonly idleMs: number;
  readonly wholeMs: number;
}
/** A page that is open keeps its session; one that is closed ends it after the idle time. */
const spans: Readonly<Record<"password" | "link" | "display", Span>> = {
  password: { idleMs: 30 * minuteMs, wholeMs: 12 * hourMs },
  link: { idleMs: 12 * hourMs, wholeMs: 7 * dayMs },
  // A wall should not ask for a new sign-in every morning.
  display: { idleMs: 30 * dayMs, wholeMs: 30 * dayMs },
};

/** Sign-in by one-time link, password, session and key; only digests of tokens are kept. */
export function createSignIn(dependencies: SignInDependencies): SignIn {
  const { sessions, people, clock, parkId } = dependencies;
  const checkPassword = createCheckPassword(dependencies);

  const begin = async (grant: Grant, by: "link" | "password", requestId: string) => {
    const nowMs = clock.nowMs();
    const token = newToken();
    const { idleMs, wholeMs } = spanOf(grant.roles, by);
    const session: Session = {
      ...grant,
      ...{ tokenSha256: secretDigest(token), isByLink: by === "link" },
      ...{ expiresAtMs: nowMs + idleMs, endsAtMs: nowMs + wholeMs },
    };
    const principal = { ...principalOf(session, parkId), requestId };
    const deed = { action: "session.begin", object: grant.userId, detail: { by } };
    await sessions.add(session, auditNote(principal, clock, deed));
    // The cookie may live as long as the session can; the session itself ends when it is idle.
    return { token, expiresAtMs: nowMs + wholeMs, principal };
  };

  return {
    createLink: async (principal, grant = adminGrant) => {
      requireRole(principal, "manager", "sysadmin", "secadmin");
      const token = newToken();
      const note = auditNote(principal, clock, { action: "link.make", object: grant.userId });
      await sessions.addLink(secretDigest(token), grant, clock.nowMs() + linkValidMs, note);
      return token;
    },
    redeem: async (linkToken, requestId) => {
      if (!isPlausible(linkToken)) return null;
      const grant = await sessions.redeemLink(secretDigest(linkToken), clock.nowMs());
      if (grant === null) return null;
      const person = await people.find(grant.userId);
      if (person?.isDisabled === true) return null;
      return begin(person === null ? grant : { ...person, userId: person.id }, "link", requestId);
    },
    withPassword: async (attempt, from) => {
      const person = await checkPassword(attempt, from);
      return begin({ ...person, userId: person.id }, "password", from.requestId);
    },
    principalOfSession: async (sessionToken) => {
      if (!isPlausible(sessionToken)) return null;
      const nowMs = clock.nowMs();
      const session = await sessions.find(secretDigest(sessionToken), nowMs);
      if (session === null) return null;
      await extendIfUsed(sessions, session, nowMs);
      return principalOf(session, parkId);
    },
    principalOfBearer: (token) => principalOfBearer(dependencies, token),
    end: async (sessionToken, principal) => {
      if (!isPlausible(sessionToken)) return;
      const deed = { action: "session.end", object: principal.id };
      await sessions.remove(secretDigest(sessionToken), auditNote(principal, clock, deed));
    },
  };
}

const adminGrant: Grant = {
  userId: adminId,
  name: "admin",
  roles: ["sysadmin", "manager"],
  enterpriseId: null,
};

function principalOf(session: Session, parkId: string): Principal {
  return {
    id: session.userId,
    name: session.name,
    parkId,
    roles: session.roles.filter(isRoleName),
    enterpriseId: session.enterpriseId,
    gatewayId: null,
    ...(session.isByLink === true ? { isByLink: true } : {}),
  };
}

function spanOf(roles: readonly string[], by: "link" | "password"): Span {
  return spans[roles.every((role) => role === "display") ? "display" : by];
}

/** Moves the end of a session that is used, at most once a minute. */
async function extendIfUsed(
  sessions: SessionStore,
  session: Session,
  nowMs: number,
): Promise<void> {
  const endsAtMs = session.endsAtMs ?? null;
  if (endsAtMs === null) return;
  const { idleMs } = spanOf(session.roles, session.isByLink === true ? "link" : "password");
  const expiresAtMs = Math.min(endsAtMs, nowMs + idleMs);
  if (expiresAtMs - session.expiresAtMs < minuteMs) return;
  await sessions.extend(session.tokenSha256, expiresAtMs);
}

async function principalOfBearer(
  { keys, clock, parkId, bootstrapToken }: SignInDependencies,
  token: string,
): Promise<Principal | null> {
  if (!isPlausible(token)) return null;
  // Digests are of equal length, so the comparison tells nothing about the token's length either.
  if (bootstrapToken !== null && digestsEqual(secretDigest(token), secretDigest(bootstrapToken))) {
    const everything = { roles: roleNames, enterpriseId: null, gatewayId: null };
    return { id: bootstrapId, name: bootstrapId, parkId, ...everything };
  }
  const parts = keyParts(token);
  if (parts === null) return null;
  const key = await keys.find(parts.id);
  const nowMs = clock.nowMs();
  if (key === null || !digestsEqual(secretDigest(parts.secret), key.secretSha256)) return null;
  if (key.revokedAtMs !== null || key.expiresAtMs <= nowMs) return null;
  if (nowMs - (key.lastUsedAtMs ?? 0) >= keyUseEveryMs) await keys.used(key.id, nowMs);
  return {
    ...{ id: `key:${key.id}`, name: key.name, parkId, enterpriseId: key.enterpriseId },
    ...{ roles: key.roles.filter(isRoleName), gatewayId: null, isReadOnly: !key.mayWrite },
  };
}

function newToken(): string {
  return randomBytes(tokenBytes).toString("base64url");
}

function isPlausible(token: string): boolean {
  return token.length > 0 && token.length <= tokenCharsMax;
}
