import { queryParameters } from "../../../app/query-parameters.ts";
import { ParameterBody, ParameterQuery } from "../../../contracts/parameters.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { principalOf, readers } from "../access.ts";
import { parameterBody } from "../carbon-bodies.ts";
import type { Routes } from "../http-services.ts";

export const parameterRoutes: Routes = async (server, { carbon }) => {
  server.get(
    "/parameters",
    {
      config: { access: readers },
      schema: {
        tags: ["carbon"],
        summary: "How the open questions of the accounting rules are read, and the values in force",
        querystring: ParameterQuery,
        response: { 200: pageOf(ParameterBody) },
      },
    },
    async (request) => {
      const items = queryParameters(carbon, principalOf(request), request.query.on ?? null);
      return { items: items.map(parameterBody), next: null };
    },
  );
};
