import type { AuditNote } from "../domain/audit/audit-entry.ts";
import type { Principal } from "../domain/principal.ts";
import { instantText, minuteMs } from "../domain/time.ts";
import type { AuditStore } from "./audit-ports.ts";
import type { Clock, Log } from "./ports.ts";

/** One request as it ended. */
export interface RouteUse {
  readonly method: string;
  /** The pattern of the route, or the path where the object matters. */
  readonly route: string;
  readonly status: number;
  readonly requestId: string;
}

/** Who used a route; strangers have no principal. */
export type Caller = Pick<Principal, "id" | "parkId" | "enterpriseId">;

/**
 * Counts uses of routes for the audit. The first use of a route by a principal in a minute becomes an
 * entry at once, the others of that minute become one entry with their number. So a token under 50
 * requests a second costs two entries a minute and route, and a crash can hide only how often it was
 * used within a minute, never that it was used.
 */
export interface AccessTally {
  note(caller: Caller, use: RouteUse): void;
  /** Writes what has been counted; resolves when it is in the audit. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface Count {
  readonly caller: Caller;
  readonly use: RouteUse;
  readonly result: AuditNote["result"];
  readonly firstAtMs: number;
  lastAtMs: number;
  count: number;
}

/** First uses that come together share one transaction. */
const gatherMs = 50;
/** Strangers could make up addresses; beyond this, uses are added to one count for the rest. */
const keysMax = 5000;
const restRoute = "(others)";

export function createAccessTally(parts: {
  readonly audit: Pick<AuditStore, "append">;
  readonly clock: Clock;
  readonly log: Log;
}): AccessTally {
  const { audit, clock, log } = parts;
  let waiting = new Map<string, Count>();
  /** Uses that have had their first entry in this minute. */
  let seen = new Set<string>();
  let minute: number | null = null;
  let writing: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Number.POSITIVE_INFINITY;

  const write = async (): Promise<void> => {
    if (waiting.size === 0) return;
    const counts = waiting;
    waiting = new Map();
    try {
      await audit.append([...counts.values()].map(noteOf));
    } catch (error) {
      // The counts are kept for the next attempt; a database that is away loses none of them.
      for (const [key, count] of counts) merge(waiting, key, count);
      log.error({ err: error }, "uses of routes could not be written to the audit");
      throw error;
    }
  };
  const flush = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(write);
    return writing;
  };
  const flushWithin = (afterMs: number): void => {
    const wantedMs = performance.now() + afterMs;
    if (wantedMs >= dueMs) return;
    clearTimeout(timer);
    dueMs = wantedMs;
    timer = setTimeout(() => {
      dueMs = Number.POSITIVE_INFINITY;
      flush().catch(() => flushWithin(minuteMs));
    }, afterMs);
    timer.unref();
  };

  return {
    note: (caller, use) => {
      const nowMs = clock.nowMs();
      if (Math.floor(nowMs / minuteMs) !== minute) {
        minute = Math.floor(nowMs / minuteMs);
        seen = new Set();
      }
      const result = use.status === 401 || use.status === 403 ? "refused" : resultOf(use.status);
      const route = seen.size < keysMax ? use.route : restRoute;
      const key = JSON.stringify([caller.id, use.method, route, result]);
      merge(waiting, key, {
        ...{ caller, result, firstAtMs: nowMs, lastAtMs: nowMs, count: 1 },
        use: { ...use, route },
      });
      const isFirst = !seen.has(key);
      seen.add(key);
      flushWithin(isFirst ? gatherMs : minuteMs);
    },
    flush,
    stop: async () => {
      clearTimeout(timer);
      await flush();
    },
  };
}

function resultOf(status: number): AuditNote["result"] {
  return status < 400 ? "done" : "failed";
}

function merge(counts: Map<string, Count>, key: string, more: Count): void {
  const known = counts.get(key);
  if (known === undefined) {
    counts.set(key, more);
    return;
  }
  known.count += more.count;
  known.lastAtMs = Math.max(known.lastAtMs, more.lastAtMs);
}

function noteOf({ caller, use, result, firstAtMs, lastAtMs, count }: Count): AuditNote {
  return {
    atMs: lastAtMs,
    actor: caller.id,
    parkId: caller.parkId,
    enterpriseId: caller.enterpriseId,
    action: "route.use",
    object: `route:${use.method} ${use.route}`,
    result,
    // Of several requests none stands for the others.
    requestId: count === 1 ? use.requestId : null,
    detail: {
      count,
      status: use.status,
      from: instantText(firstAtMs),
      to: instantText(lastAtMs),
    },
  };
}
