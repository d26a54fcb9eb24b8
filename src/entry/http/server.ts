import { secondMs } from "../../domain/time.ts";
import { buildServer, type HttpParts } from "./build-server.ts";

export interface HttpServerOptions extends HttpParts {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}

export interface HttpServer {
  listen(): Promise<{ readonly port: number }>;
  /** Takes nothing more in and lets answers under way finish, for a few seconds. */
  close(): Promise<void>;
}

/** Answers that are not finished this long after the request to close are cut off. */
const closeMaxMs = 5 * secondMs;

export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host, port, log } = options;
  const server = await buildServer(options);
  return {
    listen: async () => {
      await server.listen({ host, port });
      const address = server.server.address();
      const listening = typeof address === "object" && address !== null ? address.port : port;
      log.info({ host, port: listening }, "http listens");
      return { port: listening };
    },
    close: async () => {
      const cut = setTimeout(() => server.server.closeAllConnections(), closeMaxMs);
      await server.close();
      clearTimeout(cut);
    },
  };
}
