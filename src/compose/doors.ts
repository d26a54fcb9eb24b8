import type { Registry as MetricsRegistry } from "prom-client";
import type { Clock } from "../app/ports.ts";
import type { Addresses, ComposeOptions } from "../compose.ts";
import type { Config } from "../config.ts";
import { createHttpServer, type HttpServer } from "../entry/http/server.ts";
import { type EmbeddedBroker, startEmbeddedBroker } from "../entry/mqtt/embedded-broker.ts";
import {
  type ExternalSubscriber,
  startExternalSubscriber,
} from "../entry/mqtt/external-subscriber.ts";
import type { MessageSink } from "../entry/mqtt/take-message.ts";
import { httpServices } from "./http-services.ts";
import type { Parts } from "./parts.ts";
import { freeOr } from "./ports.ts";
import { createStatusEvents, type StatusEvents } from "./status-events.ts";
import type { Stores } from "./stores.ts";

export interface DoorParts extends Parts {
  readonly config: Config;
  readonly options: ComposeOptions;
  readonly stores: Stores;
  readonly consoleDir: string | null;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
}

/** The ways in: the broker or the subscription at one, and HTTP. */
export interface Doors {
  open(): Promise<Addresses>;
  close(): Promise<void>;
}

export type MqttDoor = EmbeddedBroker | ExternalSubscriber;

export function createDoors(parts: DoorParts): Doors {
  const { config, options } = parts;
  const { log } = options;
  let mqtt: MqttDoor | null = null;
  let http: HttpServer | null = null;
  let statusEvents: StatusEvents | null = null;

  const port = (host: string, wanted: number): Promise<number> =>
    options.onPortTaken === "free" ? freeOr(host, wanted) : Promise.resolve(wanted);

  return {
    open: async () => {
      mqtt = await openMqtt(parts, await port(config.mqtt.listenHost, config.mqtt.listenPort));
      const { host } = config.http;
      const services = httpServices(parts, () => mqtt);
      http = await createHttpServer({
        ...{ host, log, services, consoleDir: parts.consoleDir },
        port: await port(host, config.http.port),
      });
      statusEvents = createStatusEvents({ ...parts, ready: services.ready, log });
      statusEvents.start();
      const listening = await http.listen();
      return {
        httpUrl: urlOf("http", host, listening.port),
        mqttUrl: "port" in mqtt ? urlOf("mqtt", mqtt.host, mqtt.port) : null,
      };
    },
    close: async () => {
      statusEvents?.stop();
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
  const { url, username, password, tls, listenHost } = config.mqtt;
  if (url !== null) return startExternalSubscriber({ ...sink, url, username, password, tls });
  return startEmbeddedBroker({ ...sink, host: listenHost, port, registry });
}
