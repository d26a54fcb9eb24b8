import { type DemandAnswer, queryDemand } from "../../../app/query-demand.ts";
import { DemandBody, DemandQuery } from "../../../contracts/energy-analysis.ts";
import type { DemandBlock } from "../../../domain/energy/block-demand.ts";
import { instantText } from "../../../domain/time.ts";
import { anyRole, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { msOf } from "../instants.ts";

const tags = ["energy"];

export const energyAnalysisRoutes: Routes = async (server, services) => {
  server.get(
    "/energy/demand",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Maximum quarter-hour demand of a month, from the registers",
        description:
          "The maximum is taken over quarter hours that are measured as a whole. A larger one that is estimated or not complete stands beside it.",
        querystring: DemandQuery,
        response: { 200: DemandBody },
      },
    },
    async (request) => {
      const { scope, month, asOf } = request.query;
      const asOfMs = asOf === undefined ? undefined : msOf(asOf);
      const asked = { scope, month, asOfMs };
      return demandBody(await queryDemand(services, principalOf(request), asked));
    },
  );
};

function demandBody(answer: DemandAnswer): DemandBody {
  const { interval, meterIds, meterDemand, maximum, estimatedMaximum, ...rest } = answer;
  return {
    ...rest,
    ...{ from: instantText(interval.startMs), to: instantText(interval.endMs) },
    ...{ unit: "kW" as const, blockMinutes: 15 as const, meters: [...meterIds] },
    maximum: blockBody(maximum),
    estimatedMaximum: blockBody(estimatedMaximum),
    meterMaxDemand:
      meterDemand === null
        ? null
        : { maxDemandKw: meterDemand.maxDemandKw, day: instantText(meterDemand.dayStartMs) },
  };
}

function blockBody(block: DemandBlock | null): DemandBody["maximum"] {
  if (block === null) return null;
  const { startMs, ...rest } = block;
  return { start: instantText(startMs), ...rest };
}
