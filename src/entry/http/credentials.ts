import type { FastifyReply, FastifyRequest } from "fastify";
import type { Registry } from "../../app/registry.ts";
import type { NewSession, SignIn } from "../../app/sign-in.ts";
import { ForbiddenError } from "../../domain/errors.ts";
import { gatewayPrincipal, type Principal } from "../../domain/principal.ts";

/** Finds out who sends a request: bearer token, gateway credentials or session cookie. */
export interface Credentials {
  /**
   * Null when the request has no credentials, or wrong ones.
   *
   * @throws {ForbiddenError} `cross_site` for a write that another site made the browser send.
   */
  principalOf(request: FastifyRequest): Promise<Principal | null>;
}

export const readingMethods: readonly string[] = ["GET", "HEAD", "OPTIONS"];

export function createCredentials(parts: {
  readonly signIn: SignIn;
  readonly registry: Registry;
}): Credentials {
  const { signIn, registry } = parts;
  return {
    principalOf: async (request) => {
      const { authorization } = request.headers;
      // Wrong credentials do not fall back to a cookie: whoever sends a token means it.
      if (authorization !== undefined)
        return principalOfHeader(authorization, { signIn, registry });
      const token = sessionTokenOf(request);
      if (token === null) return null;
      const principal = await signIn.principalOfSession(token);
      if (principal !== null && !readingMethods.includes(request.method)) requireSameSite(request);
      return principal;
    },
  };
}

function principalOfHeader(
  authorization: string,
  { signIn, registry }: { readonly signIn: SignIn; readonly registry: Registry },
): Principal | null | Promise<Principal | null> {
  const [, scheme = "", value = ""] = /^(\S+) +(\S+) *$/.exec(authorization) ?? [];
  if (/^bearer$/i.test(scheme)) return signIn.principalOfBearer(value);
  if (!/^basic$/i.test(scheme)) return null;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  if (colon < 1) return null;
  const gatewayId = pair.slice(0, colon);
  if (!registry.gatewayAccepts(gatewayId, pair.slice(colon + 1))) return null;
  return gatewayPrincipal(registry.park.id, gatewayId);
}

/**
 * The cookie goes with every request to us, also with those that a foreign page makes the browser
 * send. Browsers say where such a request comes from; one that does not say it is refused.
 *
 * @throws {ForbiddenError} `cross_site`.
 */
function requireSameSite(request: FastifyRequest): void {
  if (siteOf(request) !== "same") throw crossSite();
}

/**
 * For sign-in, which needs no cookie and serves programs too: only pages of other sites are refused,
 * so that nobody can sign a visitor in under a foreign name.
 *
 * @throws {ForbiddenError} `cross_site`.
 */
export function refuseOtherSites(request: FastifyRequest): void {
  if (siteOf(request) === "other") throw crossSite();
}

/** Where the browser says that the request comes from; programs say nothing. */
function siteOf({ headers, host }: FastifyRequest): "same" | "other" | "unknown" {
  const { "sec-fetch-site": site, origin } = headers;
  if (site !== undefined) return site === "same-origin" ? "same" : "other";
  if (origin === undefined) return "unknown";
  return hostOf(origin) === host ? "same" : "other";
}

function crossSite(): ForbiddenError {
  return new ForbiddenError("cross_site", "the request does not come from a page of this console", {
    remedy: "send it from the console, or with a bearer token instead of the cookie",
  });
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Over https the name has the prefix with which a browser guarantees that nobody else set it. */
function cookieName(request: FastifyRequest): string {
  return request.protocol === "https" ? "__Host-zcp_session" : "zcp_session";
}

export function sessionTokenOf(request: FastifyRequest): string | null {
  return request.cookies[cookieName(request)] ?? null;
}

export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  session: NewSession,
): void {
  reply.setCookie(cookieName(request), session.token, {
    ...cookieScope(request),
    expires: new Date(session.expiresAtMs),
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request), cookieScope(request));
}

function cookieScope(request: FastifyRequest) {
  const secure = request.protocol === "https";
  return { path: "/", httpOnly: true, sameSite: "strict", secure } as const;
}
