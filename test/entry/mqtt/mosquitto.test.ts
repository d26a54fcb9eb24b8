import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type ExternalSubscriber,
  type ExternalSubscriberOptions,
  startExternalSubscriber,
} from "../../../src/entry/mqtt/external-subscriber.ts";
import { eventually } from "../../support/eventually.ts";
import { type Intake, openIntake } from "../../support/intake.ts";
import { type Mosquitto, mosquittoPath, startMosquitto } from "../../support/mosquitto.ts";
import { acknowledged, nextMessage, signedIn } from "../../support/mqtt-visitors.ts";
import { tempDir } from "../../support/temp-dir.ts";

const topic = "zcp/v1/north/gw1/m1/telemetry";
const stateTopic = "zcp/v1/north/gw1/m1/state";
const startMs = Date.now() - 3_600_000;

function sampleText(index: number): string {
  return JSON.stringify({ ts: startMs + index * 1000, values: { importKwh: index } });
}

async function openBroker(lines?: readonly string[]): Promise<Mosquitto> {
  const broker = await startMosquitto(tempDir(), lines);
  onTestFinished(() => broker.stop());
  return broker;
}

async function subscribe(
  intake: Intake,
  broker: Mosquitto,
  options: Partial<ExternalSubscriberOptions> = {},
): Promise<ExternalSubscriber> {
  const subscriber = await startExternalSubscriber({
    ...intake.sink,
    ...{ url: broker.url, username: null, password: null, retryMs: [50, 400] },
    ...options,
  });
  onTestFinished(() => subscriber.close());
  return subscriber;
}

async function connected(subscriber: ExternalSubscriber): Promise<void> {
  await eventually(() => expect(subscriber.reason).toBeNull());
}

async function openTrial() {
  const broker = await openBroker();
  const intake = await openIntake();
  await intake.addMeter("m1", "gw1");
  return { broker, intake };
}

describe.skipIf(mosquittoPath === null)("with Mosquitto", () => {
  it("takes readings in MQTT 5 and acknowledges them for good", async () => {
    const { broker, intake } = await openTrial();
    const subscriber = await subscribe(intake, broker);
    await connected(subscriber);
    const gateway = await signedIn(broker, "gw1", "");
    const sent = Array.from({ length: 300 }, (_, index) =>
      acknowledged(gateway, topic, sampleText(index)),
    );
    expect(await Promise.all(sent)).not.toContain(false);
    await eventually(() => expect(subscriber.counters.acked).toBe(300));
    expect(await intake.readings()).toHaveLength(300);
    await subscriber.close();
    const next = await subscribe(intake, broker);
    await connected(next);
    await acknowledged(gateway, topic, sampleText(300));
    await eventually(() => expect(next.counters.acked).toBe(1));
    expect(next.counters.messages).toBe(1);
  });

  it("takes in what came while it was away", async () => {
    const { broker, intake } = await openTrial();
    const first = await subscribe(intake, broker);
    await connected(first);
    await first.close();
    const gateway = await signedIn(broker, "gw1", "");
    for (let index = 0; index < 100; index += 1) {
      gateway.publish(topic, sampleText(index), { qos: 1 });
    }
    expect(await acknowledged(gateway, topic, sampleText(100))).toBe(true);
    expect(await intake.readings()).toEqual([]);
    await subscribe(intake, broker);
    await eventually(async () => expect(await intake.readings()).toHaveLength(101));
  });

  it("comes back to a broker that was killed, and takes what gateways send again", async () => {
    const { broker, intake } = await openTrial();
    const subscriber = await subscribe(intake, broker);
    await connected(subscriber);
    await broker.stop("SIGKILL");
    await eventually(() => expect(subscriber.connected).toBe(false));
    await broker.restart();
    await connected(subscriber);
    const gateway = await signedIn(broker, "gw1", "");
    expect(await acknowledged(gateway, topic, sampleText(1))).toBe(true);
    await eventually(async () => expect(await intake.readings()).toHaveLength(1));
  });

  it("comes back when another client took its session over, and loses nothing", async () => {
    const { broker, intake } = await openTrial();
    const subscriber = await subscribe(intake, broker);
    await connected(subscriber);
    const thief = await signedIn(broker, "zcp-ingest-north", "", { clean: false });
    await eventually(() => expect(subscriber.counters.connections).toBe(0));
    await thief.endAsync();
    await connected(subscriber);
    const gateway = await signedIn(broker, "gw1", "");
    await acknowledged(gateway, topic, sampleText(1));
    await eventually(async () => expect(await intake.readings()).toHaveLength(1));
  });

  it("is told the reason when the broker does not let it in", async () => {
    const broker = await openBroker(["allow_anonymous false"]);
    const subscriber = await subscribe(await openIntake(), broker, {
      ...{ username: "zcp", password: "wrong" },
    });
    await eventually(() => expect(subscriber.reason).toMatch(/Not authorized/));
  });

  it("learns retained states when it starts, and wills of connections that break", async () => {
    const { broker, intake } = await openTrial();
    const will = { topic: stateTopic, payload: Buffer.from('{"online":false}'), qos: 1 } as const;
    const gateway = await signedIn(broker, "gw1", "", { will: { ...will, retain: true } });
    await acknowledged(gateway, stateTopic, '{"online":true}', { retain: true });
    await subscribe(intake, broker);
    const online = () => intake.states.map((state) => [state.deviceId, state.online]);
    await eventually(() => expect(online()).toEqual([["m1", true]]));
    gateway.stream.destroy();
    const both = [true, false].map((isOnline) => ["m1", isOnline]);
    await eventually(() => expect(online()).toEqual(both));
  });

  it("brings commands to their gateway and does not hear itself", async () => {
    const { broker, intake } = await openTrial();
    const subscriber = await subscribe(intake, broker);
    await connected(subscriber);
    const gateway = await signedIn(broker, "gw1", "");
    await gateway.subscribeAsync("zcp/v1/north/gw1/+/command", { qos: 1 });
    const arrives = nextMessage(gateway);
    await subscriber.publishCommand("gw1", "pcs1", {
      ...{ id: "c1", setpoint: { powerKw: 5 }, fallback: "zero" },
      ...{ validFrom: "2026-11-22T06:00:00Z", validTo: "2026-11-22T06:15:00Z" },
    });
    expect(await arrives).toMatchObject({ topic: "zcp/v1/north/gw1/pcs1/command" });
    const ack = JSON.stringify({ id: "c1", status: "done" });
    await acknowledged(gateway, "zcp/v1/north/gw1/pcs1/command-ack", ack);
    await eventually(() => expect(intake.acks).toHaveLength(1));
    await setTimeout(100);
    expect(subscriber.counters.messages).toBe(1);
  });
});
