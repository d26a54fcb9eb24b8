import { createHash, timingSafeEqual } from "node:crypto";
import type { Enterprise, Gateway, Meter, Park } from "../domain/park.ts";
import type { MeterEvent } from "../domain/telemetry/meter-event.ts";
import type { RegistryStore } from "./ports.ts";

export type SimulatedShare = "none" | "some" | "all";

/** Read view of what is registered, in memory: every message asks it, so it answers at once. */
export interface Registry {
  readonly park: Park;
  meter(id: string): Meter | undefined;
  meters(): readonly Meter[];
  /** What people have recorded about the meter, in the order of recording. */
  events(meterId: string): readonly MeterEvent[];
  /** Counts the event from now on, before or after the store has it. */
  putEvent(event: MeterEvent): void;
  enterprise(id: string): Enterprise | undefined;
  enterprises(): readonly Enterprise[];
  gateway(id: string): Gateway | undefined;
  gateways(): readonly Gateway[];
  /** Whether this is the gateway's password; compares digests in constant time. */
  gatewayAccepts(gatewayId: string, password: string): boolean;
  /** How many of the gateways that have devices are simulated. */
  simulated(): SimulatedShare;
  /** Reads everything again from the store; called at start and after each change. */
  reload(): Promise<void>;
}

/** Digest under which machine-made passwords and tokens are kept; they have 256 random bits, so no salt is needed. */
export function secretDigest(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares two hex digests without telling by its duration where they differ. */
export function digestsEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "hex"), Buffer.from(right, "hex")];
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b);
}

export function createRegistry(park: Park, store: RegistryStore): Registry {
  let meters = new Map<string, Meter>();
  let enterprises = new Map<string, Enterprise>();
  let gateways = new Map<string, Gateway>();
  let events = new Map<string, readonly MeterEvent[]>();
  let passwords: ReadonlyMap<string, string> = new Map();

  return {
    park,
    meter: (id) => meters.get(id),
    meters: () => [...meters.values()],
    events: (meterId) => events.get(meterId) ?? [],
    putEvent: (event) => {
      events.set(event.meterId, [...(events.get(event.meterId) ?? []), event]);
    },
    enterprise: (id) => enterprises.get(id),
    enterprises: () => [...enterprises.values()],
    gateway: (id) => gateways.get(id),
    gateways: () => [...gateways.values()],
    gatewayAccepts: (gatewayId, password) => {
      const digest = passwords.get(gatewayId);
      return digest !== undefined && digestsEqual(digest, secretDigest(password));
    },
    simulated: () => simulatedShare([...meters.values()], gateways),
    reload: async () => {
      const [meterList, enterpriseList, gatewayList, passwordMap, eventList] = await Promise.all([
        store.meters(),
        store.enterprises(),
        store.gateways(),
        store.gatewayPasswords(),
        store.meterEvents(),
      ]);
      meters = new Map(meterList.map((meter) => [meter.id, meter]));
      enterprises = new Map(enterpriseList.map((enterprise) => [enterprise.id, enterprise]));
      gateways = new Map(gatewayList.map((gateway) => [gateway.id, gateway]));
      passwords = passwordMap;
      events = new Map();
      for (const event of eventList) {
        events.set(event.meterId, [...(events.get(event.meterId) ?? []), event]);
      }
    },
  };
}

function simulatedShare(
  meters: readonly Meter[],
  gateways: ReadonlyMap<string, Gateway>,
): SimulatedShare {
  const used = new Set(meters.map((meter) => meter.gatewayId));
  const simulated = [...used].filter((id) => gateways.get(id)?.simulated === true).length;
  if (simulated === 0) return "none";
  return simulated === used.size ? "all" : "some";
}
