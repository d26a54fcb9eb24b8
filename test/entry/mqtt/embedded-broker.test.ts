import { once } from "node:events";
import { generate } from "mqtt-packet";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
  startEmbeddedBroker,
} from "../../../src/entry/mqtt/embedded-broker.ts";
import { eventually } from "../../support/eventually.ts";
import { type Intake, openIntake } from "../../support/intake.ts";
import {
  acknowledged,
  attempt,
  bareSocket,
  closed,
  nextMessage,
  signedIn,
  visitor,
} from "../../support/mqtt-visitors.ts";

async function openBroker(
  intake: Intake,
  options: Partial<EmbeddedBrokerOptions> = {},
): Promise<EmbeddedBroker> {
  const { sink, registry } = intake;
  const broker = await startEmbeddedBroker({
    ...sink,
    ...{ host: "127.0.0.1", port: 0, registry },
    ...options,
  });
  onTestFinished(() => broker.close());
  return broker;
}

/** A broker with gateway gw1 and its meter m1. */
async function openTrial(options: Partial<EmbeddedBrokerOptions> = {}) {
  const intake = await openIntake();
  const password = await intake.addGateway("gw1");
  await intake.addMeter("m1", "gw1");
  const broker = await openBroker(intake, options);
  return { intake, broker, password };
}

const telemetryTopic = "zcp/v1/north/gw1/m1/telemetry";
const stateTopic = "zcp/v1/north/gw1/m1/state";

function sampleText(importKwh: number, tsMs = Date.now()): string {
  return JSON.stringify({ ts: tsMs, values: { importKwh } });
}

describe("signing in at the embedded broker", () => {
  it("lets a gateway in with its own name and password, also under names of its own", async () => {
    const { broker, password } = await openTrial();
    for (const clientId of ["gw1", "gw1:spare", "gw1:a.b-c_d", "gw1:1/2 网关"]) {
      expect(await attempt(broker, { clientId, username: "gw1", password })).toBe("connected");
    }
  });

  it("lets a gateway in as soon as its credentials are created", async () => {
    const { intake, broker } = await openTrial();
    expect(await attempt(broker, { clientId: "gw2", username: "gw2", password: "x" })).toBe(4);
    const password = await intake.addGateway("gw2");
    expect(await attempt(broker, { clientId: "gw2", username: "gw2", password })).toBe("connected");
  });

  it("answers a wrong password with code 4 and missing credentials with code 5", async () => {
    const { broker } = await openTrial();
    const wrong = { clientId: "gw1", username: "gw1", password: "wrong" };
    expect(await attempt(broker, wrong)).toBe(4);
    expect(await attempt(broker, { clientId: "gw1" })).toBe(5);
    expect(await attempt(broker, { clientId: "gw1", username: "gw1" })).toBe(5);
    expect(broker.counters.securityEvents).toBe(3);
  });

  it.each([
    ["that of another gateway", "gw2"],
    ["one that only starts like the user name", "gw10"],
    ["a reserved one", "zcp-service"],
    ["one with a newline", "gw1:a\nb"],

    ["an empty one", ""],
    ["one of more than 256 characters", `gw1:${"x".repeat(260)}`],
  ])("answers a client id with code 2 when it is %s", async (_what, clientId) => {
    const { broker, password } = await openTrial();
    expect(await attempt(broker, { clientId, username: "gw1", password })).toBe(2);
  });

  it("does not let another gateway take a session over, but its own credential does", async () => {
    const { intake, broker, password } = await openTrial();
    const strangerPassword = await intake.addGateway("gw2");
    const first = await signedIn(broker, "gw1", password);
    const stranger = { clientId: "gw1", username: "gw2", password: strangerPassword };
    expect(await attempt(broker, stranger)).toBe(2);
    expect(first.connected).toBe(true);
    const ended = closed(first);
    await signedIn(broker, "gw1", password);
    await ended;
    expect(broker.onlineGateways()).toEqual(["gw1"]);
  });

  it("does not try passwords for a name any more after ten wrong ones from an address", async () => {
    const { intake, broker, password } = await openTrial();
    for (let index = 0; index < 10; index += 1) {
      expect(await attempt(broker, { clientId: "gw1", username: "gw1", password: "x" })).toBe(4);
    }
    expect(await attempt(broker, { clientId: "gw1", username: "gw1", password })).toBe(3);
    const otherPassword = await intake.addGateway("gw2");
    const other = { clientId: "gw2", username: "gw2", password: otherPassword };
    expect(await attempt(broker, other)).toBe("connected");
  });

  it("bounds the connections of one gateway, not counting the one taken over", async () => {
    const { broker, password } = await openTrial({ connectionsPerGatewayMax: 2 });
    await signedIn(broker, "gw1", password);
    await signedIn(broker, "gw1", password, { clientId: "gw1:b" });
    const third = { clientId: "gw1:c", username: "gw1", password };
    expect(await attempt(broker, third)).toBe(3);
    expect(await attempt(broker, { ...third, clientId: "gw1:b" })).toBe("connected");
  });

  it("bounds all connections", async () => {
    const { broker, password } = await openTrial({ connectionsMax: 1 });
    await signedIn(broker, "gw1", password);
    const second = { clientId: "gw1:b", username: "gw1", password };
    expect(await attempt(broker, second)).toBe("closed");
  });

  it("refuses a will that is not a state below its own level", async () => {
    const { broker, password } = await openTrial();
    const base = { clientId: "gw1", username: "gw1", password };
    const will = { payload: Buffer.from('{"online":false}'), qos: 1, retain: true } as const;
    const foreign = { ...base, will: { ...will, topic: "zcp/v1/north/gw2/m2/state" } };
    expect(await attempt(broker, foreign)).toBe(5);
    expect(await attempt(broker, { ...base, will: { ...will, topic: telemetryTopic } })).toBe(5);
    const own = { ...base, will: { ...will, topic: stateTopic } };
    expect(await attempt(broker, own)).toBe("connected");
  });

  it("asks a client that speaks MQTT 5 for the version it speaks", async () => {
    const { broker, password } = await openTrial();
    const options = { clientId: "gw1", username: "gw1", password, protocolVersion: 5 } as const;
    expect(await attempt(broker, options)).toBe(1);
  });

  it("keeps other machines out while no gateway has credentials", async () => {
    const intake = await openIntake();
    const broker = await openBroker(intake, { host: "0.0.0.0" });
    expect(intake.lines.map(({ message }) => message)).toContain(
      "no gateway has credentials yet: connections from other machines are refused until one has",
    );
    const password = await intake.addGateway("gw1");
    expect(await attempt(broker, { clientId: "gw1", username: "gw1", password })).toBe("connected");
  });
});

