import type { FastifyInstance } from "fastify";
import { isPage, sendPage } from "./console-files.ts";
import { sendProblem } from "./problem.ts";

interface KnownRoute {
  readonly method: string;
  readonly pattern: RegExp;
}

/** Methods by which each path may be called, for the difference between 404 and 405. */
export interface KnownRoutes {
  methodsOf(path: string): readonly string[];
}

/** Notes every route that is registered after this call. */
export function noteRoutes(server: FastifyInstance): KnownRoutes {
  const routes: KnownRoute[] = [];
  server.addHook("onRoute", ({ method, url }) => {
    if (url.includes("*")) return;
    const pattern = new RegExp(`^${url.replaceAll(/:[A-Za-z]+/g, "[^/]+")}$`);
    for (const name of Array.isArray(method) ? method : [method]) {
      routes.push({ method: name, pattern });
    }
  });
  return {
    methodsOf: (path) => [
      ...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)),
    ],
  };
}

/** Answers what no route takes: 405 for a wrong method, else 404. */
export function registerNotFound(
  server: FastifyInstance,
  { known, hasConsole }: { readonly known: KnownRoutes; readonly hasConsole: boolean },
): void {
  server.setNotFoundHandler((request, reply) => {
    // Addresses inside the console are resolved by the console itself.
    if (hasConsole && isPage(request)) return sendPage(reply);
    const [path = ""] = request.url.split("?", 1);
    const methods = known.methodsOf(path);
    if (methods.length > 0) {
      const allow = methods.join(", ");
      return sendProblem(request, reply, {
        status: 405,
        code: "method_not_allowed",
        detail: `${request.method} is not a method of this path`,
        remedy: `use ${allow}`,
        headers: { allow },
      });
    }
    return sendProblem(request, reply, {
      status: 404,
      code: "not_found",
      detail: "there is nothing at this path",
      remedy: "GET /openapi.json lists all paths",
    });
  });
}
