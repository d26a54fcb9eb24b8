import { z } from "zod";
import { addEnterprise } from "../../../app/manage-registry.ts";
import { listEnterprises, readEnterprise } from "../../../app/read-registry.ts";
import { EnterpriseBody, EnterprisePost, PageQuery, pageOf } from "../../../contracts/registry.ts";
import { anyRole, operators, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { nameFrom, pageFrom } from "../registry-bodies.ts";

const tags = ["registry"];

export const enterpriseRoutes: Routes = async (server, { registry, manageRegistry }) => {
  server.get(
    "/enterprises",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Enterprises of the park; people of one enterprise see that one",
        querystring: PageQuery,
        response: { 200: pageOf(EnterpriseBody) },
      },
    },
    async (request) => {
      const page = listEnterprises(registry, principalOf(request), pageFrom(request.query));
      return { ...page, items: [...page.items] };
    },
  );
  server.get(
    "/enterprises/:id",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "One enterprise",
        params: z.object({ id: z.string() }),
        response: { 200: EnterpriseBody },
      },
    },
    async (request) => readEnterprise(registry, principalOf(request), request.params.id),
  );
  server.post(
    "/enterprises",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Register an enterprise",
        body: EnterprisePost,
        response: { 201: EnterpriseBody },
      },
    },
    async (request, reply) => {
      const { id, name, industry, creditCode } = request.body;
      const enterprise = await addEnterprise(manageRegistry, principalOf(request), {
        id,
        name: nameFrom(name) ?? { zh: id, en: id },
        industry: industry ?? null,
        creditCode: creditCode ?? null,
      });
      return reply.code(201).send(enterprise);
    },
  );
};
