import type { LiveEvents } from "../app/live-events.ts";
import type { Audience } from "../app/live-news.ts";
import type { Registry } from "../app/registry.ts";
import type { RestateDependencies } from "../app/restate.ts";
import type { RestatementEvent } from "../contracts/live.ts";
import { instantText } from "../domain/time.ts";

type Restated = Parameters<RestateDependencies["onRestated"]>[0];

/** Tells the live stream what was restated, each enterprise its own meters. */
export function restatementNews({
  events,
  registry,
}: {
  readonly events: Pick<LiveEvents, "publish">;
  readonly registry: Pick<Registry, "meter">;
}): RestateDependencies["onRestated"] {
  return (restatements) => {
    const byEnterprise = new Map<string | null, Restated[number][]>();
    for (const one of restatements) {
      const enterpriseId = registry.meter(one.meterId)?.enterpriseId ?? null;
      const known = byEnterprise.get(enterpriseId) ?? [];
      byEnterprise.set(enterpriseId, known);
      known.push(one);
    }
    for (const [enterpriseId, own] of byEnterprise) {
      const audience: Audience = enterpriseId === null ? "park" : { enterpriseId };
      events.publish({ kind: "restatement", body: eventBody(own) }, audience);
    }
  };
}

function eventBody(restatements: Restated): RestatementEvent {
  return {
    meterIds: [...new Set(restatements.map(({ meterId }) => meterId))],
    from: instantText(Math.min(...restatements.map(({ day }) => day.startMs))),
    to: instantText(Math.max(...restatements.map(({ day }) => day.endMs))),
    reasons: [...new Set(restatements.map(({ reason }) => reason))],
    restatements: restatements.length,
  };
}
