import type { FastifyInstance } from "fastify";

export interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
}

const indentChars = 4;

/** Every route that the server has registered, read from its own printed tree. */
export function registeredRoutes(server: FastifyInstance): readonly RegisteredRoute[] {
  const above: string[] = [];
  return server
    .printRoutes({ commonPrefix: false })
    .split("\n")
    .flatMap((line) => {
      const [, indent, segment = "", methods] =
        /^([│ ]*(?:├── |└── ))(\S+)(?: \(([A-Z, ]+)\))?$/u.exec(line) ?? [];
      if (indent === undefined) return [];
      const depth = indent.length / indentChars - 1;
      above[depth] = segment;
      const path = above.slice(0, depth + 1).join("");
      return (methods ?? "")
        .split(", ")
        .flatMap((method) => (method === "" ? [] : [{ method, path }]));
    });
}
