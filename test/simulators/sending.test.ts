import { describe, expect, it } from "vitest";
import type { FaultEvent } from "../../simulators/faults/fault-kinds.ts";
import { DeliveryBook, type DeliveryTask } from "../../simulators/sending/delivery-book.ts";
import { HistoryFeed } from "../../simulators/sending/history-feed.ts";
import { instantsOf } from "../../simulators/sending/instants.ts";
import { LiveFeed } from "../../simulators/sending/live-feed.ts";
import { type OutMessage, telemetryMessages } from "../../simulators/sending/out-message.ts";
import { rangesOf } from "../../simulators/sending/ranges.ts";
import { payloadBytesMax } from "../../src/contracts/topics.ts";
import {
  dayMs,
  deviceOf,
  feeder,
  hourMs,
  quarterMs,
  simulated,
  smallPark,
  thursdayMs,
} from "../support/simulated-park.ts";

const minuteMs = 60_000;
const noonMs = thursdayMs + 12 * hourMs;
const park = smallPark([feeder, { ...feeder, id: "m2", gatewayId: "gw-2" }]);
const m1 = deviceOf(park, "m1");
const { calendar } = simulated({ park }).world;

describe("the instants of samples", () => {
  const span = { fromMs: thursdayMs, toMs: thursdayMs + dayMs };

  it("lie on the quarter hours of a history with latching", () => {
    const sampling = { latch: true, aligned: true, stepMs: quarterMs, calendar };
    const instants = instantsOf(m1, span, sampling);
    expect(instants).toHaveLength(96);
    expect(instants.every((tsMs) => tsMs % quarterMs === 0)).toBe(true);
  });

  it("meet every quarter hour beside their own pace when they are live", () => {
    const sampling = { latch: true, aligned: false, stepMs: 7 * minuteMs, calendar };
    const instants = instantsOf(m1, span, sampling);
    expect(instants.filter((tsMs) => tsMs % quarterMs === 0)).toHaveLength(96);
    expect(instants.length).toBeGreaterThan(96 + 200);
    expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b));
  });

  it("meet no quarter hour but midnight without latching", () => {
    for (const stepMs of [minuteMs, quarterMs]) {
      const sampling = { latch: false, aligned: true, stepMs, calendar };
      const met = instantsOf(m1, span, sampling).filter((tsMs) => tsMs % quarterMs === 0);
      expect(met).toEqual([thursdayMs]);
    }
  });
});

describe("a stretch of history", () => {
  it("is cut newest first, without gap or overlap, the last day by the minute", () => {
    const toMs = noonMs + 7 * minuteMs + 21_000;
    const ranges = rangesOf(thursdayMs - 29 * dayMs, toMs, toMs);
    expect(ranges[0]?.toMs).toBe(toMs);
    expect(ranges.at(-1)?.fromMs).toBe(thursdayMs - 29 * dayMs);
    for (const [place, range] of ranges.entries()) {
      expect(range.fromMs).toBeLessThan(range.toMs);
      expect(ranges[place + 1]?.toMs ?? range.fromMs).toBe(range.fromMs);
    }
    const fine = ranges.filter(({ stepMs }) => stepMs === minuteMs);
    expect(fine[0]?.toMs).toBe(toMs);
    expect(toMs - (fine.at(-1)?.fromMs ?? 0)).toBeGreaterThanOrEqual(dayMs);
    for (const { fromMs, toMs: endMs, stepMs } of ranges) {
      expect((endMs - fromMs) / stepMs).toBeLessThanOrEqual(1000);
    }
  });
});

describe("a telemetry message", () => {
  const sampleOf = (ts: number, text: string) => ({ ts, values: { importKwh: ts, mode: text } });

  it("holds one sample by itself and up to a thousand together", () => {
    const [one] = telemetryMessages(m1, [sampleOf(1, "a")]);
    expect(JSON.parse(one?.payload ?? "")).toEqual(sampleOf(1, "a"));
    const many = telemetryMessages(
      m1,
      Array.from({ length: 1500 }, (_none, index) => sampleOf(index, "a")),
    );
    expect(many.map(({ sampleCount }) => sampleCount)).toEqual([750, 750]);
    expect(telemetryMessages(m1, [])).toEqual([]);
  });

  it("stays below the limit of the contract, however long its samples are", () => {
    const samples = Array.from({ length: 900 }, (_none, index) => sampleOf(index, "x".repeat(900)));
    const messages = telemetryMessages(m1, samples);
    expect(messages.length).toBeGreaterThan(3);
    for (const { payload } of messages) {
      expect(Buffer.byteLength(payload)).toBeLessThan(payloadBytesMax);
    }
    expect(messages.flatMap(({ payload }) => JSON.parse(payload).samples)).toEqual(samples);
  });
});

