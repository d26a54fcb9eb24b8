import { z } from "zod";
import { querySoc } from "../../../app/query-soc.ts";
import { SocBody, SocQuery } from "../../../contracts/storage.ts";
import { instantText } from "../../../domain/time.ts";
import { parkWide, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { intervalOf } from "../instants.ts";

export const storageRoutes: Routes = async (server, { registry, telemetry }) => {
  server.get(
    "/storage/:id/soc",
    {
      config: { access: parkWide },
      schema: {
        tags: ["storage"],
        summary: "State of charge of a station over time",
        params: z.object({ id: z.string() }),
        querystring: SocQuery,
        response: { 200: SocBody },
      },
    },
    async (request) => {
      const stationId = request.params.id;
      const asked = { stationId, interval: intervalOf(request.query) };
      const slots = await querySoc({ registry, telemetry }, principalOf(request), asked);
      return {
        ...{ storageId: stationId, step: "15m" as const },
        items: slots.map(({ startMs, socFraction, coverage }) => ({
          ...{ start: instantText(startMs), socFraction, coverage },
        })),
      };
    },
  );
};
