import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { UnavailableError } from "../../app/ports.ts";
import type { Problem } from "../../contracts/problem.ts";
import {
  ConflictError,
  DomainError,
  ForbiddenError,
  NotFoundError,
  SignInError,
} from "../../domain/errors.ts";
import { secondMs } from "../../domain/time.ts";
import { problemTitle } from "./problem-titles.ts";

/** The request has no credentials, or wrong ones. */
export class UnauthenticatedError extends Error {
  override readonly name = "UnauthenticatedError";
}

/** The caller asks more often than it may. */
export class RateLimitedError extends Error {
  override readonly name = "RateLimitedError";
  readonly retryAfterS: number;

  constructor(retryAfterS: number) {
    super("too many requests");
    this.retryAfterS = retryAfterS;
  }
}

/** A part of the request does not have the shape that the route declares. */
export class RequestShapeError extends Error {
  override readonly name = "RequestShapeError";
  readonly issues: readonly z.core.$ZodIssue[];
  /** Status for Fastify, which wraps what a validator throws. */
  readonly statusCode = 422;

  constructor(issues: readonly z.core.$ZodIssue[]) {
    super("the request does not have the shape of the contract");
    this.issues = issues;
  }
}

type Draft = Omit<Problem, "type" | "title" | "instance"> & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** Seconds after which a client may come back when we are not able to serve it now. */
const retryAfterS = 5;

/** Answers every error of a route with a problem document (RFC 9457). */
export function registerProblems(server: FastifyInstance): void {
  server.setErrorHandler(sendError);
}

export function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const draft = draftOf(error);
  if (draft.status >= 500) request.log.error({ err: error, code: draft.code }, "request failed");
  else request.log.debug({ code: draft.code, status: draft.status }, "request refused");
  return sendProblem(request, reply, draft);
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { headers = {}, ...draft }: Draft,
): FastifyReply {
  const { language, title } = problemTitle(draft, request.headers["accept-language"]);
  const problem: Problem = {
    type: `/problems/${draft.code}`,
    title,
    ...draft,
    instance: `urn:request:${request.id}`,
  };
  return reply
    .code(draft.status)
    .headers({
      ...headers,
      "content-language": language,
      "cache-control": "no-store",
      // Requests that the router itself refuses have not been through the hooks that set these.
      "x-request-id": request.id,
      "x-content-type-options": "nosniff",
    })
    .type("application/problem+json; charset=utf-8")
    .serializer(JSON.stringify)
    .send(problem);
}

function draftOf(error: unknown): Draft {
  if (error instanceof RequestShapeError) return shapeDraft(error.issues);
  if (error instanceof UnauthenticatedError) {
    return {
      status: 401,
      code: "unauthenticated",
      remedy: "sign in with a one-time link, or send Authorization: Bearer …",
      headers: { "www-authenticate": 'Bearer realm="zcp"' },
    };
  }
  if (error instanceof RateLimitedError) {
    return {
      status: 429,
      code: "rate_limited",
      remedy: "wait as long as Retry-After says, and ask less often",
      headers: { "retry-after": String(error.retryAfterS) },
    };
  }
  if (error instanceof DomainError) {
    const { code, message: detail, remedy, pointer } = error;
    return {
      status: domainStatus(error),
      code,
      detail,
      ...(remedy === undefined ? {} : { remedy }),
      ...(pointer === undefined ? {} : { errors: [{ pointer, code, detail }] }),
    };
  }
  if (error instanceof UnavailableError) {
    const { code, message: detail, retryAfterMs } = error;
    const waitS = retryAfterMs === null ? retryAfterS : Math.ceil(retryAfterMs / secondMs);
    return { status: 503, code, detail, headers: { "retry-after": String(waitS) } };
  }
  return frameworkDraft(error);
}

function domainStatus(error: DomainError): number {
  if (error instanceof NotFoundError) return 404;
  if (error instanceof ConflictError) return 409;
  if (error instanceof ForbiddenError) return 403;
  if (error instanceof SignInError) return 401;
  return 422;
}

/** Faults of one request that are listed; a body of a thousand faults needs no thousand answers. */
const faultsMax = 50;

function shapeDraft(issues: readonly z.core.$ZodIssue[]): Draft {
  const faults = issues.flatMap(faultsOf);
  // What is of the wrong type is often too short as well; the first fault of a place says it.
  const errors = [...new Map(faults.toReversed().map((fault) => [fault.pointer, fault])).values()]
    .toReversed()
    .slice(0, faultsMax);
  const [first] = errors;
  const where = first === undefined || first.pointer === "" ? "request" : first.pointer;
  return {
    status: 422,
    code: "invalid_request",
    detail: `${where}: ${first?.detail ?? "wrong shape"}`,
    remedy: "compare the request with /openapi.json",
    errors,
  };
}

function faultsOf(issue: z.core.$ZodIssue): { pointer: string; code: string; detail: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      code: "unknown_field",
      detail: "there is no such field",
    }));
  }
  // Of the branches of a union the one that came closest says what is wrong.
  if (issue.code === "invalid_union") {
    const closest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
    if (closest.length > 0) {
      return closest.flatMap((inner) =>
        faultsOf({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue),
      );
    }
  }
  return [{ pointer: pointerOf(issue.path), code: issue.code, detail: issue.message }];
}

/** JSON Pointer (RFC 6901). */
function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

const codesOfFramework: Readonly<Record<string, Draft>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: "too_large",
    detail: "the body is larger than this route takes",
    remedy: "send less in one request; telemetry takes 256 KiB, other routes 1 MiB",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: "unsupported_media_type",
    detail: "bodies are JSON",
    remedy: "send application/json",
  },
};

/** Errors that the framework raised about the request; anything else is our fault and stays inside. */
function frameworkDraft(error: unknown): Draft {
  if (!(error instanceof Error)) return { status: 500, code: "internal" };
  const known = "code" in error ? codesOfFramework[String(error.code)] : undefined;
  if (known !== undefined) return known;
  const status = "statusCode" in error ? Number(error.statusCode) : 500;
  // A path that climbs out of the console's folder: there is nothing there, for nobody.
  if (status === 403) {
    const detail = "there is nothing at this path";
    return { status: 404, code: "not_found", detail, remedy: "GET /openapi.json lists all paths" };
  }
  if (status >= 400 && status < 500) {
    return { status, code: "bad_request", detail: error.message.slice(0, 200) };
  }
  return { status: 500, code: "internal", remedy: "look up the request id in the service's log" };
}
