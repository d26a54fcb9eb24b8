import type { Registry as MetricsRegistry } from "prom-client";
import type { Ingest } from "../app/ingest-telemetry.ts";
import type { LiveEvents } from "../app/live-events.ts";
import type { LivePicture } from "../app/live-picture.ts";
import type { Clock } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";
import type { SignIn } from "../app/sign-in.ts";
import type { Addresses, ComposeOptions } from "../compose.ts";
import type { Config } from "../config.ts";
import { gatewayPrincipal, type Principal } from "../domain/principal.ts";
import { createHttpServer } from "../entry/http/server.ts";
import { type EmbeddedBroker, startEmbeddedBroker } from "../entry/mqtt/embedded-broker.ts";
import {
  type ExternalSubscriber,
  startExternalSubscriber,
} from "../entry/mqtt/external-subscriber.ts";
import type { MessageSink } from "../entry/mqtt/take-message.ts";
import { takeTelemetry } from "../entry/take-telemetry.ts";
import { readTelemetry } from "../entry/telemetry-payload.ts";
import type { Health } from "./health.ts";
import { freeOr } from "./ports.ts";
import type { GatewayPresence } from "./presence.ts";
import type { Stores } from "./stores.ts";
import { version } from "./version.ts";

export interface DoorParts {
  readonly config: Config;
  readonly options: ComposeOptions;
  readonly stores: Stores;
  readonly consoleDir: string | null;
  readonly metrics: MetricsRegistry;
  readonly registry: Registry;
  readonly picture: LivePicture;
  readonly events: LiveEvents;
  readonly intake: Ingest;
  readonly presence: GatewayPresence;
  readonly signIn: SignIn;
  readonly health: Health;
  readonly clock: Clock;
}

/** The ways in: the broker or the subscription at one, and HTTP. */
export interface Doors {
  open(): Promise<Addresses>;
  close(): Promise<void>;
}

type MqttDoor = EmbeddedBroker | ExternalSubscriber;

export function createDoors(parts: DoorParts): Doors {
  const { config, options } = parts;
  let mqtt: MqttDoor | null = null;
  let http: Awaited<ReturnType<typeof createHttpServer>> | null = null;

  const port = (host: string, wanted: number): Promise<number> =>
    options.onPortTaken === "free" ? freeOr(host, wanted) : Promise.resolve(wanted);

  return {
    open: async () => {
      mqtt = await openMqtt(parts, await port(config.mqtt.listenHost, config.mqtt.listenPort));
      const { host } = config.http;
      http = await openHttp(parts, () => mqtt, await port(host, config.http.port));
      const listening = await http.listen();
      return {
        httpUrl: urlOf("http", host, listening.port),
        mqttUrl: "port" in mqtt ? urlOf("mqtt", mqtt.host, mqtt.port) : null,
      };
    },
    close: async () => {
      await http?.close();
      await mqtt?.close();
    },
  };
}

/** An address that can be clicked: a listener on all interfaces is reached over loopback. */
function urlOf(scheme: string, host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const name = reachable.includes(":") ? `[${reachable}]` : reachable;
  return `${scheme}://${name}:${port}`;
}

function openMqtt(parts: DoorParts, port: number): Promise<MqttDoor> {
  const { config, options, registry, intake, presence, clock } = parts;
  const { log } = options;
  const sink: MessageSink = {
    parkId: registry.park.id,
    clock,
    log,
    ingest: (principal, delivery) => {
      presence.heard(delivery.gatewayId);
      return intake.ingest(principal, delivery);
    },
    quarantine: intake.quarantine,
    onState: ({ gatewayId, deviceId, online }) => {
      if (deviceId === null) presence.connection(gatewayId, online);
      else presence.heard(gatewayId);
    },
    onEvent: (event) => log.info({ event }, "device event"),
    onCommandAck: ({ gatewayId, deviceId, ack }) => {
      log.info({ gatewayId, deviceId, ack }, "command answered");
    },
  };
  const { url, username, password, listenHost } = config.mqtt;
  if (url !== null) return startExternalSubscriber({ ...sink, url, username, password });
  return startEmbeddedBroker({ ...sink, host: listenHost, port, registry });
}

function openHttp(parts: DoorParts, mqtt: () => MqttDoor | null, port: number) {
  const { config, options, stores, registry, intake, health, clock, presence } = parts;
  const { log } = options;
  const { registryStore, quarantine, telemetry, ledger, journal } = stores;
  const connected = (): readonly string[] => {
    const door = mqtt();
    return door !== null && "onlineGateways" in door ? door.onlineGateways() : [];
  };
  return createHttpServer({
    host: config.http.host,
    port,
    log,
    consoleDir: parts.consoleDir,
    services: {
      ...{ registry, registryStore, quarantine, telemetry, ledger, clock },
      park: registry.park,
      ingest: intake,
      signIn: parts.signIn,
      manageRegistry: {
        ...{ registry, quarantine, clock },
        store: registryStore,
        replay: replayInto(parts),
      },
      livePicture: parts.picture,
      liveEvents: parts.events,
      metrics: parts.metrics,
      status: {
        ...{ registry, journal, telemetry, ledger, quarantine },
        version,
        startedAtMs: clock.nowMs(),
        counters: intake.counters,
        stores: async () => ({ ...(await health.stores()), mqtt: mqttHealth(mqtt()) }),
        jobs: health.jobs,
      },
      onlineGateways: () => presence.all(connected()),
      ready: async () => {
        const readiness = await health.ready();
        const broker = mqttHealth(mqtt());
        const degraded = broker.state === "ok" ? [] : [`mqtt: ${broker.reason ?? broker.state}`];
        return { ...readiness, degraded: [...readiness.degraded, ...degraded] };
      },
      audit: (principal: Principal, fields: object) => {
        log.info({ audit: true, principal: principal.id, ...fields }, "used");
      },
    },
  });
}

/** The embedded broker is there or the start has failed; an external one comes and goes. */
function mqttHealth(door: MqttDoor | null): {
  state: "ok" | "degraded" | "failed";
  reason: string | null;
} {
  if (door === null) return { state: "failed", reason: "not started" };
  if (!("connected" in door) || door.connected) return { state: "ok", reason: null };
  return { state: "degraded", reason: door.reason ?? "the broker is not connected" };
}

/** Takes a payload that was kept for an unknown device in once more, now that it is known. */
function replayInto({ intake, registry }: DoorParts) {
  return async (
    gatewayId: string,
    deviceId: string,
    topic: string,
    payload: string,
  ): Promise<number> => {
    const bytes = new TextEncoder().encode(payload);
    const principal = gatewayPrincipal(registry.park.id, gatewayId);
    const message = { gatewayId, deviceId, topic, payload: bytes, read: readTelemetry(bytes) };
    return (await takeTelemetry(intake, principal, message)).accepted;
  };
}
