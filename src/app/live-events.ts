import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import { secondMs } from "../domain/time.ts";
import type { SlotsChanged } from "./close-slots.ts";
import { LiveLog, type Noted } from "./live-log.ts";
import type { Audience, LiveNews, PartNews, ReadingNews, SlotNews } from "./live-news.ts";
import type { LivePicture, LiveView } from "./live-picture.ts";
import type { Clock } from "./ports.ts";
import type { Registry } from "./registry.ts";

/** Where the news of one stream go. The same news object goes to many. */
export interface LiveSink {
  /** Bytes that were sent and that the client has not taken yet. */
  readonly pendingBytes: number;
  send(id: string, news: LiveNews): void;
  end(): void;
}

/** Tells open streams what changes; bounded in memory whatever the readers do. */
export interface LiveEvents {
  slotsChanged(change: SlotsChanged): void;
  publish(news: PartNews, audience: Audience): void;
  /**
   * Opens a stream and returns the function that ends it. It begins after the event `afterId`; when
   * that is unknown, or none is named, it begins with everything that is known now.
   */
  subscribe(principal: Principal, sink: LiveSink, afterId: string | null): () => void;
  /** Id of the newest event; a stream that begins after it misses nothing of a picture read now. */
  position(): string;
  /** Sends what has changed; its own timer calls it once a second. */
  tick(): void;
  readonly subscribers: number;
  stop(): void;
}

interface Subscriber {
  readonly principal: Principal;
  readonly sink: LiveSink;
  sentSeq: number;
  sentReadingAtMs: number;
  /** Since when the client has not taken what it was sent. */
  behindSinceMs: number | null;
}

/** A reader that takes nothing for this long is let go. */
const behindMsMax = 20 * secondMs;
/** Nothing is added to what a reader has not taken; beyond this it is let go at the next look. */
const pendingBytesMax = 1024 * 1024;
/** Ages and staleness move on even when nothing arrives. */
const quietMsMax = 10 * secondMs;

export function createLiveEvents(parts: {
  readonly picture: LivePicture;
  readonly registry: Registry;
  readonly clock: Clock;
}): LiveEvents {
  const { picture, registry, clock } = parts;
  const log = new LiveLog();
  const subscribers = new Set<Subscriber>();
  let slots: SlotNews | null = null;
  // What new readers of one second are greeted with; what changes after it was made is told by the tick.
  let greeting: Readings | null = null;
  let isStopped = false;

  const drop = (subscriber: Subscriber): void => {
    if (subscribers.delete(subscriber)) subscriber.sink.end();
  };
  const pump = (subscriber: Subscriber, nowMs: number, readings: Readings): void => {
    const { principal, sink, sentSeq } = subscriber;
    const isWhole = log.isWholeAfter(sentSeq);
    if (!isWhole) sink.send(log.idOf(log.seq), { kind: "resync" });
    for (const noted of isWhole ? log.notedAfter(sentSeq) : []) {
      const news = newsFor(principal, registry, noted);
      if (news !== null) sink.send(log.idOf(noted.seq), news);
    }
    const reading = readings(principal, isWhole ? sentSeq : null);
    subscriber.sentSeq = log.seq;
    if (reading.devices.length === 0 && nowMs - subscriber.sentReadingAtMs < quietMsMax) return;
    sink.send(log.idOf(log.seq), reading);
    subscriber.sentReadingAtMs = nowMs;
  };
  const tick = (): void => {
    log.devicesChanged(picture.takeChanges());
    if (slots !== null) log.note(slots, "meters");
    slots = null;
    greeting = null;
    const nowMs = clock.nowMs();
    const readings = createReadings(picture, log);
    for (const subscriber of [...subscribers]) {
      if (hasRoom(subscriber, nowMs)) pump(subscriber, nowMs, readings);
      else if (isLost(subscriber, nowMs)) drop(subscriber);
    }
  };
  const timer = setInterval(tick, secondMs);
  timer.unref();

  return {
    slotsChanged: (change) => {
      slots = mergedSlots(slots, change);
    },
    publish: (news, audience) => log.note(news, audience),
    subscribe: (principal, sink, afterId) => {
      const subscriber = newSubscriber(principal, sink, clock.nowMs());
      subscribers.add(subscriber);
      greeting ??= createReadings(picture, log);
      if (isStopped) drop(subscriber);
      else subscriber.sentSeq = begin({ greeting, log, subscriber, afterId });
      return () => drop(subscriber);
    },
    position: () => log.idOf(log.seq),
    tick,
    get subscribers() {
      return subscribers.size;
    },
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      for (const subscriber of [...subscribers]) drop(subscriber);
    },
  };
}

