import { computed, ref, shallowRef } from "vue";
import type { LiveDevice, LiveSnapshot, ReadingEvent, SlotEvent } from "../../contracts/live.ts";
import { get } from "../api/client.ts";
import { followStream, type StreamEvent } from "../api/event-stream.ts";
import { asRequestError, type RequestError } from "../api/problem.ts";

/** A person cannot read faster, and a wall must not flicker. */
const showEveryMs = 1_000;
/** The service sends a heartbeat every 15 s; ten more are granted. */
const silentMsMax = 25_000;
const retryMsMin = 1_000;
const retryMsMax = 5_000;

export type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "open" }
  | { readonly kind: "lost"; readonly sinceMs: number };

export const snapshot = shallowRef<LiveSnapshot | null>(null);
export const liveDevices = shallowRef<ReadonlyMap<string, LiveDevice>>(new Map());
export const liveError = shallowRef<RequestError | null>(null);
export const connection = shallowRef<Connection>({ kind: "connecting" });

/** The service's clock, told from its newest answer, so that a wrong clock on this side shows no wrong age. */
export const nowMs = ref(Date.now());
let skewMs = 0;
let aliveMs = 0;

/** Values are kept when the line is lost, but they are no longer today's news. */
export const isLineStale = computed(
  () => connection.value.kind === "lost" && nowMs.value - connection.value.sinceMs > silentMsMax,
);

type SlotListener = (event: SlotEvent | null) => void;
const slotListeners = new Set<SlotListener>();

/**
 * Tells when quarter hours were closed or restated; null when that may have been missed. Returns a
 * function that ends the subscription.
 */
export function onSlots(listener: SlotListener): () => void {
  slotListeners.add(listener);
  return () => slotListeners.delete(listener);
}

let stop: (() => void) | null = null;

/** Follows the park until `stopLive`; calling it twice does nothing. */
export function startLive(): void {
  if (stop !== null) return;
  const abort = new AbortController();
  const feed = new Feed(abort.signal);
  const ticker = setInterval(() => {
    nowMs.value = Date.now() + skewMs;
    feed.show();
    feed.checkSilence();
  }, showEveryMs);
  void feed.run();
  stop = () => {
    abort.abort();
    clearInterval(ticker);
  };
}

export function stopLive(): void {
  stop?.();
  stop = null;
  snapshot.value = null;
  liveDevices.value = new Map();
  connection.value = { kind: "connecting" };
}

/** Keeps one stream open and gathers what it says until it is time to show it. */
class Feed {
  readonly #signal: AbortSignal;
  #line: AbortController | null = null;
  #lastEventId: string | null = null;
  #pending: ReadingEvent[] = [];

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#line?.abort());
  }

  async run(): Promise<void> {
    let retryMs = retryMsMin;
    while (!this.#signal.aborted) {
      const openedMs = Date.now();
      try {
        await this.#followOnce();
      } catch (error) {
        if (this.#signal.aborted) return;
        liveError.value = asRequestError(error);
      }
      if (this.#signal.aborted) return;
      if (connection.value.kind !== "lost") {
        connection.value = { kind: "lost", sinceMs: Date.now() + skewMs };
      }
      // A line that lasted was a good line: begin again with a short wait.
      if (Date.now() - openedMs > retryMsMax) retryMs = retryMsMin;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      retryMs = Math.min(retryMs * 2, retryMsMax);
    }
  }

  async #followOnce(): Promise<void> {
    if (this.#lastEventId === null) await this.#read();
    const line = new AbortController();
    this.#line = line;
    await followStream({
      url: "/api/v1/live/events",
      lastEventId: this.#lastEventId,
      signal: line.signal,
      onAlive: () => {
        aliveMs = Date.now();
        liveError.value = null;
        if (connection.value.kind !== "open") connection.value = { kind: "open" };
      },
      onEvent: (event) => this.#take(event),
    });
  }

  /** Reads the whole picture; the stream goes on from the place that it names. */
  async #read(): Promise<void> {
    const answer = await get<LiveSnapshot>("/live");
    this.#pending = [];
    this.#lastEventId = answer.eventId;
    takeSnapshot(answer);
  }

  #take({ name, data, id }: StreamEvent): void {
    if (id !== null) this.#lastEventId = id;
    if (name === "reading") this.#pending.push(JSON.parse(data) as ReadingEvent);
    if (name === "slot") {
      const event = JSON.parse(data) as SlotEvent;
      for (const listener of slotListeners) listener(event);
    }
    // Events were missed for good: everything is read again.
    if (name === "resync") {
      this.#lastEventId = null;
      this.#line?.abort();
      for (const listener of slotListeners) listener(null);
    }
  }

  /** Puts everything that has arrived since the last time on the screen, at once. */
  show(): void {
    const current = snapshot.value;
    if (this.#pending.length === 0 || current === null) return;
    const news = this.#pending;
    this.#pending = [];
    const newest = news[news.length - 1];
    if (newest === undefined) return;
    const devices = new Map(liveDevices.value);
    for (const event of news) for (const device of event.devices) devices.set(device.id, device);
    liveDevices.value = devices;
    const { at, flow, freshness } = newest;
    snapshot.value = { ...current, at, flow, freshness };
    skewMs = Date.parse(at) - Date.now();
  }

  checkSilence(): void {
    if (connection.value.kind === "open" && Date.now() - aliveMs > silentMsMax) this.#line?.abort();
  }
}

function takeSnapshot(answer: LiveSnapshot): void {
  snapshot.value = answer;
  liveDevices.value = new Map(answer.devices.map((device) => [device.id, device]));
  skewMs = Date.parse(answer.at) - Date.now();
  nowMs.value = Date.now() + skewMs;
}
