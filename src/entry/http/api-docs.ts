import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { createJsonSchemaTransform } from "@fastify/type-provider-zod";
import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from "fastify";
import type { z } from "zod";
import { Problem } from "../../contracts/problem.ts";
import { openAccess, ruleForScope } from "./access.ts";

const pagePrefix = "/docs/api";

/** Collects every route that is registered after this call for the description of the API. */
export async function describeRoutes(server: FastifyInstance, version: string): Promise<void> {
  server.addHook("onRoute", addProblem);
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "能碳一体化管理平台 API · Energy and carbon platform API",
        version,
        description:
          "Errors are problem documents (RFC 9457) with a stable `code`. Lists are pages: `next` is the `cursor` of the following one. Instants are RFC 3339 in UTC, intervals half-open `[from, to)`, units stand last in names, missing figures are null and never 0.",
      },
      components: {
        securitySchemes: {
          session: { type: "apiKey", in: "cookie", name: "zcp_session" },
          bearer: { type: "http", scheme: "bearer" },
          gateway: { type: "http", scheme: "basic" },
        },
      },
    },
    transform: createJsonSchemaTransform({}),
  });
}

/** `/openapi.json`, and a page to read and try it, from files of our own. */
export async function serveDescription(server: FastifyInstance): Promise<void> {
  server.get(
    "/openapi.json",
    { config: { access: openAccess }, schema: { hide: true } },
    async (_request, reply) => reply.type("application/json; charset=utf-8").send(server.swagger()),
  );
  const page: FastifyPluginAsync = async (scope) => {
    ruleForScope(scope, openAccess);
    await scope.register(swaggerUi, {
      routePrefix: pagePrefix,
      uiConfig: { deepLinking: true },
      staticCSP: false,
    });
  };
  await server.register(page);
}

/** Every route can answer a problem; each says in its description who may call it. */
function addProblem(route: RouteOptions): void {
  const { schema, config } = route;
  if (schema === undefined || "hide" in schema) return;
  const access = config?.access;
  const security =
    access?.kind !== "roles"
      ? []
      : [{ session: [] }, { bearer: [] }, ...(access.forGateways ? [{ gateway: [] }] : [])];
  const response = { ...(schema.response ?? {}), default: Problem } as Record<string, z.ZodType>;
  route.schema = Object.assign(schema, { security, response });
}
