import { z } from "zod";
import { readReadings } from "../../../app/read-readings.ts";
import { ReadingsBody, ReadingsQuery } from "../../../contracts/energy.ts";
import { instantText } from "../../../domain/time.ts";
import { anyRole, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { instantOrNull, pagedInterval } from "../instants.ts";
import { unchecked } from "../unchecked.ts";

export const readingRoutes: Routes = async (server, { registry, telemetry }) => {
  server.get(
    "/meters/:id/readings",
    {
      config: { access: anyRole },
      schema: {
        tags: ["energy"],
        summary: "Readings as they came, oldest first, page by page",
        params: z.object({ id: z.string() }),
        querystring: ReadingsQuery,
        response: { 200: ReadingsBody },
      },
      serializerCompiler: unchecked,
    },
    async (request) => {
      const { limit, ...span } = request.query;
      const asked = { meterId: request.params.id, interval: pagedInterval(span), limit };
      const page = await readReadings({ registry, telemetry }, principalOf(request), asked);
      return {
        meterId: request.params.id,
        items: page.readings.map(({ tsMs, receivedAtMs, values, doubts, conflicts }) => ({
          ts: instantText(tsMs),
          receivedAt: instantText(receivedAtMs),
          values: { ...values },
          doubts: { ...doubts },
          conflicts: [...conflicts],
        })),
        next: instantOrNull(page.nextMs),
      };
    },
  );
};
