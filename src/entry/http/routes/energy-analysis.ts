import { queryBalance } from "../../../app/query-balance.ts";
import { type DemandAnswer, queryDemand } from "../../../app/query-demand.ts";
import { queryFlows } from "../../../app/query-flows.ts";
import { queryWater } from "../../../app/query-water.ts";
import {
  BalanceBody,
  BalanceQuery,
  DemandBody,
  DemandQuery,
  FlowsBody,
  FlowsQuery,
} from "../../../contracts/energy-analysis.ts";
import type { DemandBlock } from "../../../domain/energy/block-demand.ts";
import { instantText } from "../../../domain/time.ts";
import { anyRole, parkWide, principalOf } from "../access.ts";
import { placeBody, waterBody } from "../balance-bodies.ts";
import { flowsBody } from "../flow-bodies.ts";
import type { Routes } from "../http-services.ts";
import { intervalOf, msOf } from "../instants.ts";

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
  server.get(
    "/energy/balance",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Balance of the metering tree, with the band of the meters' own errors",
        description:
          "The boundary of the scope, every meter with others below it, and every check meter. Compared are the quarter hours that all meters of a place know; only what lies beyond allowance and band is a finding. People of one enterprise see the places in which all meters are their own.",
        querystring: BalanceQuery,
        response: { 200: BalanceBody },
      },
    },
    async (request) => {
      const { carrier, scope, asOf, from, to } = request.query;
      const principal = principalOf(request);
      const answer = await queryBalance(services, principal, {
        ...{ carrier, scope, interval: intervalOf({ from, to }) },
        asOfMs: asOf === undefined ? undefined : msOf(asOf),
      });
      const { interval, places } = answer;
      const isWater = scope === "park" && (carrier === undefined || carrier === "water");
      const isAnswered = isWater && principal.enterpriseId === null && asOf === undefined;
      return {
        ...{ scope: answer.scope, from: instantText(interval.startMs) },
        ...{ to: instantText(interval.endMs), places: places.map(placeBody) },
        water: isAnswered ? waterBody(await queryWater(services, interval)) : null,
      };
    },
  );
  server.get(
    "/energy/flows",
    {
      config: { access: parkWide },
      schema: {
        tags,
        summary: "Where energy came from and where it went: nodes and links",
        description:
          "Quarter hours of which the whole supply is known, attributed one by one. Every node between source and use gives what it takes; what no load meter saw is a node of its own.",
        querystring: FlowsQuery,
        response: { 200: FlowsBody },
      },
    },
    async (request) => {
      const { carrier, asOf, from, to } = request.query;
      const asOfMs = asOf === undefined ? undefined : msOf(asOf);
      const asked = { carrier, interval: intervalOf({ from, to }), asOfMs };
      const answer = await queryFlows(services, principalOf(request), asked);
      return flowsBody(services.registry, answer);
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
