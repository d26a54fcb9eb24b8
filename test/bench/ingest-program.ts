import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { connect } from "mqtt";
import { openJournal } from "../../src/adapters/journal/sqlite-journal.ts";
import { SqlRegistryStore } from "../../src/adapters/sql/sql-registry-store.ts";
import { openSqliteState } from "../../src/adapters/sql/state-database.ts";
import { createIngest } from "../../src/app/ingest-telemetry.ts";
import { createRegistry, secretDigest } from "../../src/app/registry.ts";
import { startEmbeddedBroker } from "../../src/entry/mqtt/embedded-broker.ts";
import { startExternalSubscriber } from "../../src/entry/mqtt/external-subscriber.ts";
import { acknowledgeWhenTaken } from "../../src/entry/mqtt/held-acks.ts";
import type { MessageSink } from "../../src/entry/mqtt/take-message.ts";
import { testNote } from "../support/audit-notes.ts";
import { electricityMeter, trialPark } from "../support/trial-park.ts";
import { deviceId, type FloodShape, gatewayId, gatewayOf } from "./flood-messages.ts";

/**
 * The program under test, in a process of its own. `bare` appends payloads to a file and
 * acknowledges after the same group commit, without looking at them: what the machine allows.
 */
export interface IngestOrder {
  readonly what: "bare" | "zcp";
  /** Address of the broker; null: the embedded one of the service. */
  readonly brokerUrl: string | null;
  readonly shape: FloodShape;
  readonly dir: string;
  readonly passwords: readonly string[];
}

export interface IngestReady {
  readonly port: number | null;
}

/** Sent again and again, so that the sender does not run away from a slow receiver. */
export interface IngestProgress {
  readonly acked: number;
}

/** From the end of the warm-up to the last acknowledgement. */
export interface IngestReport {
  readonly messages: number;
  readonly seconds: number;
  readonly cpuMs: number;
  readonly rssMibMax: number;
}

export interface IngestProof {
  /** What the disk has, counted after the run. */
  readonly kept: number;
  readonly refused: number;
}

interface UnderTest {
  readonly port: number | null;
  acked(): number;
  end(): Promise<IngestProof>;
}

/** Part of the messages that only warms the program up: it is compiled while it runs. */
const warmUpShare = 0.4;
const progressMs = 20;
const inFlightMax = 5000;
const gatherMs = 5;

process.once("message", (order: IngestOrder) => {
  void serve(order);
});

async function serve(order: IngestOrder): Promise<void> {
  const subject = await (order.what === "bare" ? bare(order) : zcp(order));
  const ready: IngestReady = { port: subject.port };
  process.send?.(ready);
  await acknowledged(subject, order.shape.messages * warmUpShare);
  const warm = { acked: subject.acked(), ms: performance.now(), cpu: process.cpuUsage() };
  const rssMax = await acknowledged(subject, order.shape.messages);
  const { user, system } = process.cpuUsage(warm.cpu);
  const report: IngestReport = {
    messages: subject.acked() - warm.acked,
    seconds: (performance.now() - warm.ms) / 1000,
    cpuMs: (user + system) / 1000,
    rssMibMax: rssMax / 2 ** 20,
  };
  process.send?.(report);
  await once(process, "message");
  process.send?.(await subject.end());
  process.disconnect();
}

/** Waits for so many acknowledgements and tells how it goes; answers the most memory meanwhile. */
async function acknowledged(subject: UnderTest, count: number): Promise<number> {
  let rssMax = 0;
  while (subject.acked() < count) {
    await setTimeout(progressMs);
    rssMax = Math.max(rssMax, process.memoryUsage.rss());
    const progress: IngestProgress = { acked: subject.acked() };
    process.send?.(progress);
  }
  return rssMax;
}

