import { z } from "zod";
import {
  addVirtualMeter,
  type ListedVirtualMeter,
  listVirtualMeters,
  queryVirtualEnergy,
  type VirtualStep,
} from "../../../app/virtual-meters.ts";
import { pageOf } from "../../../contracts/registry.ts";
import {
  VirtualEnergyBody,
  VirtualEnergyQuery,
  VirtualMeterBody,
  VirtualMeterPost,
} from "../../../contracts/virtual-meters.ts";
import { instantText } from "../../../domain/time.ts";
import { anyRole, operators, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { intervalOf, msOf } from "../instants.ts";
import { nameFrom } from "../registry-bodies.ts";

const tags = ["energy"];

export const virtualMeterRoutes: Routes = async (server, services) => {
  server.get(
    "/virtual-meters",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Meters by formula",
        response: { 200: pageOf(VirtualMeterBody) },
      },
    },
    async (request) => {
      const items = await listVirtualMeters(services, principalOf(request));
      return { items: items.map(meterBody), next: null };
    },
  );
  server.post(
    "/virtual-meters",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Register a meter by formula",
        description:
          'References stand in quotes: `"m-1.importKwh" - 0.5 * "virtual:halls"`. There are numbers, + - * / and brackets.',
        body: VirtualMeterPost,
        response: { 201: VirtualMeterBody },
      },
    },
    async (request, reply) => {
      const { id, name, enterpriseId, formula } = request.body;
      const meter = await addVirtualMeter(services, principalOf(request), {
        ...{ id, formula, enterpriseId: enterpriseId ?? null, origin: "api" },
        name: nameFrom(name) ?? { zh: id, en: id },
      });
      return reply.code(201).send(meterBody(meter));
    },
  );
  server.get(
    "/virtual-meters/:id/energy",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "Energy of a meter by formula, step by step",
        params: z.object({ id: z.string() }),
        querystring: VirtualEnergyQuery,
        response: { 200: VirtualEnergyBody },
      },
    },
    async (request) => {
      const { step, asOf, from, to } = request.query;
      const { meter, steps, total } = await queryVirtualEnergy(services, principalOf(request), {
        ...{ id: request.params.id, step, interval: intervalOf({ from, to }) },
        asOfMs: asOf === undefined ? undefined : msOf(asOf),
      });
      return {
        ...{ id: meter.id, unit: meter.unit, step, total: figuresOf(total) },
        slots: steps.map((one) => ({ start: instantText(one.startMs), ...figuresOf(one) })),
      };
    },
  );
};

function meterBody(meter: ListedVirtualMeter): VirtualMeterBody {
  return { ...meter, registers: [...meter.registers] };
}

function figuresOf(step: VirtualStep): VirtualEnergyBody["total"] {
  const { amount, grade, coverage, estimatedFraction, missingSlotCount } = step;
  return { amount, grade, coverage, estimatedFraction, missingSlots: missingSlotCount };
}
