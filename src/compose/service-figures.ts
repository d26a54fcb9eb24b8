import type { Ingest } from "../app/ingest-telemetry.ts";
import type { LivePicture } from "../app/live-picture.ts";
import { servicePrincipal } from "../domain/principal.ts";
import type { Stores } from "./stores.ts";

/** What the service says about itself once a minute; every figure is a count, bytes or readings. */
export async function serviceFigures(parts: {
  readonly stores: Pick<Stores, "journal" | "telemetry" | "ledger">;
  readonly intake: Pick<Ingest, "counters">;
  readonly picture: Pick<LivePicture, "view">;
  readonly parkId: string;
}): Promise<Readonly<Record<string, number>>> {
  const { journal, telemetry, ledger } = parts.stores;
  const { messagesTotal, ackedTotal, quarantinedTotal } = parts.intake.counters;
  const { freshness } = parts.picture.view(servicePrincipal(parts.parkId, "service-log"));
  const finishedSeq = Math.min(await telemetry.cursor(), await ledger.cursor());
  return {
    messagesTotal,
    ackedTotal,
    quarantinedTotal,
    backlogReadings: await journal.readingsAfter(finishedSeq),
    touchedSlots: await ledger.touchedSlotCount(),
    journalBytes: journal.state().bytes,
    rssBytes: process.memoryUsage.rss(),
    devicesFresh: freshness.devicesFresh,
    devicesTotal: freshness.devicesTotal,
  };
}