/** A file to which everything that waits is appended with one fdatasync. */
class AppendFile {
  readonly #file: FileHandle;
  #pending: Uint8Array[] = [];
  #waiting: (() => void)[] = [];
  #isWriting = false;
  kept = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  append(payload: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.#pending.push(payload);
      this.#waiting.push(resolve);
      if (this.#isWriting) return;
      this.#isWriting = true;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    await setTimeout(gatherMs);
    while (this.#pending.length > 0) {
      const [payloads, waiting] = [this.#pending, this.#waiting];
      this.#pending = [];
      this.#waiting = [];
      await this.#file.write(Buffer.concat(payloads));
      await this.#file.datasync();
      this.kept += payloads.length;
      for (const resolve of waiting) resolve();
    }
    this.#isWriting = false;
  }
}

async function bare({ brokerUrl, dir }: IngestOrder): Promise<UnderTest> {
  if (brokerUrl === null) throw new Error("the bare consumer needs a broker");
  const handle = await open(join(dir, "bare.log"), "a");
  const file = new AppendFile(handle);
  const client = connect(brokerUrl, {
    ...{ clientId: "bare", clean: false, keepalive: 300, log: () => undefined },
    properties: { sessionExpiryInterval: 3600, receiveMaximum: inFlightMax },
  });
  let acked = 0;
  acknowledgeWhenTaken(client, {
    take: ({ payload }) => file.append(bytesOf(payload)),
    onAcknowledged: (messages) => {
      acked += messages;
    },
    onRefused: () => undefined,
    inFlightMax,
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync("zcp/v1/#", { qos: 1 });
  return {
    port: null,
    acked: () => acked,
    end: async () => {
      await client.endAsync();
      await handle.close();
      return { kept: file.kept, refused: 0 };
    },
  };
}

async function zcp(order: IngestOrder): Promise<UnderTest> {
  const { dir, brokerUrl } = order;
  const state = await openSqliteState(join(dir, "state.db"));
  const journal = await openJournal({ path: join(dir, "journal.db"), bytesMax: 8e9 });
  const store = new SqlRegistryStore(state);
  await registerDevices(store, order);
  const registry = createRegistry(trialPark, store);
  await registry.reload();
  const clock = { nowMs: () => Date.now() };
  const intake = createIngest({ registry, journal, clock, onAccepted: () => undefined });
  const nothing = (): void => undefined;
  const sink: MessageSink = {
    ...{ parkId: trialPark.id, clock, ingest: intake.ingest, quarantine: intake.quarantine },
    log: { debug: nothing, info: nothing, warn: console.warn, error: console.error },
    ...{ onState: nothing, onEvent: nothing, onCommandAck: nothing },
  };
  const door =
    brokerUrl === null
      ? await startEmbeddedBroker({ ...sink, host: "127.0.0.1", port: 0, registry })
      : await startExternalSubscriber({
          ...sink,
          ...{ url: brokerUrl, username: null, password: null, inFlightMax },
        });
  while ("connected" in door && !door.connected) await setTimeout(10);
  return {
    port: "port" in door ? door.port : null,
    acked: () => door.counters.acked,
    end: async () => {
      await door.close();
      const kept = (await journal.readingsAfter(0)) / order.shape.samplesPerMessage;
      await journal.close();
      await state.close();
      return { kept, refused: intake.counters.quarantinedTotal };
    },
  };
}

async function registerDevices(
  store: SqlRegistryStore,
  { shape, passwords }: IngestOrder,
): Promise<void> {
  const gateways = Array.from({ length: shape.gateways }, (_, index) => {
    const id = gatewayId(index);
    return { id, name: { zh: id, en: id } };
  });
  const meters = Array.from({ length: shape.devices }, (_, index) =>
    electricityMeter(deviceId(index), gatewayId(gatewayOf(index, shape))),
  );
  await store.syncParkFile({ enterprises: [], gateways, meters });
  for (const [index, password] of passwords.entries()) {
    const credentials = { passwordSha256: secretDigest(password), simulated: false };
    await store.setGatewayCredentials(gatewayId(index), credentials, testNote("gateway.rotate"));
  }
}

function bytesOf(payload: string | Buffer): Uint8Array {
  return typeof payload === "string" ? Buffer.from(payload) : payload;
}
