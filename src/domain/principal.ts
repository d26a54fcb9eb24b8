import { DomainError, ForbiddenError } from "./errors.ts";

/** Roles of people and keys. A gateway has none: it speaks for its devices and nothing else. */
export const roleNames = [
  "sysadmin",
  "secadmin",
  "auditor",
  "manager",
  "enterprise",
  "regulator",
  "display",
] as const;
export type RoleName = (typeof roleNames)[number];

export function isRoleName(name: string): name is RoleName {
  return roleNames.some((role) => role === name);
}

/**
 * Who acts. Every use case takes one; the tenant of a query comes from here and never from the
 * request alone.
 */
export interface Principal {
  /** `user:…`, `key:…`, `gateway:…`, `job:…` or `bootstrap`. */
  readonly id: string;
  readonly name: string;
  readonly parkId: string;
  readonly roles: readonly RoleName[];
  /** Set for people and keys of one enterprise: they see that enterprise only. */
  readonly enterpriseId: string | null;
  /** Set for a gateway: it speaks for the devices behind it only. */
  readonly gatewayId: string | null;
  /** The request it acts in, by which audit and log are brought together. */
  readonly requestId?: string;
  /** Signed in by a one-time link, which is as good as the old password for setting a new one. */
  readonly isByLink?: boolean;
  /** Set for a key that may look but not touch. */
  readonly isReadOnly?: boolean;
}

/** The service itself, acting on its own schedule. */
export function servicePrincipal(parkId: string, job: string): Principal {
  return {
    id: `job:${job}`,
    name: job,
    parkId,
    roles: ["manager"],
    enterpriseId: null,
    gatewayId: null,
  };
}

/** A device gateway that signed in with its own credentials. */
export function gatewayPrincipal(parkId: string, gatewayId: string): Principal {
  return {
    id: `gateway:${gatewayId}`,
    name: gatewayId,
    parkId,
    roles: [],
    enterpriseId: null,
    gatewayId,
  };
}

export function hasRole(principal: Principal, ...roles: readonly RoleName[]): boolean {
  return roles.some((role) => principal.roles.includes(role));
}

/** @throws {ForbiddenError} `forbidden` unless the principal has one of the roles. */
export function requireRole(principal: Principal, ...roles: readonly RoleName[]): void {
  if (hasRole(principal, ...roles)) return;
  throw new ForbiddenError("forbidden", `this needs one of the roles ${roles.join(", ")}`, {
    remedy: "ask the security administrator for the role, or sign in as someone who has it",
  });
}

/** Those who keep the system, give rights and look after both: nobody may be two of them. */
const separatedRoles: readonly RoleName[] = ["sysadmin", "secadmin", "auditor"];

/**
 * Roles that one person or key may have together.
 *
 * @throws {DomainError} `duties_mixed` for two of system, security and audit; `role_tenant` when the
 * role of an enterprise has none, or another role is bound to one; `no_role`.
 * @see GB/T 22239-2019, separation of system, security and audit administration.
 */
export function requireRoleSet(roles: readonly RoleName[], enterpriseId: string | null): void {
  const separated = roles.filter((role) => separatedRoles.includes(role));
  if (roles.length === 0) {
    throw new DomainError("no_role", "whoever has no role may do nothing", {
      remedy: "name at least one role",
      pointer: "/roles",
    });
  }
  if (separated.length > 1) {
    throw new DomainError("duties_mixed", `nobody may be ${separated.join(" and ")} at once`, {
      remedy: "give these roles to different people",
      pointer: "/roles",
    });
  }
  const isOfEnterprise = roles.every((role) => role === "enterprise");
  if (isOfEnterprise !== (enterpriseId !== null)) {
    throw new DomainError("role_tenant", "the role enterprise, and no other, has an enterpriseId", {
      remedy: isOfEnterprise
        ? "name the enterprise"
        : "leave enterpriseId out, or use the role enterprise alone",
      pointer: "/enterpriseId",
    });
  }
}

/** Whether figures of this enterprise may be shown to the principal; null is the park itself. */
export function maySeeEnterprise(principal: Principal, enterpriseId: string | null): boolean {
  return principal.enterpriseId === null || principal.enterpriseId === enterpriseId;
}

/** @throws {ForbiddenError} `forbidden` for people and keys of one enterprise, and for gateways. */
export function requireParkWide(principal: Principal): void {
  if (principal.enterpriseId === null && principal.gatewayId === null) return;
  throw new ForbiddenError("forbidden", "this shows the park as a whole", {
    remedy: "ask someone who runs the park, or ask for the figures of your own enterprise",
  });
}
