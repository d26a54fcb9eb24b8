import { z } from "zod";
import { visibleMeter } from "../../../app/energy-parts.ts";
import { addMeter } from "../../../app/manage-registry.ts";
import { listMeters } from "../../../app/read-registry.ts";
import {
  MeterBody,
  MeterCreated,
  MeterPost,
  MetersQuery,
  pageOf,
} from "../../../contracts/registry.ts";
import { anyRole, operators, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { meterBody, meterEntry, pageFrom } from "../registry-bodies.ts";

const tags = ["registry"];
const params = z.object({ id: z.string() });

export const meterRoutes: Routes = async (server, services) => {
  const { registry, manageRegistry } = services;
  server.get(
    "/meters",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Registered devices of every kind",
        querystring: MetersQuery,
        response: { 200: pageOf(MeterBody) },
      },
    },
    async (request) => {
      const { cursor, limit, ...filter } = request.query;
      const asked = { ...pageFrom({ cursor, limit }), ...filter };
      const { items, next } = listMeters(registry, principalOf(request), asked);
      return { items: items.map((meter) => meterBody(services, meter)), next };
    },
  );
  server.get(
    "/meters/:id",
    {
      config: { access: anyRole },
      schema: { tags, summary: "One registered device", params, response: { 200: MeterBody } },
    },
    async (request) => {
      const { id } = request.params;
      return meterBody(services, visibleMeter(registry, principalOf(request), id));
    },
  );
  server.post(
    "/meters",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Register a device; what waits for it in quarantine is taken in",
        body: MeterPost,
        response: { 201: MeterCreated },
      },
    },
    async (request, reply) => {
      const entry = {
        ...meterEntry(request.body),
        id: request.body.id,
        gatewayId: request.body.gatewayId,
      };
      const added = await addMeter(manageRegistry, principalOf(request), entry);
      const { replayedSamples } = added;
      return reply.code(201).send({ ...meterBody(services, added.meter), replayedSamples });
    },
  );
};