describe("publishing at the embedded broker", () => {
  it.each([0, 1, 2] as const)("takes a reading with QoS %d", async (qos) => {
    const { intake, broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    expect(await acknowledged(client, telemetryTopic, sampleText(12.5), { qos })).toBe(true);
    await eventually(async () => {
      const values = (await intake.readings()).map((reading) => reading.values);
      expect(values).toEqual([{ importKwh: 12.5 }]);
    });
    await eventually(() => expect(broker.counters.acked).toBe(qos > 0 ? 1 : 0));
  });

  it.each([
    ["below another gateway's level", "zcp/v1/north/gw2/m1/telemetry"],
    ["outside of the contract", "factory/line1"],
    ["to the broker's own topics", "$SYS/broker/load"],
    ["a command", "zcp/v1/north/gw1/m1/command"],
  ])("ends the connection of a gateway that publishes %s", async (_what, topic) => {
    const { intake, broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    expect(await acknowledged(client, topic, sampleText(1))).toBe(false);
    expect(await intake.readings()).toEqual([]);
    expect(await intake.quarantined()).toEqual([]);
    expect(broker.counters).toMatchObject({ refused: 1, securityEvents: 1 });
  });

  it("sets aside what is malformed below the gateway's own level, and goes on", async () => {
    const { intake, broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    const bad: readonly (readonly [string, string | Buffer])[] = [
      ["zcp/v1/north/gw1/m1", sampleText(1)],
      ["zcp/v1/north/gw1/m1/telemetry/extra", sampleText(1)],
      ["zcp/v1/north/gw1/m 1/telemetry", sampleText(1)],
      ["zcp/v1/north/gw1/m1\nx/telemetry", sampleText(1)],
      ["zcp/v1/south/gw1/m1/telemetry", sampleText(1)],
      ["zcp/v1/north/gw1/nobody/telemetry", sampleText(1)],
      [telemetryTopic, Buffer.from([0xb5, 0xe7, 0xc4, 0xdc])],
      [telemetryTopic, '{"ts":1,"values":{"__proto__":{"importKwh":1}}}'],
      [telemetryTopic, `${"[".repeat(200_000)}${"]".repeat(200_000 / 10)}`],
      [telemetryTopic, '{"ts":"2026-11-22 06:00:00","values":{"importKwh":1}}'],
    ];
    for (const [topic, payload] of bad) {
      expect(await acknowledged(client, topic, payload)).toBe(true);
    }
    expect(await acknowledged(client, telemetryTopic, sampleText(2))).toBe(true);
    const codes = (await intake.quarantined()).map(({ code }) => code);
    expect(codes).toEqual([
      ...["topic", "topic", "topic", "topic", "park", "unknown_device"],
      ...["json", "json", "json", "schema"],
    ]);
    expect((await intake.readings()).map(({ values }) => values)).toEqual([{ importKwh: 2 }]);
    expect(broker.counters.securityEvents).toBe(0);
  });

  it("acknowledges in the order of arrival, however fast each kind is taken", async () => {
    const { broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    const order: number[] = [];
    const sent = [
      [telemetryTopic, sampleText(1)],
      [stateTopic, '{"online":true}'],
      [telemetryTopic, "{"],
      [stateTopic, '{"online":true}'],
    ].map(async ([topic = "", payload = ""], index) => {
      await acknowledged(client, topic, payload);
      order.push(index);
    });
    await Promise.all(sent);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it("keeps nothing for later subscribers, also when a gateway asks to retain it", async () => {
    const { intake, broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    await acknowledged(client, telemetryTopic, sampleText(1), { retain: true });
    await acknowledged(client, stateTopic, '{"online":true}', { retain: true });
    const received: string[] = [];
    const listener = await signedIn(broker, "gw1", password, { clientId: "gw1:listener" });
    listener.on("message", (topic) => received.push(topic));
    await listener.subscribeAsync("zcp/v1/north/gw1/+/command", { qos: 1 });
    await acknowledged(listener, telemetryTopic, sampleText(2));
    expect(received).toEqual([]);
    expect(await intake.readings()).toHaveLength(2);
  });

  it("ends a connection at the header that announces 200 MB", async () => {
    const { broker, password } = await openTrial();
    const socket = await bareSocket(broker);
    const connectPacket = {
      cmd: "connect",
      clientId: "gw1",
      username: "gw1",
      keepalive: 60,
    } as const;
    socket.write(generate({ ...connectPacket, password: Buffer.from(password) }));
    await once(socket, "data");
    const bytes = 200 * 1024 * 1024;
    const length = [0, 7, 14, 21].map(
      (shift, at) => ((bytes >> shift) & 0x7f) | (at < 3 ? 0x80 : 0),
    );
    socket.write(Buffer.from([0x32, ...length]));
    await closed(socket);
    expect(broker.counters.securityEvents).toBe(1);
  });

  it("ends connections that send something else than MQTT, and serves the others", async () => {
    const { intake, broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    const garbage = [
      Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
      Buffer.from([0x00, 0x00]),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from([0x10, 0x04, 0x00, 0x04, 0x4d, 0x51]),
      Buffer.from([0x30, 0x02, 0x00, 0x00]),
      Buffer.from([0x10, 0x0c, ...Buffer.from("\u0000\u0004XXXX"), 4, 2, 0, 60, 0, 0]),
    ];
    for (const bytes of garbage) {
      const socket = await bareSocket(broker);
      const ended = closed(socket);
      socket.write(bytes);
      await ended;
    }
    expect(await acknowledged(client, telemetryTopic, sampleText(3))).toBe(true);
    expect(await intake.readings()).toHaveLength(1);
  });

  it("does not acknowledge while the journal does not take it", async () => {
    const intake = await openIntake();
    const password = await intake.addGateway("gw1");
    await intake.addMeter("m1", "gw1");
    const broker = await openBroker(intake);
    const client = await signedIn(broker, "gw1", password);
    await intake.journal.close();
    expect(await acknowledged(client, telemetryTopic, sampleText(1))).toBe(false);
    expect(broker.counters).toMatchObject({ acked: 0, unavailable: 1 });
  });
});

describe("subscribing at the embedded broker", () => {
  it.each([
    "#",
    "+/+/+/+/+/+",
    "zcp/v1/#",
    "zcp/v1/north/gw2/+/command",
    "zcp/v1/north/+/+/command",
    "zcp/v1/north/gw1/+/telemetry",
    "zcp/v1/north/gw1/#",
    "zcp/v1/south/gw1/+/command",
    "$share/g/zcp/v1/north/gw1/+/command",
    "$SYS/#",
  ])("refuses %s", async (filter) => {
    const { broker, password } = await openTrial();
    const client = await signedIn(broker, "gw1", password);
    const granted = await client.subscribeAsync(filter, { qos: 1 }).then(
      (grants) => grants.map(({ qos }) => qos),
      () => [128],
    );
    expect(granted).toEqual([128]);
    expect(broker.counters.securityEvents).toBe(1);
  });

  const command = {
    id: "c1",
    setpoint: { powerKw: -20_000 },
    validFrom: "2026-11-22T06:00:00+08:00",
    validTo: "2026-11-22T06:15:00+08:00",
    fallback: "zero",
  } as const;

  it("brings a command to the gateway of its device and to no other", async () => {
    const { intake, broker, password } = await openTrial();
    const otherPassword = await intake.addGateway("gw2");
    const own = await signedIn(broker, "gw1", password);
    const other = await signedIn(broker, "gw2", otherPassword);
    await own.subscribeAsync("zcp/v1/north/gw1/+/command", { qos: 1 });
    await other.subscribeAsync("zcp/v1/north/gw2/+/command", { qos: 1 });
    const misled: string[] = [];
    other.on("message", (topic) => misled.push(topic));
    const arrives = nextMessage(own);
    await broker.publishCommand("gw1", "pcs1", command);
    const { topic, payload } = await arrives;
    expect(topic).toBe("zcp/v1/north/gw1/pcs1/command");
    expect(JSON.parse(String(payload))).toEqual(command);
    const done = acknowledged(
      own,
      "zcp/v1/north/gw1/pcs1/command-ack",
      JSON.stringify({ id: "c1", status: "accepted" }),
    );
    expect(await done).toBe(true);
    expect(intake.acks).toEqual([
      { gatewayId: "gw1", deviceId: "pcs1", ack: { id: "c1", status: "accepted" } },
    ]);
    expect(misled).toEqual([]);
  });

  it("does not bring another gateway's commands through a filter that a stored session remembers", async () => {
    const { broker, password } = await openTrial();
    const first = await signedIn(broker, "gw1", password, { clean: false });
    await first
      .subscribeAsync(["zcp/v1/north/gw1/+/command", "zcp/v1/north/gw2/+/command"], {
        qos: 1,
      })
      .catch(() => undefined);
    await first.endAsync();
    await broker.publishCommand("gw2", "pcs2", command);
    await broker.publishCommand("gw1", "pcs1", { ...command, id: "c2" });
    const received: string[] = [];
    const again = visitor(broker, {
      ...{ clientId: "gw1", username: "gw1", password, clean: false },
    });
    again.on("message", (topic) => received.push(topic));
    await nextMessage(again);
    await acknowledged(again, stateTopic, '{"online":true}');
    expect(received).toEqual(["zcp/v1/north/gw1/pcs1/command"]);
  });
});

describe("presence at the embedded broker", () => {
  it("tells when the first connection of a gateway comes and the last one goes", async () => {
    const { intake, broker, password } = await openTrial();
    const first = await signedIn(broker, "gw1", password);
    const second = await signedIn(broker, "gw1", password, { clientId: "gw1:b" });
    expect(broker.onlineGateways()).toEqual(["gw1"]);
    await first.endAsync();
    await second.endAsync();
    await eventually(() => expect(broker.onlineGateways()).toEqual([]));
    const connection = { gatewayId: "gw1", deviceId: null, simulated: false };
    expect(intake.states).toEqual([
      { ...connection, online: true, tsMs: expect.any(Number) },
      { ...connection, online: false, tsMs: expect.any(Number) },
    ]);
    expect(broker.counters).toMatchObject({ connections: 0, connectionsTotal: 2 });
  });

  it("delivers states, and the will of a connection that breaks", async () => {
    const { intake, broker, password } = await openTrial();
    const will = { topic: stateTopic, payload: Buffer.from('{"online":false}'), qos: 1 as const };
    const client = await signedIn(broker, "gw1", password, { will: { ...will, retain: true } });
    const said = '{"online":true,"ts":1795557600000,"firmware":"1.2","simulated":true}';
    expect(await acknowledged(client, stateTopic, said, { retain: true })).toBe(true);
    client.stream.destroy();
    await eventually(() => {
      const ofDevice = intake.states.filter(({ deviceId }) => deviceId === "m1");
      expect(ofDevice).toMatchObject([
        { online: true, tsMs: 1_795_557_600_000, simulated: true },
        { online: false },
      ]);
    });
  });

  it("leaves no will behind when a gateway says goodbye", async () => {
    const { intake, broker, password } = await openTrial();
    const will = { topic: stateTopic, payload: Buffer.from('{"online":false}'), qos: 1 as const };
    const client = await signedIn(broker, "gw1", password, { will: { ...will, retain: true } });
    await client.endAsync();
    await eventually(() => expect(broker.onlineGateways()).toEqual([]));
    expect(intake.states.filter(({ deviceId }) => deviceId === "m1")).toEqual([]);
  });
});

describe("security events", () => {
  it("are all counted, and logged only so often", async () => {
    const { intake, broker } = await openTrial();
    for (let index = 0; index < 40; index += 1) {
      const username = `stranger${index}`;
      await attempt(broker, { clientId: username, username, password: "x" });
    }
    expect(broker.counters.securityEvents).toBe(40);
    const lines = intake.lines.filter(({ security }) => security === true);
    expect(lines.length).toBeGreaterThanOrEqual(20);
    expect(lines.length).toBeLessThan(40);
    expect(lines[0]).toMatchObject({
      level: "warn",
      reason: "unknown user name or wrong password",
      gatewayId: "stranger0",
      address: "127.0.0.1",
    });
  });
});
