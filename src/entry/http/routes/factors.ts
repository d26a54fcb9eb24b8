import { queryFactors } from "../../../app/query-factors.ts";
import { FactorBody, FactorQuery } from "../../../contracts/factors.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { principalOf, readers } from "../access.ts";
import { factorBody } from "../carbon-bodies.ts";
import type { Routes } from "../http-services.ts";

export const factorRoutes: Routes = async (server, { carbon }) => {
  server.get(
    "/factors",
    {
      config: { access: readers },
      schema: {
        tags: ["carbon"],
        summary: "Emission factors and coal equivalents in force, by id",
        description:
          "Each with the purposes that it serves, its source and how sure it is. A factor without a value says that nothing is published.",
        querystring: FactorQuery,
        response: { 200: pageOf(FactorBody) },
      },
    },
    async (request) => {
      const { cursor = null, limit, year, confirmed, ...filter } = request.query;
      const page = queryFactors(carbon, principalOf(request), {
        filter: {
          ...filter,
          dataYear: year,
          confirmed: confirmed === undefined ? undefined : confirmed === "true",
        },
        after: cursor,
        limit,
      });
      return { items: page.items.map(factorBody), next: page.next };
    },
  );
};
