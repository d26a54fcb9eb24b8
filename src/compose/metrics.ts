import { Counter, collectDefaultMetrics, Gauge, Registry as MetricsRegistry } from "prom-client";
import type { Ingest, IngestCounters } from "../app/ingest-telemetry.ts";
import type { LiveEvents } from "../app/live-events.ts";
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
}): MetricsRegistry {
  const { journal, telemetry, ledger } = parts.stores;
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
        this.set(await read());
      },
    });
  };
  gauge("zcp_journal_bytes", "Bytes that the journal holds", () => journal.state().bytes);
  gauge("zcp_journal_bytes_max", "Bytes at which the journal refuses more", () => {
    return journal.state().bytesMax;
  });
  gauge(
    "zcp_ingest_backlog_readings",
    "Journalled readings that consumers have not finished",
    async () => {
      const [stored, followed] = await Promise.all([telemetry.cursor(), ledger.cursor()]);
      return journal.readingsAfter(Math.min(stored, followed));
    },
  );
  gauge("zcp_ledger_touched_slots", "Slots whose work is due", () => ledger.touchedSlotCount());
  gauge("zcp_live_streams", "Live streams that are open", () => parts.events.subscribers);
  return register;
}
