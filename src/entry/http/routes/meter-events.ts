import { z } from "zod";
import { listTasks } from "../../../app/list-tasks.ts";
import { listMeterEvents, recordMeterEvent } from "../../../app/record-meter-event.ts";
import {
  MeterEventBody,
  MeterEventPost,
  TaskBody,
  TasksQuery,
} from "../../../contracts/meter-events.ts";
import { pageOf } from "../../../contracts/registry.ts";
import { eventsInForce } from "../../../domain/telemetry/meter-event.ts";
import { anyRole, operators, principalOf } from "../access.ts";
import type { Routes } from "../http-services.ts";
import { meterEventBody, meterEventEntry, taskBody } from "../meter-event-bodies.ts";

const tags = ["registry"];
const params = z.object({ id: z.string() });

export const meterEventRoutes: Routes = async (server, { registry, meterEvents, dropTasks }) => {
  server.get(
    "/meters/:id/events",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "What has been recorded about the life of a meter",
        params,
        response: { 200: pageOf(MeterEventBody) },
      },
    },
    async (request) => {
      const events = listMeterEvents(registry, principalOf(request), request.params.id);
      const inForce = new Set(eventsInForce(events));
      const items = events.map((event) => meterEventBody(event, inForce.has(event)));
      return { items, next: null };
    },
  );
  server.post(
    "/meters/:id/events",
    {
      config: { access: operators },
      schema: {
        tags,
        summary: "Record a replacement, a multiplier, a reset, a calibration",
        description:
          "Before or after the readings that it concerns: every slot that it changes becomes a new revision with the type of the event as its reason.",
        params,
        body: MeterEventPost,
        response: { 201: MeterEventBody },
      },
    },
    async (request, reply) => {
      const event = await recordMeterEvent(meterEvents, principalOf(request), {
        meterId: request.params.id,
        entry: meterEventEntry(request.body, meterEvents.clock.nowMs()),
      });
      return reply.code(201).send(meterEventBody(event, event.type !== "withdrawal"));
    },
  );
  server.get(
    "/tasks",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "What waits for a person's decision",
        description:
          "A register that fell for no reason that is known: what follows is provisional until somebody records a replacement, a reset or an invalidation.",
        querystring: TasksQuery,
        response: { 200: pageOf(TaskBody) },
      },
    },
    async (request) => {
      const tasks = await listTasks({ registry, dropTasks }, principalOf(request), request.query);
      return { items: tasks.map(taskBody), next: null };
    },
  );
};
