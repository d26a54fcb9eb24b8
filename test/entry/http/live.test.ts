import { connect } from "node:net";
import { describe, expect, it, vi } from "vitest";
import {
  LiveSnapshot,
  ReadingEvent,
  ResyncEvent,
  SlotEvent,
  StatusEvent,
} from "../../../src/contracts/live.ts";
import { type EventStream, openEventStream } from "../../support/event-stream.ts";
import { bearer, type HttpFixture, openHttp } from "../../support/http-fixture.ts";

async function openStreams() {
  const http = await openHttp();
  const base = await http.server.listen({ host: "127.0.0.1", port: 0 });
  const follow = (
    query = "",
    headers: Readonly<Record<string, string>> = bearer,
  ): Promise<EventStream> => openEventStream(`${base}/api/v1/live/events${query}`, headers);
  return { ...http, base, follow };
}

function send(http: HttpFixture, device: string, values: object, ts = "2026-11-22T05:59:59Z") {
  const gateway = device === "m-beta" ? "gw-2" : "gw-1";
  return http.call("POST", "/api/v1/telemetry", { gateway, device, ts, values });
}

describe("GET /live", () => {
  it("is the picture of this moment in the shape of the contract", async () => {
    const http = await openHttp();
    await send(http, "m-grid", { powerKw: 120 });
    await send(http, "m-acme", { powerKw: 70 });
    const snapshot = LiveSnapshot.parse((await http.call("GET", "/api/v1/live")).json());
    expect(snapshot).toMatchObject({
      at: "2026-11-22T06:00:00.000Z",
      parkId: "north",
      simulated: "none",
      freshness: { devicesTotal: 3, devicesFresh: 2, devicesNever: 1, delayS: 1 },
      flow: { gridKw: 120, loadKw: null, supplyKw: 120, groups: [{ id: "halls", powerKw: 70 }] },
    });
    expect(snapshot.devices.find(({ id }) => id === "m-grid")).toEqual({
      id: "m-grid",
      at: "2026-11-22T05:59:59.000Z",
      receivedAt: "2026-11-22T06:00:00.000Z",
      stale: false,
      values: { powerKw: 120 },
      doubtful: [],
    });
  });
});

