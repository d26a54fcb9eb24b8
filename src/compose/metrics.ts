import { Counter, collectDefaultMetrics, Gauge, Registry as MetricsRegistry } from "prom-client";
import type { Ingest, IngestCounters } from "../app/ingest-telemetry.ts";
import type { LiveEvents } from "../app/live-events.ts";
import type { Clock } from "../app/ports.ts";
import { journalDepth } from "./journal-depth.ts";
import type { Stores } from "./stores.ts";

const ingestHelp: Readonly<Record<keyof IngestCounters, readonly [name: string, help: string]>> = {
  messagesTotal: ["zcp_ingest_messages_total", "Telemetry messages that came in"],
  readingsTotal: ["zcp_ingest_readings_total", "Readings written to the journal"],
  quarantinedTotal: ["zcp_ingest_quarantined_total", "Refusals set aside in the quarantine"],
  duplicatesTotal: ["zcp_ingest_duplicates_total", "Messages recognised as sent again"],
  ackedTotal: ["zcp_ingest_acked_total", "Messages acknowledged after their commit"],
};

/** What Prometheus reads: the counters of ingest and the depth of everything that queues. */
export function serviceMetrics(parts: {
  readonly stores: Pick<Stores, "journal" | "telemetry" | "ledger">;
  readonly intake: Pick<Ingest, "counters">;
  readonly events: Pick<LiveEvents, "subscribers">;
  readonly clock: Clock;
}): MetricsRegistry {
  const { journal, ledger } = parts.stores;
  const register = new MetricsRegistry();
  const registers = [register];
  collectDefaultMetrics({ register });
  for (const key of Object.keys(ingestHelp) as (keyof IngestCounters)[]) {
    const [name, help] = ingestHelp[key];
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(parts.intake.counters[key]);
      },
    });
  }
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        // A database that is away has no figure; all the others are wanted then more than ever.
        this.set(await Promise.resolve(read()).catch(() => Number.NaN));
      },
    });
  };
  gauge("zcp_journal_bytes", "Bytes that the journal holds", () => journal.state().bytes);
  gauge("zcp_journal_bytes_max", "Bytes at which the journal refuses more", () => {
    return journal.state().bytesMax;
  });
  const depth = () => journalDepth(parts.stores, parts.clock);
  gauge("zcp_ingest_backlog_readings", "Journalled readings that consumers have not finished", () =>
    depth().then(({ readings }) => readings),
  );
  gauge("zcp_journal_oldest_age_seconds", "How long the oldest unfinished reading has waited", () =>
    depth().then(({ oldestAgeS }) => oldestAgeS ?? 0),
  );
  gauge("zcp_ledger_touched_slots", "Slots whose work is due", () => ledger.touchedSlotCount());
  gauge("zcp_live_streams", "Live streams that are open", () => parts.events.subscribers);
  return register;
}
