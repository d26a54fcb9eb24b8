import { describe, expect, it, onTestFinished } from "vitest";
import { brokerLimits } from "../../../src/entry/mqtt/broker-limits.ts";
import { connectionTrouble } from "../../../src/entry/mqtt/connection-trouble.ts";
import {
  type ExternalSubscriber,
  type ExternalSubscriberOptions,
  startExternalSubscriber,
} from "../../../src/entry/mqtt/external-subscriber.ts";
import { ReconnectPause } from "../../../src/entry/mqtt/reconnect-pause.ts";
import { eventually } from "../../support/eventually.ts";
import { type Intake, openIntake } from "../../support/intake.ts";
import { scriptedBroker } from "../../support/scripted-broker.ts";

const minuteMs = 60_000;
const sessionTakenOver = 142;

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

const connected = (subscriber: ExternalSubscriber) =>
  eventually(() => expect(subscriber.reason).toBeNull());

describe("what a broker grants", () => {
  const limits = (properties: object, qos = 1) =>
    brokerLimits({ connack: { properties }, qos, sessionExpiryS: 3600 });

  it("is enough where it names no limit, or none that matters", () => {
    expect(limits({})).toEqual([]);
    // 256 KiB of payload and 256 bytes around it.
    expect(limits({ maximumPacketSize: 262_400, maximumQoS: 1, retainAvailable: true })).toEqual(
      [],
    );
    expect(limits({ sessionExpiryInterval: 3600, receiveMaximum: 20 })).toEqual([]);
  });

  it.each([
    [{}, 0, /QoS 0 only/],
    [{ maximumQoS: 0 }, 1, /QoS 0 only/],
    [{ sessionExpiryInterval: 0 }, 1, /keeps no session/],
    [{ sessionExpiryInterval: 60 }, 1, /for 60 s only, 3600 s were asked for/],
    [{ retainAvailable: false }, 1, /no retained messages/],
    [{ maximumPacketSize: 262_399 }, 1, /262399 bytes at most.*262144/],
  ])("%j with QoS %i is told with what follows from it", (properties, qos, told) => {
    expect(limits(properties, qos)).toEqual([expect.stringMatching(told)]);
  });

  it("stands in the log and beside the connection, which works all the same", async () => {
    const properties = { sessionExpiryInterval: 60, receiveMaximum: 20 };
    const broker = await scriptedBroker({ properties });
    const intake = await openIntake();
    const subscriber = await subscribe(intake, broker.url);
    await connected(subscriber);
    expect(subscriber.limits).toEqual([expect.stringMatching(/for 60 s only/)]);
    expect(subscriber.figures).toMatchObject({ sessionExpiryS: 60, receiveMax: 20 });
    expect(intake.lines).toContainEqual({
      ...{ level: "warn", message: "broker grants too little" },
      limit: subscriber.limits[0],
    });
  });

  it("is no QoS 1 in version 3.1.1 either where the answer to the subscription says so", async () => {
    const broker = await scriptedBroker({ versionMax: 4, granted: 0 });
    const subscriber = await subscribe(await openIntake(), broker.url);
    await connected(subscriber);
    expect(subscriber.limits).toEqual([expect.stringMatching(/QoS 0 only/)]);
    expect(subscriber.figures.protocolVersion).toBe("3.1.1");
  });

  it("is nothing without wildcards", async () => {
    const properties = { wildcardSubscriptionAvailable: false };
    const broker = await scriptedBroker({ properties });
    const subscriber = await subscribe(await openIntake(), broker.url);
    await eventually(() => expect(subscriber.reason).toMatch(/no wildcard subscriptions/));
    expect(subscriber.connected).toBe(false);
  });
});

describe("a session that the broker does not have any more", () => {
  it.each([4, 5] as const)("is told for an hour, in version %i", async (versionMax) => {
    const broker = await scriptedBroker({ versionMax });
    let nowMs = Date.UTC(2026, 10, 25);
    const intake = await openIntake({ nowMs: () => nowMs });
    const subscriber = await subscribe(intake, broker.url);
    await connected(subscriber);
    expect(subscriber.limits, "a first start has no session to lose").toEqual([]);
    broker.conversations[0]?.hangUp();
    await eventually(() => expect(subscriber.figures.sessionsLost).toBe(1));
    expect(subscriber.limits).toEqual([
      expect.stringContaining("lost the session at 2026-11-25T00:00:00"),
    ]);
    nowMs += 61 * minuteMs;
    expect(subscriber.limits).toEqual([]);
  });

  it("is not told where the broker has kept it", async () => {
    const broker = await scriptedBroker({ keepsSessions: true });
    const subscriber = await subscribe(await openIntake(), broker.url);
    await connected(subscriber);
    broker.conversations[0]?.hangUp();
    await eventually(() => expect(subscriber.figures.connectionsTotal).toBe(2));
    await connected(subscriber);
    expect(subscriber.figures.sessionsLost).toBe(0);
    expect(subscriber.limits).toEqual([]);
  });
});

