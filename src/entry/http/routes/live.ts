import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { LiveSink } from "../../../app/live-events.ts";
import { LiveEventsQuery, LiveSnapshot } from "../../../contracts/live.ts";
import { secondMs } from "../../../domain/time.ts";
import { anyRole, principalOf } from "../access.ts";
import { createCredentials } from "../credentials.ts";
import type { Routes } from "../http-services.ts";
import { deviceBody, eventBytes, viewBody } from "../live-bodies.ts";
import { RateLimitedError } from "../problem.ts";
import { unchecked } from "../unchecked.ts";

const tags = ["live"];
const heartbeatMs = 15 * secondMs;
/** Streams that are open at a time, for all and for one principal. */
const streamsMax = 1000;
const streamsPerPrincipalMax = 400;

export const liveRoutes: Routes = async (server, services) => {
  const { livePicture, liveEvents, clock } = services;
  const credentials = createCredentials(services);
  const streams = new Map<string, number>();

  server.get(
    "/live",
    {
      config: { access: anyRole },
      schema: {
        tags,
        summary: "What is known of this moment",
        response: { 200: LiveSnapshot },
      },
      serializerCompiler: unchecked,
    },
    async (request) => {
      const principal = principalOf(request);
      // The place is read first: what changes in between is then told again rather than missed.
      const eventId = liveEvents.position();
      const view = livePicture.view(principal);
      const { parkId, simulated } = view;
      const devices = livePicture.devices(principal).map(deviceBody);
      return { ...viewBody(view), eventId, parkId, simulated, devices };
    },
  );
  server.get(
    "/live/events",
    {
      config: { access: anyRole },
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: "Server-sent events: reading, slot, restatement, alert, plan, status, resync",
        description:
          "A comment every 15 s keeps the connection alive. Last-Event-ID, or `after` with the eventId of a snapshot, goes on without a gap; otherwise the first event carries everything. A slow reader gets the newest state instead of a queue, and is let go when it takes nothing.",
        produces: ["text/event-stream"],
        querystring: LiveEventsQuery,
        response: { 200: z.string() },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const open = streams.get(principal.id) ?? 0;
      if (open >= streamsPerPrincipalMax || liveEvents.subscribers >= streamsMax) {
        throw new RateLimitedError(heartbeatMs / secondMs);
      }
      streams.set(principal.id, open + 1);
      const afterId = lastEventId(request) ?? request.query.after ?? null;
      const sink = openStream(request, reply, () => clock.nowMs());
      const unsubscribe = liveEvents.subscribe(principal, sink, afterId);
      const heartbeat = setInterval(() => void beat(), heartbeatMs);
      const beat = async (): Promise<void> => {
        // Whoever signs out, or whose session ends, has no right to what comes next.
        const holder = await credentials.principalOf(request).catch(() => principal);
        if (holder?.id !== principal.id) sink.end();
        else if (sink.pendingBytes === 0) reply.raw.write(": heartbeat\n\n");
      };
      reply.raw.once("close", () => {
        clearInterval(heartbeat);
        unsubscribe();
        const left = (streams.get(principal.id) ?? 1) - 1;
        if (left > 0) streams.set(principal.id, left);
        else streams.delete(principal.id);
      });
      return reply;
    },
  );
};

/** Takes the connection out of the framework's hands and sends the head of an event stream. */
function openStream(request: FastifyRequest, reply: FastifyReply, nowMs: () => number): LiveSink {
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  reply.hijack();
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    // Proxies that gather answers would hold the events back.
    "x-accel-buffering": "no",
  });
  raw.write("retry: 3000\n\n");
  request.raw.socket.setNoDelay(true);
  return {
    get pendingBytes() {
      return raw.writableLength;
    },
    send: (id, news) => {
      raw.cork();
      raw.write(`id: ${id}\n`);
      raw.write(eventBytes(news, nowMs()));
      raw.uncork();
    },
    end: () => {
      // What a stalled reader has not taken would keep the connection open for ever.
      if (raw.writableLength > 0) raw.destroy();
      else raw.end();
    },
  };
}

function lastEventId({ headers }: FastifyRequest): string | null {
  const id = headers["last-event-id"];
  return typeof id === "string" && id.length <= 100 ? id : null;
}