describe("GET /live/events", () => {
  it("begins with everything and follows with what changes", async () => {
    const http = await openStreams();
    const stream = await http.follow();
    expect(stream.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(stream.headers["content-security-policy"]).toContain("default-src 'self'");
    const first = await stream.until(({ event }) => event === "reading");
    expect(ReadingEvent.parse(first.data).devices).toHaveLength(3);
    await send(http, "m-grid", { powerKw: 121 });
    http.parts.events.tick();
    const next = await stream.until(({ data }) => JSON.stringify(data).includes("121"));
    const { devices, flow } = ReadingEvent.parse(next.data);
    expect(devices.map(({ id }) => id)).toEqual(["m-grid"]);
    expect(flow.gridKw).toBe(121);
    stream.abort();
  });

  it("tells slots and the state of the service", async () => {
    const http = await openStreams();
    const stream = await http.follow();
    await send(http, "m-acme", { importKwh: 100 }, "2026-11-22T05:30:00Z");
    await send(http, "m-acme", { importKwh: 104 }, "2026-11-22T05:45:00Z");
    await http.settled();
    const body: StatusEvent = {
      ...{ at: "2026-11-22T06:00:00.000Z", ready: true, degraded: [], failing: [] },
      ...{ simulated: "none", devicesTotal: 3, quarantinedTotal: 0 },
    };
    http.parts.events.publish({ kind: "status", body }, "park");
    http.parts.events.tick();
    const slot = await stream.until(({ event }) => event === "slot");
    expect(SlotEvent.parse(slot.data)).toEqual({
      meterIds: ["m-acme"],
      from: "2026-11-22T05:30:00.000Z",
      to: "2026-11-22T05:45:00.000Z",
      slots: 1,
      revised: 0,
    });
    const status = await stream.until(({ event }) => event === "status");
    expect(StatusEvent.parse(status.data)).toEqual(body);
    stream.abort();
  });

  it("goes on where Last-Event-ID, or a snapshot, left off", async () => {
    const http = await openStreams();
    const { eventId } = (await http.call("GET", "/api/v1/live")).json();
    await send(http, "m-grid", { powerKw: 1 });
    http.parts.events.tick();
    const byHeader = await http.follow("", { ...bearer, "last-event-id": eventId });
    const byQuery = await http.follow(`?after=${eventId}`);
    http.parts.events.tick();
    for (const stream of [byHeader, byQuery]) {
      const event = await stream.until(() => true);
      expect(ReadingEvent.parse(event.data).devices.map(({ id }) => id)).toEqual(["m-grid"]);
      stream.abort();
    }
  });

  it("says when it cannot go on from there", async () => {
    const http = await openStreams();
    const stream = await http.follow("", { ...bearer, "last-event-id": "AAAAAAAA.7" });
    const [resync, reading] = await vi.waitFor(() => {
      expect(stream.events).toHaveLength(2);
      return stream.events;
    });
    expect(resync?.event).toBe("resync");
    ResyncEvent.parse(resync?.data);
    expect(reading?.event).toBe("reading");
    stream.abort();
  });

  it("shows a tenant its own devices only", async () => {
    const http = await openStreams();
    const stream = await http.follow("", await http.signIn(["enterprise"], "acme"));
    await send(http, "m-grid", { powerKw: 777 });
    await send(http, "m-beta", { powerKw: 778 });
    await send(http, "m-acme", { powerKw: 5 });
    http.parts.events.tick();
    await stream.until(({ data }) => JSON.stringify(data).includes('"powerKw":5'));
    expect(JSON.stringify(stream.events)).not.toMatch(/m-grid|m-beta|77[78]/);
    stream.abort();
  });

  it("forgets a client that goes away", async () => {
    const http = await openStreams();
    const streams = await Promise.all(Array.from({ length: 20 }, () => http.follow()));
    expect(http.parts.events.subscribers).toBe(20);
    for (const stream of streams) stream.abort();
    await vi.waitFor(() => expect(http.parts.events.subscribers).toBe(0), { timeout: 10_000 });
  });

  it("holds nothing back for a reader that stalls, and lets it go", async () => {
    const http = await openStreams();
    const { port } = new URL(http.base);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const head = `GET /api/v1/live/events HTTP/1.1\r\nhost: x\r\nauthorization: ${bearer.authorization}\r\n\r\n`;
    socket.write(head);
    await vi.waitFor(() => expect(http.parts.events.subscribers).toBe(1), { timeout: 10_000 });
    socket.pause();
    // More than the kernel's buffers take: the rest waits in the process, and nothing is added to it.
    const body = { text: "x".repeat(16 * 1024 * 1024) };
    http.parts.events.publish({ kind: "status", body }, "park");
    http.parts.events.tick();
    for (let second = 0; second < 3 && http.parts.events.subscribers > 0; second += 1) {
      http.clock.nowMs += 1000;
      http.parts.events.tick();
    }
    expect(http.parts.events.subscribers).toBe(0);
    socket.resume();
    await closed;
  });

  it("ends when the person signs out", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const http = await openStreams();
      const headers = await http.signIn(["manager"]);
      const stream = await http.follow("", headers);
      await stream.until(({ event }) => event === "reading");
      await vi.advanceTimersByTimeAsync(15_000);
      await vi.waitFor(() => expect(stream.comments).toEqual(["heartbeat"]));
      await http.inject({ method: "DELETE", url: "/api/v1/session", headers });
      await vi.advanceTimersByTimeAsync(15_000);
      await stream.ended;
      expect(stream.comments).toEqual(["heartbeat"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends when the service stops", async () => {
    const http = await openStreams();
    const stream = await http.follow();
    await stream.until(({ event }) => event === "reading");
    http.parts.events.stop();
    await stream.ended;
    await http.server.close();
  });

  it("opens only so many streams for one principal", async () => {
    const http = await openStreams();
    const streams = await Promise.all(Array.from({ length: 400 }, () => http.follow()));
    const refused = await http.follow();
    expect(refused.status).toBe(429);
    expect(refused.headers["retry-after"]).toBe("15");
    for (const stream of streams) stream.abort();
    refused.abort();
  });
});
