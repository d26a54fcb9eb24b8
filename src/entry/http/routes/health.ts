import { z } from "zod";
import { ReadyBody } from "../../../contracts/status.ts";
import { openAccess } from "../access.ts";
import type { Routes } from "../http-services.ts";

/** For supervisors and Prometheus; without credentials, and not below the API's prefix. */
export const healthRoutes: Routes = async (server, { ready, metrics }) => {
  const tags = ["health"];
  server.get(
    "/livez",
    {
      config: { access: openAccess },
      schema: {
        tags,
        summary: "Whether the process turns",
        response: { 200: z.object({ alive: z.literal(true) }) },
      },
    },
    async () => ({ alive: true as const }),
  );
  server.get(
    "/readyz",
    {
      config: { access: openAccess },
      schema: {
        tags,
        summary: "Whether work is accepted; 503 when not, 200 with reasons when degraded",
        response: { 200: ReadyBody, 503: ReadyBody },
      },
    },
    async (_request, reply) => {
      const answer = await ready();
      return reply.code(answer.ready ? 200 : 503).send(answer);
    },
  );
  server.get(
    "/metrics",
    {
      config: { access: openAccess },
      schema: { tags, summary: "Counters and gauges for Prometheus", produces: ["text/plain"] },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
};
