import { secondMs } from "../../domain/time.ts";
import { type RecordedMessage, recordedMessages, type SkippedLine } from "./replay-source.ts";
import type { Delivery, ReplayTarget } from "./replay-targets.ts";

export interface ReplayReport {
  readonly messages: number;
  readonly accepted: number;
  readonly quarantined: number;
  /** Lines that were not sent or not taken, with the reason; the first hundred. */
  readonly refused: readonly string[];
  readonly refusedCount: number;
}

/** Reasons that are kept for the report; more would only repeat themselves. */
const reasonsMax = 100;

/**
 * Sends a recording, several messages at a time but those of one device in their order.
 *
 * Sending the same file twice changes nothing: the platform knows a reading by device, metric,
 * instant and value.
 */
export async function replay(
  path: string,
  target: ReplayTarget,
  options: { readonly parallel: number; readonly onProgress: (text: string) => void },
): Promise<ReplayReport> {
  const tally = { messages: 0, accepted: 0, quarantined: 0, refusedCount: 0 };
  const refused: string[] = [];
  const refuse = (line: number, reason: string): void => {
    tally.refusedCount += 1;
    if (refused.length < reasonsMax) refused.push(`line ${line}: ${reason}`);
  };
  const count = (line: number, delivery: Delivery): void => {
    tally.messages += 1;
    tally.accepted += delivery.accepted;
    tally.quarantined += delivery.quarantined;
    if (delivery.refused !== null) refuse(line, delivery.refused);
  };
  const begunMs = performance.now();
  const progress = setInterval(() => {
    const perSecond = Math.round(tally.messages / ((performance.now() - begunMs) / secondMs));
    options.onProgress(`${tally.messages} messages, ${perSecond}/s, ${tally.refusedCount} refused`);
  }, secondMs);

  const lanes = createLanes(options.parallel, async (message: RecordedMessage) =>
    count(message.line, await target.send(message)),
  );
  try {
    for await (const entry of recordedMessages(path)) {
      if (isSkipped(entry)) refuse(entry.line, entry.skipped);
      else await lanes.give(entry);
    }
    await lanes.done();
  } finally {
    clearInterval(progress);
  }
  return { ...tally, refused };
}

function isSkipped(entry: RecordedMessage | SkippedLine): entry is SkippedLine {
  return "skipped" in entry;
}

/** A device always takes the same lane, so its messages stay in order; a busy lane holds the reader. */
function createLanes(lanes: number, work: (message: RecordedMessage) => Promise<void>) {
  const tails: Promise<void>[] = Array.from({ length: lanes }, () => Promise.resolve());
  const laneOf = new Map<string, number>();
  return {
    give: async (message: RecordedMessage): Promise<void> => {
      const lane = laneOf.get(message.deviceId) ?? laneOf.size % lanes;
      laneOf.set(message.deviceId, lane);
      await tails[lane];
      const next = work(message);
      // The rejection is seen where the lane is awaited next; it must not count as unhandled before.
      next.catch(() => undefined);
      tails[lane] = next;
    },
    done: async (): Promise<void> => {
      await Promise.all(tails);
    },
  };
}
