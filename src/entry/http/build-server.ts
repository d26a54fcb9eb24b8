import { randomUUID } from "node:crypto";
import { parse } from "node:querystring";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import { serializerCompiler } from "@fastify/type-provider-zod";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { z } from "zod";
import { secondMs } from "../../domain/time.ts";
import { registerAccess } from "./access.ts";
import { describeRoutes, serveDescription } from "./api-docs.ts";
import { serveConsole } from "./console-files.ts";
import { createCredentials } from "./credentials.ts";
import type { HttpServices } from "./http-services.ts";
import { registerJsonBodies } from "./json-body.ts";
import { registerLimits } from "./limits.ts";
import { noteRoutes, registerNotFound } from "./not-found.ts";
import { RequestShapeError, registerProblems, sendError } from "./problem.ts";
import { refuseConnection } from "./refuse-connection.ts";
import { healthRoutes } from "./routes/health.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { apiRoutes } from "./routes.ts";

export interface HttpParts {
  readonly log: FastifyBaseLogger;
  /** Folder of the built console; null when nobody has built it. */
  readonly consoleDir: string | null;
  readonly services: HttpServices;
}

const apiPrefix = "/api/v1";
const bodyBytesMax = 1024 * 1024;
const requestTimeoutMs = 30 * secondMs;
const keepAliveTimeoutMs = 65 * secondMs;
const requestIdPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** Builds the server without listening, so that tests can inject requests. */
export async function buildServer(parts: HttpParts): Promise<FastifyInstance> {
  const { services, consoleDir } = parts;
  const server = createFastify(parts.log);
  server.setValidatorCompiler(
    ({ schema }) =>
      (data) =>
        validated(schema, data),
  );
  server.setSerializerCompiler(serializerCompiler);
  const known = noteRoutes(server);
  registerProblems(server);
  registerNotFound(server, { known, hasConsole: consoleDir !== null });
  registerJsonBodies(server);
  await server.register(cookie);
  await registerHeaders(server);
  const limits = await registerLimits(server);
  registerAccess(server, { credentials: createCredentials(services), limits, services });
  await describeRoutes(server, services.status.version);
  await server.register(healthRoutes, services);
  await server.register(signInRoutes, services);
  for (const routes of apiRoutes) {
    await server.register(routes, { ...services, prefix: apiPrefix });
  }
  await serveDescription(server);
  if (consoleDir !== null) await serveConsole(server, consoleDir);
  return server;
}

function createFastify(log: FastifyBaseLogger): FastifyInstance {
  return Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { querystringParser: parsedQuery },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => sendError(error, request, reply),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // A proxy on the same machine may say who asked and whether it was over https.
    trustProxy: "loopback",
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && requestIdPattern.test(given) ? given : randomUUID();
    },
  });
}

/** An offset written as `+08:00` reaches us with a space, because `+` stands for one in a query. */
function parsedQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parse(text))) {
    query[name] = typeof value === "string" ? value.replace(/ (?=\d{2}:\d{2}$)/, "+") : value;
  }
  return query;
}

function validated(schema: unknown, data: unknown) {
  if (!(schema instanceof z.ZodType)) throw new Error("schemas of routes are zod schemas");
  const result = schema.safeParse(data);
  return result.success
    ? { value: result.data }
    : { error: new RequestShapeError(result.error.issues) };
}

/** Nothing comes from elsewhere, nothing goes elsewhere; the pages may not be framed. */
async function registerHeaders(server: FastifyInstance): Promise<void> {
  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // Charts set styles on their elements.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // With `no-referrer` a browser would hide the origin of our own forms from us.
    referrerPolicy: { policy: "same-origin" },
    crossOriginEmbedderPolicy: false,
    frameguard: { action: "deny" },
    strictTransportSecurity: false,
  });
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    if (request.protocol === "https") reply.header("strict-transport-security", "max-age=31536000");
  });
  // Figures of a tenant belong in no cache; files of the console set their own rule.
  server.addHook("onSend", async (_request, reply) => {
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
}
