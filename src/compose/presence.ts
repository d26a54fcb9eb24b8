import type { Clock } from "../app/ports.ts";
import type { Registry } from "../app/registry.ts";

/** When a gateway was last heard and whether it is connected; null: not since this start. */
export interface Presence {
  readonly online: boolean;
  readonly lastAtMs: number | null;
}

/** Remembers for each gateway when its connection came and went and when its devices last spoke. */
export interface GatewayPresence {
  heard(gatewayId: string): void;
  connection(gatewayId: string, online: boolean): void;
  all(connected: readonly string[]): ReadonlyMap<string, Presence>;
}

export function createGatewayPresence(
  registry: Pick<Registry, "gateway">,
  clock: Clock,
): GatewayPresence {
  const lastAtMs = new Map<string, number>();
  const said = new Map<string, boolean>();
  const heard = (gatewayId: string): void => {
    // Only registered gateways are remembered, so that the map cannot grow by invented names.
    if (registry.gateway(gatewayId) !== undefined) lastAtMs.set(gatewayId, clock.nowMs());
  };
  return {
    heard,
    connection: (gatewayId, online) => {
      heard(gatewayId);
      if (registry.gateway(gatewayId) !== undefined) said.set(gatewayId, online);
    },
    all: (connected) => {
      const present = new Set(connected);
      const known = new Set([...lastAtMs.keys(), ...present]);
      return new Map(
        [...known].map((id) => [
          id,
          {
            online: present.has(id) || said.get(id) === true,
            lastAtMs: lastAtMs.get(id) ?? null,
          },
        ]),
      );
    },
  };
}
