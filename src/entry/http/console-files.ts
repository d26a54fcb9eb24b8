import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { openAccess, ruleForScope } from "./access.ts";

/** Paths that are never pages of the console. */
const notPages = /^\/(?:api|assets|docs|metrics|livez|readyz|openapi\.json)(?:\/|$)/;

/**
 * Serves the built console. Files whose name carries a digest of their content may be kept for ever;
 * the page itself is asked for again each time.
 */
export async function serveConsole(server: FastifyInstance, dir: string): Promise<void> {
  const files: FastifyPluginAsync = async (scope) => {
    ruleForScope(scope, openAccess);
    await scope.register(fastifyStatic, {
      root: dir,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = /[\\/]assets[\\/]/.test(path);
        reply.header(
          "cache-control",
          isHashed ? "public, max-age=31536000, immutable" : "no-cache",
        );
      },
    });
  };
  await server.register(files);
}

/** Whether a path that nothing was found at is an address inside the console. */
export function isPage(request: FastifyRequest): boolean {
  const [path = ""] = request.url.split("?", 1);
  const wantsPage = (request.headers.accept ?? "").includes("text/html");
  return request.method === "GET" && wantsPage && !notPages.test(path) && !path.includes(".");
}

export function sendPage(reply: FastifyReply): FastifyReply {
  return reply.sendFile("index.html");
}
