import { randomBytes } from "node:crypto";
import { isRoleName, type Principal, requireRole, roleNames } from "../domain/principal.ts";
import { dayMs, hourMs } from "../domain/time.ts";
import type { Grant, Session, SessionStore } from "./access-ports.ts";
import { auditNote } from "./audit-note.ts";
import type { Clock } from "./ports.ts";
import { digestsEqual, secretDigest } from "./registry.ts";

/** A session that has just begun. Its token is known to the browser alone; we keep the digest. */
export interface NewSession {
  readonly token: string;
  readonly expiresAtMs: number;
  readonly principal: Principal;
}

/** Ways for people and machines to say who they are. */
export interface SignIn {
  /**
   * A token that signs a person in once, as the administrator of the park.
   *
   * @throws {ForbiddenError} unless the principal runs the park.
   */
  createLink(principal: Principal): Promise<string>;
  /** Uses a link up; null when it is unknown, used or too old, which are not told apart. */
  redeem(linkToken: string, requestId: string): Promise<NewSession | null>;
  /** Who holds the session; null when it is unknown, ended or too old. */
  principalOfSession(sessionToken: string): Promise<Principal | null>;
  /** Who holds the bearer token; null when nobody does. */
  principalOfBearer(token: string): Principal | null;
  /** Ends a session; one that is unknown has ended already. */
  end(sessionToken: string, principal: Principal): Promise<void>;
}

export interface SignInDependencies {
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly parkId: string;
  readonly bootstrapToken: string | null;
}

/** The principal of the token for automation; each of its uses is audited. */
export const bootstrapId = "bootstrap";

/** How long a link waits for its click. */
const linkValidMs = hourMs;
/** A wall display should not ask for a new sign-in every morning. */
const sessionValidMs = 7 * dayMs;
const tokenBytes = 32;
/** Longer tokens are not ours; they are refused before anything is computed of them. */
const tokenCharsMax = 512;

/** Sign-in by one-time link, session and bootstrap token; only digests of tokens are kept. */
export function createSignIn(dependencies: SignInDependencies): SignIn {
  const { sessions, clock, parkId, bootstrapToken } = dependencies;
  const bootstrapDigest = bootstrapToken === null ? null : secretDigest(bootstrapToken);
  const bootstrap: Principal = {
    id: bootstrapId,
    name: bootstrapId,
    parkId,
    roles: roleNames,
    enterpriseId: null,
    gatewayId: null,
  };

  const principalOf = (grant: Grant): Principal => ({
    id: grant.userId,
    name: grant.name,
    parkId,
    roles: grant.roles.filter(isRoleName),
    enterpriseId: grant.enterpriseId,
    gatewayId: null,
  });

  return {
    createLink: async (principal) => {
      requireRole(principal, "manager", "sysadmin");
      const token = newToken();
      const grant = {
        userId: "user:admin",
        name: "admin",
        roles: ["sysadmin", "manager"],
        enterpriseId: null,
      };
      const deed = { action: "link.make", object: grant.userId };
      const note = auditNote(principal, clock, deed);
      await sessions.addLink(secretDigest(token), grant, clock.nowMs() + linkValidMs, note);
      return token;
    },
    redeem: async (linkToken, requestId) => {
      if (!isPlausible(linkToken)) return null;
      const nowMs = clock.nowMs();
      const grant = await sessions.redeemLink(secretDigest(linkToken), nowMs);
      if (grant === null) return null;
      const token = newToken();
      const expiresAtMs = nowMs + sessionValidMs;
      const principal = { ...principalOf(grant), requestId };
      const session: Session = { ...grant, tokenSha256: secretDigest(token), expiresAtMs };
      const deed = { action: "session.begin", object: grant.userId, detail: { by: "link" } };
      await sessions.add(session, auditNote(principal, clock, deed));
      return { token, expiresAtMs, principal };
    },
    principalOfSession: async (sessionToken) => {
      if (!isPlausible(sessionToken)) return null;
      const session = await sessions.find(secretDigest(sessionToken), clock.nowMs());
      return session === null ? null : principalOf(session);
    },
    principalOfBearer: (token) => {
      if (bootstrapDigest === null || !isPlausible(token)) return null;
      // Digests are of equal length, so the comparison tells nothing about the token's length either.
      return digestsEqual(secretDigest(token), bootstrapDigest) ? bootstrap : null;
    },
    end: async (sessionToken, principal) => {
      if (!isPlausible(sessionToken)) return;
      const deed = { action: "session.end", object: principal.id };
      await sessions.remove(secretDigest(sessionToken), auditNote(principal, clock, deed));
    },
  };
}

function newToken(): string {
  return randomBytes(tokenBytes).toString("base64url");
}

function isPlausible(token: string): boolean {
  return token.length > 0 && token.length <= tokenCharsMax;
}
