import { z } from "zod";
import { addGateway, rotateGatewayPassword } from "../../../app/manage-registry.ts";
import { listGateways } from "../../../app/read-registry.ts";
import {
  CredentialsPost,
  GatewayBody,
  GatewayCredentials,
  GatewayPost,
  PageQuery,
  pageOf,
} from "../../../contracts/registry.ts";
import { operators, parkWide, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { instantOrNull } from "../instants.ts";
import { nameFrom, pageFrom } from "../registry-bodies.ts";

const tags = ["registry"];

export const gatewayRoutes: Routes = async (server, services) => {
  const { registry, manageRegistry, onlineGateways } = services;
  server.get(
    "/gateways",
    {
      config: { access: parkWide },
      schema: {
        tags,
        summary: "Gateways, with whether they are connected",
        querystring: PageQuery,
        response: { 200: pageOf(GatewayBody) },
      },
    },
    async (request) => {
      const page = listGateways(registry, principalOf(request), pageFrom(request.query));
      const present = onlineGateways();
      const items = page.items.map((gateway) => {
        const presence = present.get(gateway.id);
        return {
          ...gateway,
          online: presence?.online ?? null,
          lastAt: instantOrNull(presence?.lastAtMs ?? null),
        };
      });
      return { ...page, items };
    },
  );
  server.post(
    "/gateways",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Register a gateway; its password is shown in this answer only and works at once",
        body: GatewayPost,
        response: { 201: GatewayCredentials },
      },
    },
    async (request, reply) => {
      const { id, name, simulated } = request.body;
      const entry = { id, name: nameFrom(name), simulated: simulated ?? false };
      const credentials = await addGateway(manageRegistry, principalOf(request), entry);
      return reply.code(201).send(credentials);
    },
  );
  server.post(
    "/gateways/:id/credentials",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Give a gateway a new password; the old one is refused from now on",
        params: z.object({ id: z.string() }),
        body: CredentialsPost,
        response: { 201: GatewayCredentials },
      },
    },
    async (request, reply) => {
      const asked = { id: request.params.id, simulated: request.body?.simulated ?? false };
      const credentials = await rotateGatewayPassword(manageRegistry, principalOf(request), asked);
      return reply.code(201).send(credentials);
    },
  );
};