function newSubscriber(principal: Principal, sink: LiveSink, nowMs: number): Subscriber {
  return { principal, sink, sentSeq: 0, sentReadingAtMs: nowMs, behindSinceMs: null };
}

/** Greets a new reader with what it does not know yet; answers from where on it follows. */
function begin(parts: {
  readonly greeting: Readings;
  readonly log: LiveLog;
  readonly subscriber: Subscriber;
  readonly afterId: string | null;
}): number {
  const { greeting, log, subscriber, afterId } = parts;
  const { principal, sink } = subscriber;
  const afterSeq = afterId === null ? null : log.seqOf(afterId);
  if (afterSeq !== null) return afterSeq;
  if (afterId !== null) sink.send(log.idOf(log.seq), { kind: "resync" });
  sink.send(log.idOf(log.seq), greeting(principal, null));
  return log.seq;
}

/** Slots of one second are told together. */
function mergedSlots(known: SlotNews | null, change: SlotsChanged): SlotNews {
  return {
    kind: "slot",
    meterIds: [...new Set([...(known?.meterIds ?? []), ...change.meterIds])],
    fromMs: Math.min(known?.fromMs ?? change.fromMs, change.fromMs),
    toMs: Math.max(known?.toMs ?? change.toMs, change.toMs),
    slots: (known?.slots ?? 0) + change.written,
    revised: (known?.revised ?? 0) + change.revised,
  };
}

type Readings = (principal: Principal, afterSeq: number | null) => ReadingNews;

/** Reading news of one tick, made once for all streams of a tenant that stand at the same place. */
function createReadings(picture: LivePicture, log: LiveLog): Readings {
  const made = new Map<string, ReadingNews>();
  const views = new Map<string, LiveView>();
  return (principal, afterSeq) => {
    const tenant = principal.enterpriseId ?? "";
    const key = `${tenant}/${afterSeq}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const view = views.get(tenant) ?? picture.view(principal);
    views.set(tenant, view);
    const ids = afterSeq === null ? undefined : log.changedAfter(afterSeq);
    const news: ReadingNews = { kind: "reading", view, devices: picture.devices(principal, ids) };
    made.set(key, news);
    return news;
  };
}

/** The news as the principal may see them; null when there is nothing in them for it. */
function newsFor(
  principal: Principal,
  registry: Registry,
  { audience, news }: Noted,
): SlotNews | PartNews | null {
  if (news.kind === "slot") return slotsFor(principal, registry, news);
  if (audience === "everyone" || principal.enterpriseId === null) return news;
  const isOwn = typeof audience === "object" && audience.enterpriseId === principal.enterpriseId;
  return isOwn ? news : null;
}

function slotsFor(principal: Principal, registry: Registry, news: SlotNews): SlotNews | null {
  if (principal.enterpriseId === null) return news;
  const meterIds = news.meterIds.filter((id) => {
    const meter = registry.meter(id);
    return meter !== undefined && maySeeEnterprise(principal, meter.enterpriseId);
  });
  if (meterIds.length === 0) return null;
  if (meterIds.length === news.meterIds.length) return news;
  return { ...news, meterIds, slots: null, revised: null };
}

/** Whether the client has taken everything; otherwise it gets the newest state when it has. */
function hasRoom(subscriber: Subscriber, nowMs: number): boolean {
  if (subscriber.sink.pendingBytes === 0) {
    subscriber.behindSinceMs = null;
    return true;
  }
  subscriber.behindSinceMs ??= nowMs;
  return false;
}

function isLost({ behindSinceMs, sink }: Subscriber, nowMs: number): boolean {
  if (behindSinceMs === null || behindSinceMs === nowMs) return false;
  return sink.pendingBytes > pendingBytesMax || nowMs - behindSinceMs > behindMsMax;
}
