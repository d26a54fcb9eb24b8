import type { LiveNews } from "../../app/live-news.ts";
import type { LiveDevice, LiveView } from "../../app/live-picture.ts";
import type { LiveDevice as LiveDeviceBody, LiveFlow } from "../../contracts/live.ts";
import type { ParkFlow } from "../../domain/energy/park-flow.ts";
import { instantText } from "../../domain/time.ts";
import { instantOrNull } from "./instants.ts";

export function deviceBody(device: LiveDevice): LiveDeviceBody {
  const { id, tsMs, receivedAtMs, stale, values, doubtful } = device;
  return {
    id,
    at: instantOrNull(tsMs),
    receivedAt: instantOrNull(receivedAtMs),
    stale,
    values: { ...values },
    doubtful: [...doubtful],
  };
}

function flowBody(flow: ParkFlow): LiveFlow {
  return { ...flow, groups: [...flow.groups], pvPlants: [...flow.pvPlants] };
}

/** What a snapshot and a reading event have in common. */
export function viewBody({ atMs, flow, freshness }: LiveView) {
  return { at: instantText(atMs), flow: flowBody(flow), freshness: { ...freshness } };
}

/** The lines of an event without its id, made once however many streams carry it. */
export function eventBytes(news: LiveNews, nowMs: number): Buffer {
  const known = made.get(news);
  if (known !== undefined) return known;
  const data = JSON.stringify(newsBody(news, nowMs));
  const bytes = Buffer.from(`event: ${news.kind}\ndata: ${data}\n\n`);
  made.set(news, bytes);
  return bytes;
}

const made = new WeakMap<LiveNews, Buffer>();

function newsBody(news: LiveNews, nowMs: number): object {
  switch (news.kind) {
    case "reading":
      return { ...viewBody(news.view), devices: news.devices.map(deviceBody) };
    case "slot": {
      const { meterIds, fromMs, toMs, slots, revised } = news;
      return { meterIds, from: instantText(fromMs), to: instantText(toMs), slots, revised };
    }
    case "resync":
      return { at: instantText(nowMs) };
    case "status":
    case "alert":
    case "plan":
    case "restatement":
      return news.body;
  }
}
