import { gatewayPrincipal } from "../domain/principal.ts";
import type { HttpServices } from "../entry/http/http-services.ts";
import { takeTelemetry } from "../entry/take-telemetry.ts";
import { readTelemetry } from "../entry/telemetry-payload.ts";
import { brokerAccounts } from "./broker-accounts.ts";
import { createCaughtUp } from "./caught-up.ts";
import type { DoorParts, MqttDoor } from "./doors.ts";
import type { StoreHealth } from "./health.ts";
import { version } from "./version.ts";

/** What the routes stand on, from the parts of the service. */
export function httpServices(parts: DoorParts, mqtt: () => MqttDoor | null): HttpServices {
  const { stores, registry, intake, health, clock, presence } = parts;
  const { registryStore, quarantine, telemetry, ledger, journal } = stores;
  const connected = (): readonly string[] => {
    const door = mqtt();
    return door !== null && "onlineGateways" in door ? door.onlineGateways() : [];
  };
  return {
    ...{ registry, quarantine, telemetry, ledger, clock },
    dropTasks: stores.dropTasks,
    meterEvents: { registry, store: registryStore, clock, wake: parts.pipeline.wake },
    ingest: intake,
    signIn: parts.signIn,
    restatements: stores.restatements,
    managePeople: {
      ...{ people: stores.people, registry, clock },
      createLink: parts.signIn.createLink,
    },
    manageKeys: { keys: stores.keys, people: stores.people, registry, clock },
    ownAccount: {
      ...{ people: stores.people, vault: parts.audit.vault, clock },
      issuer: registry.park.name.en,
    },
    amendments: {
      ...{ periods: stores.periods, timezone: registry.park.timezone, clock },
      ...{ ledger, telemetry, meter: registry.meter, events: registry.events },
      onTouched: parts.pipeline.wake,
    },
    readAudit: parts.audit.readAudit,
    checkAudit: parts.audit.checkAudit,
    noteUse: parts.audit.tally.note,
    manageRegistry: {
      ...{ registry, quarantine, clock },
      store: registryStore,
      replay: replayInto(parts),
      caughtUp: createCaughtUp({ journal, ledger }),
      accounts: brokerAccounts(parts.config),
    },
    carbon: {
      factors: parts.config.factors,
      parameterChanges: parts.config.parkContent.parameterChanges,
      timezone: registry.park.timezone,
      clock,
    },
    tariffs: stores.tariffs,
    virtualMeters: stores.virtualMeters,
    parkVirtualMeters: parts.config.parkContent.virtualMeters,
    solveDispatch: parts.planner.solveDispatch,
    livePicture: parts.picture,
    liveEvents: parts.events,
    metrics: parts.metrics,
    status: {
      ...{ registry, journal, telemetry, ledger },
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
  };
}

/** The embedded broker is there or the start has failed; an external one comes and goes. */
function mqttHealth(door: MqttDoor | null): StoreHealth {
  if (door === null) return { state: "failed", reason: "not started" };
  if (!("connected" in door)) return { state: "ok", reason: null };
  const { figures, limits } = door;
  if (!door.connected) {
    const reason = door.reason ?? "the broker is not connected";
    return { ...figures, state: "degraded", reason };
  }
  return limits.length === 0
    ? { ...figures, state: "ok", reason: null }
    : { ...figures, state: "degraded", reason: limits.join("; ") };
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
