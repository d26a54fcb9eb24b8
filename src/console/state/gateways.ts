import { shallowRef } from "vue";
import type { GatewayBody } from "../../contracts/registry.ts";
import { getAll } from "../api/client.ts";
import { hasRole } from "./session.ts";

/** Gateways by id, as they were last asked for. */
export const gateways = shallowRef<ReadonlyMap<string, GatewayBody>>(new Map());

/** Asks for the gateways; people of one enterprise may not see them and need not. */
export async function loadGateways(): Promise<readonly GatewayBody[]> {
  if (hasRole("enterprise")) return [];
  const list = await getAll<GatewayBody>("/gateways");
  gateways.value = new Map(list.map((gateway) => [gateway.id, gateway]));
  return list;
}
