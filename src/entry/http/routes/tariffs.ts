import { addTariff, listTariffs } from "../../../app/manage-tariffs.ts";
import { queryCost } from "../../../app/query-cost.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { CostBody, CostQuery, TariffBody, TariffPost } from "../../../contracts/tariffs.ts";
import { anyRole, operators, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { msOf } from "../instants.ts";
import { costBody, tariffBody, tariffFrom } from "../tariff-bodies.ts";

const tags = ["tariffs"];

export const tariffRoutes: Routes = async (server, services) => {
  server.get(
    "/tariffs",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Electricity tariffs with their source, every revision",
        description: "None is shipped: a tariff is entered by somebody who has the document.",
        response: { 200: pageOf(TariffBody) },
      },
    },
    async (request) => {
      const items = await listTariffs(services, principalOf(request));
      return { items: items.map(tariffBody), next: null };
    },
  );
  server.post(
    "/tariffs",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Enter a tariff from a day on, or the correction of one",
        description:
          "A tariff that leaves a minute without a price, or prices one twice, is refused with the place. Bills as known before a correction can still be asked for with `asOf`.",
        body: TariffPost,
        response: { 201: TariffBody },
      },
    },
    async (request, reply) => {
      const { correction } = request.body;
      const entry = { tariff: tariffFrom(request.body), correction: correction ?? null };
      const record = await addTariff(services, principalOf(request), entry);
      return reply.code(201).send(tariffBody({ ...record, isSuperseded: false }));
    },
  );
  server.get(
    "/energy/cost",
    {
      config: { access: anyRole },
      schema: {
        tags: ["energy"],
        summary: "What the electricity that a scope draws costs in a period",
        description:
          "Worked out from the ledger at the moment of asking. Without a tariff the total is null and `missing` says so.",
        querystring: CostQuery,
        response: { 200: CostBody },
      },
    },
    async (request) => {
      const { scope, period, asOf } = request.query;
      const asOfMs = asOf === undefined ? undefined : msOf(asOf);
      return costBody(await queryCost(services, principalOf(request), { scope, period, asOfMs }));
    },
  );
};
