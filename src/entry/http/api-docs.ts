import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from "@fastify/type-provider-zod";
import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from "fastify";
import { z } from "zod";
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
    transform: createJsonSchemaTransform({ schemaRegistry: named }),
    transformObject: (document) => withProblemType(nameSchemas(document)),
  });
}

/** Schemas that stand in the description once, by name. */
const named = z.registry<{ id: string }>();
named.add(Problem, { id: "Problem" });
const nameSchemas = createJsonSchemaTransformObject({ schemaRegistry: named });

/** Problems have a media type of their own, which the collector of routes does not know. */
function withProblemType<Described extends object>(described: Described): Described {
  const text = JSON.stringify(described, (key, value: unknown) => {
    if (key !== "default" || typeof value !== "object" || value === null) return value;
    if (!("content" in value)) return value;
    return {
      description: "A problem document (RFC 9457)",
      content: { "application/problem+json": { schema: problemReference } },
    };
  });
  return JSON.parse(text) as Described;
}

const problemReference = { $ref: "#/components/schemas/Problem" };

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
  const { schema, config, method, url } = route;
  if (schema === undefined || "hide" in schema) return;
  const access = config?.access;
  const security =
    access?.kind !== "roles"
      ? []
      : [{ session: [] }, { bearer: [] }, ...(access.forGateways ? [{ gateway: [] }] : [])];
  const response = { ...(schema.response ?? {}), default: Problem } as Record<string, z.ZodType>;
  const operationId = operationIdOf(String(method), url);
  route.schema = Object.assign(schema, { operationId, security, response });
}

/** `GET /api/v1/meters/:id` is `getMetersById`, for clients that are generated. */
function operationIdOf(method: string, url: string): string {
  const words = url
    .replace(/^\/api\/v1/, "")
    .split(/[/.-]/)
    .filter((word) => word !== "")
    .map((word) => (word.startsWith(":") ? `By-${word.slice(1)}` : word))
    .map((word) => word.replace(/(?:^|-)[a-z]/g, (start) => start.slice(-1).toUpperCase()));
  return [method.toLowerCase(), ...words].join("");
}
