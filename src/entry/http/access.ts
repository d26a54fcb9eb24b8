import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import type { Caller, RouteUse } from "../../app/access-tally.ts";
import { bootstrapId } from "../../app/sign-in-ids.ts";
import { ForbiddenError } from "../../domain/errors.ts";
import { hasRole, type Principal, type RoleName, roleNames } from "../../domain/principal.ts";
import { type Credentials, readingMethods } from "./credentials.ts";
import type { HttpServices } from "./http-services.ts";
import type { Limits } from "./limits.ts";
import { UnauthenticatedError } from "./problem.ts";

/** Who may call a route. A route without a rule is not registered. */
export type AccessRule =
  | { readonly kind: "open" }
  | {
      readonly kind: "roles";
      readonly roles: readonly RoleName[];
      /** Only people and keys that belong to no single enterprise. */
      readonly isParkWide: boolean;
      /** Gateways, with their own credentials, may call it as well. */
      readonly forGateways: boolean;
    };

declare module "fastify" {
  interface FastifyContextConfig {
    access?: AccessRule;
    /** What it shows is sensitive: each use goes into the audit, whoever asks. */
    isSensitive?: boolean;
  }
}

function rule(
  roles: readonly RoleName[],
  options: { readonly isParkWide?: boolean; readonly forGateways?: boolean } = {},
): AccessRule {
  return { kind: "roles", roles, isParkWide: false, forGateways: false, ...options };
}

/** No credentials at all: health, the console's own files, the description of the API. */
export const openAccess: AccessRule = { kind: "open" };

/** Everybody who signed in; the use case shows each tenant its own. */
export const anyRole: AccessRule = rule(roleNames);

/** Everybody who may work with figures: a wall shows them and asks for no more. */
export const readers: AccessRule = rule(roleNames.filter((role) => role !== "display"));

/** Everybody who may look at the park as a whole. */
export const parkWide: AccessRule = rule(roleNames, { isParkWide: true });

/** Those who run the park: they register devices and may send telemetry. */
export const operators: AccessRule = rule(["manager", "sysadmin"], { isParkWide: true });

/** Those who answer for the park's figures: they close months and decide what still changes them. */
export const accountants: AccessRule = rule(["manager"], { isParkWide: true });

/** Those who keep the system, and those who look after them. */
export const auditReaders: AccessRule = rule(["auditor", "secadmin", "sysadmin"], {
  isParkWide: true,
});

/** Those who make accounts and keys; the use case says which of them when. */
export const rightsGivers: AccessRule = rule(["secadmin", "sysadmin"], { isParkWide: true });

/** Those who may put the planner to work, each with figures of their own. */
export const planners: AccessRule = rule(["manager", "sysadmin", "enterprise"]);

/** As `operators`, and each gateway for its own devices. */
export const operatorsAndGateways: AccessRule = rule(["manager", "sysadmin"], {
  isParkWide: true,
  forGateways: true,
});

/** Gives every route that the scope's plugins register a rule that they cannot declare themselves. */
export function ruleForScope(scope: FastifyInstance, access: AccessRule): void {
  scope.addHook("onRoute", (route) => {
    route.config = { ...route.config, access };
  });
}

const principals = new WeakMap<FastifyRequest, Principal>();

/** Who sent the request. Only routes that are not open have one. */
export function principalOf(request: FastifyRequest): Principal {
  const principal = principals.get(request);
  if (principal === undefined) throw new Error(`${request.routeOptions.url} has no access rule`);
  return principal;
}

export interface AccessParts {
  readonly credentials: Credentials;
  readonly limits: Limits;
  readonly services: Pick<HttpServices, "noteUse" | "registry">;
}

/** Refuses by default: a route without a rule does not start, and a rule lets in only whom it names. */
export function registerAccess(server: FastifyInstance, parts: AccessParts): void {
  const { credentials, limits, services } = parts;
  const routes: RouteOptions[] = [];
  server.addHook("onRoute", (route) => {
    routes.push(route);
  });
  // Routes of plugins get their rule from a hook of the scope around them, so all are looked at last.
  server.addHook("onReady", async () => {
    const bare = routes.filter(({ config }) => config?.access === undefined);
    if (bare.length === 0) return;
    const names = bare.map(({ method, url }) => `${method} ${url}`).join(", ");
    throw new Error(`no access rule is declared for ${names}`);
  });
  server.addHook("onRequest", async (request) => {
    const access = request.is404 ? openAccess : request.routeOptions.config.access;
    if (access?.kind === "open") {
      if (request.method !== "GET" && request.method !== "HEAD")
        await limits.countStranger(request);
      return;
    }
    const principal = await credentials.principalOf(request);
    if (principal === null) {
      await limits.countStranger(request);
      throw new UnauthenticatedError();
    }
    principals.set(request, { ...principal, requestId: request.id });
    await limits.countPrincipal(request, principal.id);
    requireAdmitted(request.method, access, principal);
  });
  server.addHook("onResponse", async (request, reply) => {
    const use = useOf(request, reply.statusCode, principals.get(request));
    if (use === null) return;
    const stranger: Caller = {
      id: "stranger",
      parkId: services.registry.park.id,
      enterpriseId: null,
    };
    services.noteUse(principals.get(request) ?? stranger, use);
  });
}

/**
 * What of a request goes into the audit: every use of the token for automation, every look at
 * something sensitive, and every refusal; null for the rest, which leaves its mark by what it changes.
 */
function useOf(
  request: FastifyRequest,
  status: number,
  principal: Principal | undefined,
): RouteUse | null {
  const { method, id: requestId, routeOptions, is404 } = request;
  const { url: route, config } = routeOptions;
  if (is404 || route === undefined || config.access?.kind === "open") return null;
  const isRefused = status === 401 || status === 403;
  if (!isRefused && principal?.id !== bootstrapId && config.isSensitive !== true) return null;
  return { method, route, status, requestId };
}

/** @throws {ForbiddenError} `forbidden`, `read_only_key`. */
function requireAdmitted(
  method: string,
  access: Extract<AccessRule, { kind: "roles" }> | undefined,
  principal: Principal,
): void {
  if (access === undefined || !admits(access, principal)) throw refusal(principal);
  if (principal.isReadOnly !== true || readingMethods.includes(method)) return;
  throw new ForbiddenError("read_only_key", `${principal.id} may only read`, {
    remedy: "use a key that was made with access write",
  });
}

function admits(access: Extract<AccessRule, { kind: "roles" }>, principal: Principal): boolean {
  if (principal.gatewayId !== null) return access.forGateways;
  if (access.isParkWide && principal.enterpriseId !== null) return false;
  return hasRole(principal, ...access.roles);
}

function refusal(principal: Principal): ForbiddenError {
  return new ForbiddenError("forbidden", `${principal.id} may not do this`, {
    remedy: "ask the security administrator for a role that may, or sign in as someone who has it",
  });
}
