import { z } from "zod";
import { adoptDevice, dismissGroup } from "../../../app/manage-registry.ts";
import { listQuarantine } from "../../../app/read-registry.ts";
import {
  AdoptionPost,
  MeterCreated,
  PageQuery,
  pageOf,
  QuarantineBody,
} from "../../../contracts/registry.ts";
import { operators, parkWide, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { meterBody, meterEntry, pageFrom, quarantineBody } from "../registry-bodies.ts";

const tags = ["quarantine"];
const params = z.object({ id: z.string() });

export const quarantineRoutes: Routes = async (server, services) => {
  const { registry, quarantine, manageRegistry } = services;
  server.get(
    "/quarantine",
    {
      config: { access: parkWide },
      schema: {
        tags,
        summary: "What was set aside, grouped by place and reason",
        querystring: PageQuery,
        response: { 200: pageOf(QuarantineBody) },
      },
    },
    async (request) => {
      const page = pageFrom(request.query);
      const found = await listQuarantine({ registry, quarantine }, principalOf(request), page);
      return { items: found.items.map(quarantineBody), next: found.next };
    },
  );
  server.post(
    "/quarantine/:id/adoption",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Register the unknown device of a group and take in what it has sent",
        params,
        body: AdoptionPost,
        response: { 201: MeterCreated },
      },
    },
    async (request, reply) => {
      const asked = { groupId: request.params.id, entry: meterEntry(request.body) };
      const added = await adoptDevice(manageRegistry, principalOf(request), asked);
      const { replayedSamples } = added;
      return reply.code(201).send({ ...meterBody(services, added.meter), replayedSamples });
    },
  );
  server.delete(
    "/quarantine/:id",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Dismiss a group with the copies that are kept of it",
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await dismissGroup(manageRegistry, principalOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
};
