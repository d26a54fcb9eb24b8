import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openJournal } from "../../src/adapters/journal/sqlite-journal.ts";
import { SqlRegistryStore } from "../../src/adapters/sql/sql-registry-store.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import { createIngest, type IngestCounters } from "../../src/app/ingest-telemetry.ts";
import type { Journal, Log } from "../../src/app/ports.ts";
import { createRegistry, type Registry, secretDigest } from "../../src/app/registry.ts";
import type { Quarantined, Reading } from "../../src/domain/telemetry/reading.ts";
import type {
  CommandAckReport,
  EventReport,
  MessageSink,
  StateReport,
} from "../../src/entry/mqtt/take-message.ts";
import { testNote } from "./audit-notes.ts";
import { tempDir } from "./temp-dir.ts";
import { electricityMeter, trialPark } from "./trial-park.ts";

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A log that keeps its lines, without those of level debug. */
export function keptLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const keep =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      lines.push({ ...fields, level, message });
    };
  const log = {
    debug: () => undefined,
    info: keep("info"),
    warn: keep("warn"),
    error: keep("error"),
  };
  return { log, lines };
}

/** Everything behind an MQTT door, from the real registry to the real journal, in a folder of its own. */
export interface Intake {
  readonly sink: MessageSink;
  readonly registry: Registry;
  readonly journal: Journal;
  readonly counters: Readonly<IngestCounters>;
  readonly lines: readonly LogLine[];
  readonly states: readonly StateReport[];
  readonly events: readonly EventReport[];
  readonly acks: readonly CommandAckReport[];
  /** Registers a gateway the way the API does; answers its password. */
  addGateway(id: string): Promise<string>;
  addMeter(id: string, gatewayId: string): Promise<void>;
  readings(): Promise<readonly Reading[]>;
  quarantined(): Promise<readonly Quarantined[]>;
}

export async function openIntake(
  options: {
    readonly wrapJournal?: (journal: Journal) => Pick<Journal, "append">;
    readonly nowMs?: () => number;
  } = {},
): Promise<Intake> {
  const dir = tempDir();
  const state = await openSqliteState(join(dir, "state.db"));
  const journal = await openJournal({ path: join(dir, "journal.db"), bytesMax: 1e9 });
  onTestFinished(async () => {
    await journal.close();
    await state.close();
  });
  const store = new SqlRegistryStore(state);
  const registry = createRegistry(trialPark, store);
  await registry.reload();
  const clock = { nowMs: options.nowMs ?? Date.now };
  const written = options.wrapJournal?.(journal) ?? journal;
  const intake = createIngest({ registry, journal: written, clock, onAccepted: () => undefined });
  const { log, lines } = keptLog();
  const states: StateReport[] = [];
  const events: EventReport[] = [];
  const acks: CommandAckReport[] = [];
  const sink: MessageSink = {
    ...{ parkId: trialPark.id, clock, log },
    ingest: intake.ingest,
    quarantine: intake.quarantine,
    onState: (report) => states.push(report),
    onEvent: (report) => events.push(report),
    onCommandAck: (report) => acks.push(report),
  };
  const batches = () => journal.read(0, 1e9);
  return {
    ...{ sink, registry, journal, counters: intake.counters, lines, states, events, acks },
    addGateway: async (id) => {
      const password = randomBytes(32).toString("base64url");
      const gateway = { id, name: { zh: id, en: id }, simulated: false, hasCredentials: true };
      await store.addGateway(gateway, secretDigest(password), testNote("gateway.add"));
      await registry.reload();
      return password;
    },
    addMeter: async (id, gatewayId) => {
      await store.addMeter(electricityMeter(id, gatewayId), testNote("meter.add"));
      await registry.reload();
    },
    readings: async () => (await batches()).flatMap(({ readings }) => readings),
    quarantined: async () => (await batches()).flatMap(({ quarantined }) => quarantined),
  };
}
