import { describe, expect, it, onTestFinished } from "vitest";
import { type Journal, UnavailableError } from "../../../src/app/ports.ts";
import {
  type ExternalSubscriber,
  type ExternalSubscriberOptions,
  startExternalSubscriber,
} from "../../../src/entry/mqtt/external-subscriber.ts";
import { eventually } from "../../support/eventually.ts";
import { type Intake, openIntake } from "../../support/intake.ts";
import {
  type Conversation,
  type ScriptedBroker,
  scriptedBroker,
} from "../../support/scripted-broker.ts";

async function subscribe(
  intake: Intake,
  url: string,
  options: Partial<ExternalSubscriberOptions> = {},
): Promise<ExternalSubscriber> {
  const subscriber = await startExternalSubscriber({
    ...intake.sink,
    ...{ url, username: null, password: null, retryMs: [20, 200] },
    ...options,
  });
  onTestFinished(() => subscriber.close());
  return subscriber;
}

async function conversation(broker: ScriptedBroker, index = 0): Promise<Conversation> {
  return eventually(() => {
    const found = broker.conversations[index];
    if (found === undefined) throw new Error(`no conversation ${index} yet`);
    return found;
  });
}

async function connected(subscriber: ExternalSubscriber): Promise<void> {
  await eventually(() => expect(subscriber.reason).toBeNull());
}

/** A journal whose commits wait for the test. */
function gatedJournal() {
  let open: (() => void) | null = null;
  let refusal: Error | null = null;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    open: () => open?.(),
    refuse: (error: Error | null) => {
      refusal = error;
    },
    wrapJournal: (journal: Journal): Pick<Journal, "append"> => ({
      append: async (entry) => {
        if (refusal !== null) throw refusal;
        await gate;
        await journal.append(entry);
      },
    }),
  };
}

const topic = "zcp/v1/north/gw1/m1/telemetry";

function sampleText(importKwh: number): string {
  return JSON.stringify({ ts: 1_795_557_600_000 - importKwh * 60_000, values: { importKwh } });
}

/** Gateway gw1 with meter m1; the clock stands shortly after the samples. */
async function openTrial(options: Parameters<typeof openIntake>[0] = {}): Promise<Intake> {
  const intake = await openIntake({ ...options, nowMs: () => 1_795_557_660_000 });
  await intake.addMeter("m1", "gw1");
  return intake;
}

describe("a message from an external broker", () => {
  it.each([4, 5] as const)(
    "is not acknowledged before its commit, with many in flight, in version %d",
    async (versionMax) => {
      const gate = gatedJournal();
      const intake = await openTrial(gate);
      const broker = await scriptedBroker({ versionMax });
      await subscribe(intake, broker.url);
      const talk = await conversation(broker);
      expect(talk.version).toBe(versionMax);
      const ids = Array.from({ length: 50 }, (_, index) => index + 1);
      for (const id of ids) talk.publish(id, topic, sampleText(id));
      await eventually(() => expect(intake.counters.messagesTotal).toBe(50));
      expect(talk.acked).toEqual([]);
      gate.open();
      await eventually(() => expect(talk.acked).toEqual(ids));
      expect(await intake.readings()).toHaveLength(50);
    },
  );

  it("is acknowledged when it is bad, after the quarantine has it", async () => {
    const gate = gatedJournal();
    const intake = await openTrial(gate);
    const broker = await scriptedBroker();
    await subscribe(intake, broker.url);
    const talk = await conversation(broker);
    talk.publish(1, topic, "{");
    talk.publish(2, "zcp/v1/north/gw1/nobody/telemetry", sampleText(1));
    await eventually(() => expect(intake.counters.quarantinedTotal).toBe(2));
    expect(talk.acked).toEqual([]);
    gate.open();
    await eventually(() => expect(talk.acked).toEqual([1, 2]));
    expect((await intake.quarantined()).map(({ code }) => code)).toEqual([
      "json",
      "unknown_device",
    ]);
  });

  it("is acknowledged in the order of arrival, however fast each kind is taken", async () => {
    const gate = gatedJournal();
    const intake = await openTrial(gate);
    const broker = await scriptedBroker();
    await subscribe(intake, broker.url);
    const talk = await conversation(broker);
    talk.publish(1, topic, sampleText(1));
    talk.publish(2, "zcp/v1/north/gw1/m1/state", '{"online":true}');
    talk.publish(3, topic, "{");
    talk.publish(4, topic, sampleText(2));
    await eventually(() => expect(intake.counters.messagesTotal).toBe(3));
    expect(talk.acked).toEqual([]);
    gate.open();
    await eventually(() => expect(talk.acked).toHaveLength(4));
    expect(talk.acked).toEqual([1, 2, 3, 4]);
  });

  it("is not acknowledged on a later connection than its own", async () => {
    const gate = gatedJournal();
    const intake = await openTrial(gate);
    const broker = await scriptedBroker();
    const subscriber = await subscribe(intake, broker.url);
    const first = await conversation(broker);
    first.publish(1, topic, sampleText(1));
    first.publish(2, topic, sampleText(2));
    await eventually(() => expect(intake.counters.messagesTotal).toBe(2));
    first.hangUp();
    const second = await conversation(broker, 1);
    await connected(subscriber);
    gate.open();
    await eventually(async () => expect(await intake.readings()).toHaveLength(2));
    second.publish(7, topic, sampleText(3));
    await eventually(() => expect(second.acked).toEqual([7]));
  });

  it("is left with the broker while the journal refuses, and taken when it comes again", async () => {
    const gate = gatedJournal();
    gate.open();
    gate.refuse(new UnavailableError("the journal is full", { code: "journal_full" }));
    const intake = await openTrial(gate);
    const broker = await scriptedBroker();
    const subscriber = await subscribe(intake, broker.url);
    const first = await conversation(broker);
    first.publish(1, topic, sampleText(1));
    await eventually(() => expect(subscriber.counters.unavailable).toBe(1));
    await eventually(() => expect(broker.conversations.length).toBeGreaterThan(1));
    expect(first.acked).toEqual([]);
    expect(intake.lines).toContainEqual(
      expect.objectContaining({ level: "warn", reason: "the journal is full" }),
    );
    gate.refuse(null);
    const again = await conversation(broker, broker.conversations.length - 1);
    await connected(subscriber);
    again.publish(1, topic, sampleText(1));
    await eventually(() => expect(again.acked).toEqual([1]));
    expect(await intake.readings()).toHaveLength(1);
  });

  it("waits in the socket when too many are in flight", async () => {
    const gate = gatedJournal();
    const intake = await openTrial(gate);
    const broker = await scriptedBroker({ versionMax: 4 });
    await subscribe(intake, broker.url, { inFlightMax: 10 });
    const talk = await conversation(broker);
    for (let id = 1; id <= 40; id += 1) talk.publish(id, topic, sampleText(id));
    await eventually(() => expect(intake.counters.messagesTotal).toBe(10));
    gate.open();
    await eventually(() => expect(talk.acked).toHaveLength(40));
    expect(await intake.readings()).toHaveLength(40);
  });

  it("is acknowledged before goodbye when it was being taken, and left when it came later", async () => {
    const gate = gatedJournal();
    const intake = await openTrial(gate);
    const broker = await scriptedBroker();
    const subscriber = await subscribe(intake, broker.url);
    const talk = await conversation(broker);
    talk.publish(1, topic, sampleText(1));
    await eventually(() => expect(intake.counters.messagesTotal).toBe(1));
    const closing = subscriber.close();
    talk.publish(2, topic, sampleText(2));
    gate.open();
    await closing;
    expect(talk.acked).toEqual([1]);
    expect(intake.counters.messagesTotal).toBe(1);
  });
});

