import { randomBytes } from "node:crypto";
import type { RegistryStore } from "../app/ports.ts";
import { type Registry, secretDigest } from "../app/registry.ts";

/**
 * Gives every gateway of the park file fresh credentials and marks it as simulated. A gateway that
 * a person gave credentials to is real hardware and is left alone.
 */
export async function provisionSimulatedGateways(
  registry: Registry,
  store: RegistryStore,
): Promise<Record<string, string>> {
  const passwords: Record<string, string> = {};
  for (const { id, simulated, hasCredentials } of registry.gateways()) {
    if (hasCredentials && !simulated) continue;
    const password = randomBytes(32).toString("base64url");
    await store.setGatewayPassword(id, secretDigest(password));
    await store.setGatewaySimulated(id, true);
    passwords[id] = password;
  }
  await registry.reload();
  return passwords;
}