describe("two services with one client id", () => {
  it("do not push each other out for ever: one says so and stays away for a while", async () => {
    const broker = await scriptedBroker({ keepsSessions: true });
    const subscriber = await subscribe(await openIntake(), broker.url, { awayMs: 1500 });
    for (const time of [0, 1, 2]) {
      await eventually(() => expect(broker.conversations).toHaveLength(time + 1));
      await connected(subscriber);
      broker.conversations[time]?.hangUp(sessionTakenOver);
      await eventually(() => expect(subscriber.connected).toBe(false));
    }
    expect(subscriber.reason).toMatch(/a second service runs for this park.*stays away until 20/);
    const leftMs = performance.now();
    // It comes back by itself, and yields at once when the other one is still there.
    await eventually(() => expect(broker.conversations).toHaveLength(4));
    expect(performance.now() - leftMs).toBeGreaterThan(1000);
    await connected(subscriber);
    broker.conversations[3]?.hangUp(sessionTakenOver);
    await eventually(() => expect(subscriber.reason).toMatch(/stays away until/));
  });
});

describe("the pause before the next attempt to connect", () => {
  function trial() {
    let nowMs = 0;
    const pause = new ReconnectPause({ clock: { nowMs: () => nowMs }, retryMs: [1000, 8000] });
    const later = (ms: number): void => {
      nowMs += ms;
    };
    return { pause, later };
  }

  it("doubles up to its bound, and varies by half", () => {
    const { pause } = trial();
    for (const mostMs of [1000, 2000, 4000, 8000, 8000]) {
      const pauseMs = pause.ended({ isMended: true });
      expect(pauseMs).toBeGreaterThanOrEqual(mostMs / 2);
      expect(pauseMs).toBeLessThanOrEqual(mostMs + 1);
    }
  });

  it("starts anew after a connection that held, and not after one that was soon lost", () => {
    const { pause, later } = trial();
    for (let time = 0; time < 4; time += 1) {
      pause.joined();
      later(2000);
      pause.ended({ isMended: true });
    }
    expect(pause.failures).toBe(4);
    pause.joined();
    later(2 * minuteMs);
    pause.ended({ isMended: true });
    expect(pause.failures).toBe(1);
    // A broker that is away for minutes has not held anything.
    later(2 * minuteMs);
    pause.ended({ isMended: true });
    expect(pause.failures).toBe(2);
  });

  it("counts takeovers anew after a session that was kept", () => {
    const { pause, later } = trial();
    const taken = (afterMs: number): number | null => {
      pause.joined();
      later(afterMs);
      const untilMs = pause.taken();
      pause.ended({ isMended: true });
      return untilMs;
    };
    expect([taken(1000), taken(1000)]).toEqual([null, null]);
    expect([taken(6 * minuteMs), taken(1000)]).toEqual([null, null]);
    // 10 to 15 minutes after the fifth takeover, at 1 + 1 + 360 + 1 + 1 = 364 s.
    const untilMs = taken(1000);
    expect(untilMs).toBeGreaterThanOrEqual(364_000 + 10 * minuteMs);
    expect(untilMs).toBeLessThanOrEqual(364_000 + 15 * minuteMs);
  });
});

describe("the reason why there is no connection", () => {
  it("names the setting where TLS speaks in riddles", () => {
    const error = (message: string, code: string) => Object.assign(new Error(message), { code });
    const untrusted = error("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(connectionTrouble(untrusted)).toContain("ZCP_MQTT_CA_FILE");
    const wanted =
      "80:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../deps/x.c:1605:\n";
    expect(connectionTrouble(error(wanted, "ERR_SSL"))).toBe(
      "the broker refuses our certificate or wants one: alert certificate required; see ZCP_MQTT_CERT_FILE and ZCP_MQTT_KEY_FILE",
    );
    expect(connectionTrouble(error("", "ECONNREFUSED"))).toBe("ECONNREFUSED");
  });
});
