import { randomBytes } from "node:crypto";
import { auditNote } from "../app/audit-note.ts";
import type { Clock, RegistryStore } from "../app/ports.ts";
import { type Registry, secretDigest } from "../app/registry.ts";
import { servicePrincipal } from "../domain/principal.ts";

/**
 * Gives every gateway of the park file fresh credentials and marks it as simulated. A gateway that
 * a person gave credentials to is real hardware and is left alone.
 */
export async function provisionSimulatedGateways(
  registry: Registry,
  store: RegistryStore,
  clock: Clock,
): Promise<Record<string, string>> {
  const service = servicePrincipal(registry.park.id, "demo");
  const passwords: Record<string, string> = {};
  for (const { id, simulated, hasCredentials } of registry.gateways()) {
    if (hasCredentials && !simulated) continue;
    const password = randomBytes(32).toString("base64url");
    const deed = { action: "gateway.rotate", object: `gateway:${id}`, detail: { simulated: true } };
    await store.setGatewayCredentials(
      id,
      { passwordSha256: secretDigest(password), simulated: true },
      auditNote(service, clock, deed),
    );
    passwords[id] = password;
  }
  await registry.reload();
  return passwords;
}