describe("the connection to an external broker", () => {
  it("asks for a session that outlives it", async () => {
    const broker = await scriptedBroker();
    await subscribe(await openTrial(), broker.url);
    const { connect } = await conversation(broker);
    expect(connect).toMatchObject({
      clientId: "zcp-ingest-north",
      clean: false,
      properties: { sessionExpiryInterval: 72 * 3600 },
    });
  });

  it("signs in with the settings, else with what the address carries", async () => {
    const broker = await scriptedBroker();
    const url = broker.url.replace("//", "//in%40gest:se%3Acret@");
    await subscribe(await openTrial(), url);
    const { connect } = await conversation(broker);
    expect([connect.username, String(connect.password)]).toEqual(["in@gest", "se:cret"]);
    await subscribe(await openTrial(), url, { username: "zcp", password: "other" });
    const second = await conversation(broker, 1);
    expect([second.connect.username, String(second.connect.password)]).toEqual(["zcp", "other"]);
  });

  it("falls back to MQTT 3.1.1 where a broker hangs up on version 5 without a word", async () => {
    const broker = await scriptedBroker({ versionMax: 4, isSilent: true });
    const subscriber = await subscribe(await openTrial(), broker.url);
    expect((await conversation(broker)).version).toBe(4);
    await connected(subscriber);
  });

  it("comes back after the broker hung up, and tells why it was away", async () => {
    const broker = await scriptedBroker();
    const intake = await openTrial();
    const subscriber = await subscribe(intake, broker.url);
    const first = await conversation(broker);
    await connected(subscriber);
    first.hangUp();
    expect((await conversation(broker, 1)).version).toBe(5);
    expect(intake.lines).toContainEqual({
      level: "warn",
      message: "broker not connected",
      reason: expect.stringMatching(/ended|ECONNRESET/),
    });
    await connected(subscriber);
  });

  it("says so when another client took its session over", async () => {
    const broker = await scriptedBroker();
    const intake = await openTrial();
    const subscriber = await subscribe(intake, broker.url);
    const sessionTakenOver = 142;
    (await conversation(broker)).hangUp(sessionTakenOver);
    await conversation(broker, 1);
    expect(intake.lines).toContainEqual(
      expect.objectContaining({
        reason: "another client took over the session of zcp-ingest-north",
      }),
    );
    await connected(subscriber);
  });

  it("starts without a broker and says that nobody answers", async () => {
    const subscriber = await subscribe(await openTrial(), "mqtt://127.0.0.1:1");
    await eventually(() => expect(subscriber.reason).toMatch(/ECONNREFUSED/));
    expect(subscriber.connected).toBe(false);
  });

  it("is none while the broker refuses the subscription", async () => {
    const broker = await scriptedBroker({ granted: 128 });
    const subscriber = await subscribe(await openTrial(), broker.url);
    await conversation(broker, 1);
    await eventually(() => expect(subscriber.reason).toMatch(/refuses the subscription/));
    expect(subscriber.connected).toBe(false);
  });

  it("hands commands over, and refuses them while there is no broker", async () => {
    const broker = await scriptedBroker();
    const subscriber = await subscribe(await openTrial(), broker.url);
    const command = {
      id: "c1",
      setpoint: { powerKw: 1 },
      validFrom: "2026-11-22T06:00:00+08:00",
      validTo: "2026-11-22T06:15:00+08:00",
      fallback: "hold",
    } as const;
    await expect(subscriber.publishCommand("gw1", "pcs1", command)).rejects.toMatchObject({
      code: "broker_unavailable",
    });
    await connected(subscriber);
    await subscriber.publishCommand("gw1", "pcs1", command);
    await subscriber.close();
    await expect(subscriber.publishCommand("gw1", "pcs1", command)).rejects.toThrow(/closed/);
  });
});