/** A sink whose acknowledgements the test gives out. */
function heldSink() {
  const held: { message: OutMessage; acknowledge: () => void; refuse: (error: Error) => void }[] =
    [];
  let most = 0;
  return {
    held,
    most: () => most,
    publish: (message: OutMessage) =>
      new Promise<void>((resolve, reject) => {
        held.push({ message, acknowledge: resolve, refuse: reject });
        most = Math.max(most, held.length);
      }),
    async acknowledgeAll() {
      while (held.length > 0) {
        held.shift()?.acknowledge();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

function bookOf(newestFirst: boolean): DeliveryBook {
  const book = new DeliveryBook(newestFirst);
  for (const id of ["gw", "gw-2"]) {
    const missing = [...rangesOf(noonMs, noonMs + 4 * hourMs, noonMs + 4 * hourMs)];
    book.open(id, { throughMs: noonMs + 4 * hourMs, missing });
  }
  return book;
}

describe("the history feed", () => {
  function feedOf(sink: ReturnType<typeof heldSink>, book: DeliveryBook, window: number) {
    const done: DeliveryTask[] = [];
    const feed = new HistoryFeed({
      ...{ book, sink, window, onSent: () => undefined },
      devicesOf: (gatewayId) => park.devices.filter((one) => one.gatewayId === gatewayId),
      messagesOf: (device, { fromMs }) => telemetryMessages(device, [{ ts: fromMs, values: {} }]),
      onTaskDone: (task) => done.push(task),
    });
    return { feed, done };
  }

  it("keeps a bounded number of messages on their way and ends when all are acknowledged", async () => {
    const sink = heldSink();
    const book = bookOf(true);
    book.owe("gw", rangesOf(thursdayMs - 20 * dayMs, noonMs, noonMs + 4 * hourMs));
    const { feed, done } = feedOf(sink, book, 2);
    const total = book.openTaskCount;
    feed.wake();
    const idle = feed.idle();
    await sink.acknowledgeAll();
    await idle;
    expect(sink.most()).toBe(2);
    expect(done).toHaveLength(total);
    expect(book.openTaskCount).toBe(0);
  });

  it("delivers the newest piece first beside live values, else the oldest", () => {
    for (const newestFirst of [true, false]) {
      const book = new DeliveryBook(newestFirst);
      const missing = [...rangesOf(thursdayMs - 20 * dayMs, noonMs, noonMs)];
      book.open("gw", { throughMs: noonMs, missing });
      const taken = [...missing].map(() => {
        const task = book.take();
        // One piece at a time of a gateway, or a later one might overtake an earlier one.
        expect(book.take()).toBeNull();
        if (task !== null) book.done(task);
        return task?.range.fromMs ?? 0;
      });
      expect(taken).toHaveLength(new Set(taken).size);
      expect(taken).toEqual([...taken].sort((a, b) => (newestFirst ? b - a : a - b)));
    }
  });

  it("gives a piece back that it could not deliver, and says why it failed", async () => {
    const sink = heldSink();
    const book = bookOf(true);
    const { feed } = feedOf(sink, book, 1);
    feed.wake();
    const idle = feed.idle();
    sink.held[0]?.refuse(new Error("the sink is gone"));
    await expect(idle).rejects.toThrow("the sink is gone");
    expect(book.openTaskCount).toBe(2);
    expect(book.neededFromMs).toBe(noonMs);
  });
});

describe("the live feed", () => {
  function live(faultScript: readonly FaultEvent[] = []) {
    const simulation = simulated({ park, toMs: noonMs, faultScript });
    const sent: OutMessage[] = [];
    const open: (() => void)[] = [];
    const book = new DeliveryBook(true);
    let isOnline = true;
    let isHeld = false;
    const publish = async (message: OutMessage): Promise<void> => {
      sent.push(message);
      if (isHeld) await new Promise<void>((resolve) => open.push(resolve));
    };
    const feed = new LiveFeed({
      ...{ ...simulation, book, sink: { publish }, onSent: () => undefined, owedFromMs: 30_000 },
      devicesOf: (gatewayId) => park.devices.filter((one) => one.gatewayId === gatewayId),
      canSend: (gatewayId) => isOnline || gatewayId !== "gw",
      onOwed: () => undefined,
    });
    for (const id of ["gw", "gw-2"]) {
      book.open(id, { throughMs: noonMs, missing: [] });
      feed.begin(id, noonMs);
    }
    return {
      ...{ sent, book, feed, open },
      setOnline: (online: boolean) => {
        isOnline = online;
      },
      hold: () => {
        isHeld = true;
      },
      /** Lets time pass in the steps in which the program looks around. */
      pass: async (fromMs: number, toMs: number): Promise<void> => {
        for (let tsMs = fromMs; tsMs <= toMs; tsMs += 1000) {
          simulation.world.advanceTo(tsMs);
          feed.step(tsMs);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
  }

  const instantsIn = (messages: readonly OutMessage[], deviceId: string): readonly number[] =>
    messages
      .filter((message) => message.deviceId === deviceId && message.kind === "telemetry")
      .map(({ payload }) => JSON.parse(payload).ts);

  it("sends each device at its own pace and its frozen register within seconds", async () => {
    const { sent, pass } = live();
    await pass(noonMs + 1000, noonMs + quarterMs + 12_000);
    const instants = instantsIn(sent, "m1");
    // One a minute, and those frozen at 12:00 and 12:15.
    expect(instants).toHaveLength(15 + 2);
    expect(instants).toContain(noonMs);
    expect(instants).toContain(noonMs + quarterMs);
    expect(instants.every((tsMs) => tsMs <= noonMs + quarterMs + 12_000)).toBe(true);
  });

  it("owes what it could not send, by the minute, and goes on live", async () => {
    const { sent, pass, book, setOnline } = live();
    await pass(noonMs + 1000, noonMs + 60_000);
    setOnline(false);
    const before = sent.length;
    await pass(noonMs + 61_000, noonMs + 5 * minuteMs);
    expect(instantsIn(sent.slice(before), "m1")).toEqual([]);
    expect(instantsIn(sent.slice(before), "m2").length).toBeGreaterThan(2);
    expect(book.account("gw")?.throughMs).toBe(noonMs + 60_000);
    setOnline(true);
    await pass(noonMs + 5 * minuteMs + 1000, noonMs + 7 * minuteMs);
    expect(book.account("gw")?.missing).toEqual([
      { fromMs: noonMs + 60_000, toMs: noonMs + 5 * minuteMs + 1000, stepMs: minuteMs },
    ]);
    const later = instantsIn(sent.slice(before), "m1");
    expect(later.length).toBeGreaterThan(0);
    expect(Math.min(...later)).toBeGreaterThan(noonMs + 5 * minuteMs);
    expect(book.account("gw")?.throughMs).toBe(noonMs + 7 * minuteMs);
  });

  it("counts nothing as delivered before it is acknowledged", async () => {
    const { sent, pass, book, open, hold } = live();
    await pass(noonMs + 1000, noonMs + minuteMs);
    hold();
    const before = sent.length;
    await pass(noonMs + minuteMs + 1000, noonMs + 3 * minuteMs);
    const [first] = instantsIn(sent.slice(before), "m1");
    expect(book.account("gw")?.throughMs).toBe(first);
    for (const acknowledge of open.splice(0)) acknowledge();
    await pass(noonMs + 3 * minuteMs + 1000, noonMs + 3 * minuteMs + 2000);
    expect(book.account("gw")?.throughMs).toBeGreaterThan(noonMs + 2 * minuteMs);
  });

  it.each(["duplicate", "resend"] as const)("sends everything twice under %s", async (kind) => {
    const fault = {
      kind,
      deviceId: "m1",
      fromMs: noonMs,
      toMs: noonMs + hourMs,
      offsetMs: 0,
      factor: 1,
    };
    const { sent, pass } = live([fault]);
    await pass(noonMs + 1000, noonMs + 6 * minuteMs);
    const early = instantsIn(sent, "m1").filter((tsMs) => tsMs < noonMs + 5 * minuteMs);
    const counts = [...new Set(early)].map((tsMs) => early.filter((one) => one === tsMs).length);
    expect(counts).toEqual(counts.map(() => 2));
    expect(counts.length).toBeGreaterThan(4);
  });

  it("tells of a replaced meter and lets strangers speak", async () => {
    const at = { fromMs: noonMs + minuteMs, toMs: noonMs + hourMs, offsetMs: 0, factor: 1 };
    const { sent, pass } = live([
      { ...at, kind: "replacement", deviceId: "m1" },
      { ...at, kind: "unknown-device", deviceId: "gw" },
    ]);
    await pass(noonMs + 1000, noonMs + 4 * minuteMs);
    const events = sent.filter(({ kind }) => kind === "event");
    expect(events.map(({ deviceId, payload }) => [deviceId, JSON.parse(payload).code])).toEqual([
      ["m1", "meter-replaced"],
    ]);
    expect(sent.some(({ deviceId }) => deviceId.startsWith("unknown-"))).toBe(true);
  });
});
