import { randomBytes } from "node:crypto";
import { ConflictError, DomainError, NotFoundError } from "../domain/errors.ts";
import { type MeterEntry, meterWithDefaults } from "../domain/meter-defaults.ts";
import type { Enterprise, Gateway, LocalName, Meter } from "../domain/park.ts";
import { type Principal, requireParkWide, requireRole } from "../domain/principal.ts";
import { auditNote } from "./audit-note.ts";
import type { BrokerAccounts } from "./gateway-ports.ts";
import type { Clock, QuarantineStore, RegistryStore } from "./ports.ts";
import { type Registry, secretDigest } from "./registry.ts";

export interface ManageRegistryDependencies {
  readonly registry: Registry;
  readonly store: RegistryStore;
  readonly quarantine: QuarantineStore;
  readonly clock: Clock;
  /** Takes in once more what was kept for a device; answers how many samples were accepted. */
  readonly replay: (
    gatewayId: string,
    deviceId: string,
    topic: string,
    payload: string,
  ) => Promise<number>;
  /**
   * Resolves when everything that was acknowledged before the call has been followed into the
   * quarantine; false when that takes too long.
   */
  readonly caughtUp: () => Promise<boolean>;
  /** Where gateways sign in, when that is not our own broker and we keep its accounts. */
  readonly accounts: BrokerAccounts | null;
}

/** Shown once; only a digest of the password is kept. */
export interface GatewayCredentials {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

export interface AddedMeter {
  readonly meter: Meter;
  /** Samples that waited in quarantine for this device and were taken in now. */
  readonly replayedSamples: number;
}

/** @throws {ForbiddenError} unless the principal runs the park. */
function requireOperator(principal: Principal): void {
  requireParkWide(principal);
  requireRole(principal, "manager", "sysadmin");
}

/** @throws {ConflictError} `id_taken`. */
export async function addEnterprise(
  { registry, store, clock }: ManageRegistryDependencies,
  principal: Principal,
  enterprise: Enterprise,
): Promise<Enterprise> {
  requireOperator(principal);
  const deed = { action: "enterprise.add", object: `enterprise:${enterprise.id}` };
  await store.addEnterprise(
    enterprise,
    auditNote(principal, clock, { ...deed, after: enterprise }),
  );
  await registry.reload();
  return enterprise;
}

/**
 * Registers a gateway with a password that works at once.
 *
 * @throws {ConflictError} `id_taken`; {UnavailableError} the gateway is registered, but the broker
 * could not be told its password: ask for new credentials later.
 */
export async function addGateway(
  { registry, store, accounts, clock }: ManageRegistryDependencies,
  principal: Principal,
  entry: { readonly id: string; readonly name: LocalName | null; readonly simulated: boolean },
): Promise<GatewayCredentials> {
  requireOperator(principal);
  const { id, simulated } = entry;
  const name = entry.name ?? { zh: id, en: id };
  const gateway: Gateway = { id, name, simulated, hasCredentials: true };
  const password = newPassword();
  const deed = { action: "gateway.add", object: `gateway:${id}`, after: gateway };
  await store.addGateway(gateway, secretDigest(password), auditNote(principal, clock, deed));
  await registry.reload();
  await accounts?.grant(id, password);
  return { id, username: id, password };
}

/**
 * Gives a gateway a new password; the old one stops working for new connections at once.
 *
 * @throws {NotFoundError}; {UnavailableError} nothing has changed, the broker could not be told.
 */
export async function rotateGatewayPassword(
  { registry, store, accounts, clock }: ManageRegistryDependencies,
  principal: Principal,
  { id, simulated }: { readonly id: string; readonly simulated: boolean },
): Promise<GatewayCredentials> {
  requireOperator(principal);
  if (registry.gateway(id) === undefined) throw unknown("gateway", id);
  const password = newPassword();
  await accounts?.grant(id, password);
  const deed = { action: "gateway.rotate", object: `gateway:${id}`, detail: { simulated } };
  // Unless they say so, credentials belong to a real device, which the simulators leave alone.
  await store.setGatewayCredentials(
    id,
    { passwordSha256: secretDigest(password), simulated },
    auditNote(principal, clock, deed),
  );
  await registry.reload();
  return { id, username: id, password };
}

/**
 * Registers a device and takes in what it has sent so far, as far as the quarantine still has it.
 *
 * @throws {ConflictError} `id_taken`; {DomainError} `unknown_reference`, `invalid_parent`.
 */
export async function addMeter(
  dependencies: ManageRegistryDependencies,
  principal: Principal,
  entry: MeterEntry,
): Promise<AddedMeter> {
  requireOperator(principal);
  const { registry, store, clock } = dependencies;
  requireReferences(registry, entry);
  const parent = registry.meter(entry.parentId ?? "");
  const meter = meterWithDefaults(entry, parent?.role ?? null, "api");
  const deed = { action: "meter.add", object: `meter:${meter.id}`, after: meter };
  await store.addMeter(meter, auditNote(principal, clock, deed));
  await registry.reload();
  return { meter, replayedSamples: await replayQuarantined(dependencies, meter) };
}

/**
 * Registers the unknown device of a quarantine group. When it has been registered in the meantime,
 * only what waits for it is taken in.
 *
 * @throws {NotFoundError} for an unknown group; {ConflictError} `not_adoptable` for any other reason
 * of refusal than that the device is unknown.
 */
export async function adoptDevice(
  dependencies: ManageRegistryDependencies,
  principal: Principal,
  request: { readonly groupId: string; readonly entry: Omit<MeterEntry, "id" | "gatewayId"> },
): Promise<AddedMeter> {
  requireOperator(principal);
  const group = await dependencies.quarantine.get(request.groupId);
  if (group === null) throw unknown("quarantine group", request.groupId);
  const { code, gatewayId, deviceId } = group;
  if (code !== "unknown_device" || gatewayId === null || deviceId === null) {
    throw new ConflictError("not_adoptable", `${code} is not about an unknown device`, {
      remedy: "mend the cause in the gateway, then dismiss the group",
    });
  }
  const known = dependencies.registry.meter(deviceId);
  if (known !== undefined && known.gatewayId === gatewayId) {
    return { meter: known, replayedSamples: await replayQuarantined(dependencies, known) };
  }
  return addMeter(dependencies, principal, { ...request.entry, id: deviceId, gatewayId });
}

/** @throws {NotFoundError} for an unknown group. */
export async function dismissGroup(
  { quarantine, clock }: ManageRegistryDependencies,
  principal: Principal,
  groupId: string,
): Promise<void> {
  requireOperator(principal);
  const deed = { action: "quarantine.dismiss", object: `quarantine:${groupId}` };
  const note = auditNote(principal, clock, deed);
  if (!(await quarantine.dismiss(groupId, note))) throw unknown("quarantine group", groupId);
}

/**
 * From the moment the device is registered nothing more is refused for it, so once everything older
 * has reached the quarantine, its copies are complete and may go after they have been taken in.
 */
async function replayQuarantined(
  { quarantine, replay, caughtUp }: ManageRegistryDependencies,
  { id, gatewayId }: Meter,
): Promise<number> {
  const isComplete = await caughtUp();
  let samples = 0;
  for (const { topic, payload } of await quarantine.payloadsOf(gatewayId, id)) {
    samples += await replay(gatewayId, id, topic, payload);
  }
  if (isComplete) await quarantine.dismissDevice(gatewayId, id);
  return samples;
}

function requireReferences(registry: Registry, entry: MeterEntry): void {
  const { gatewayId, enterpriseId, parentId, loadGroupId } = entry;
  const groups = registry.park.loadGroups;
  requireKnown(["gateway", "/gatewayId"], gatewayId, registry.gateway(gatewayId));
  const enterprise = registry.enterprise(enterpriseId ?? "");
  requireKnown(["enterprise", "/enterpriseId"], enterpriseId, enterprise);
  requireKnown(["meter", "/parentId"], parentId, registry.meter(parentId ?? ""));
  const group = groups.find(({ id }) => id === loadGroupId);
  requireKnown(["load group", "/loadGroupId"], loadGroupId, group);
  const parent = registry.meter(parentId ?? "");
  if (entry.kind === "storage-bms" && parent !== undefined && parent.kind !== "storage-pcs") {
    throw new DomainError("invalid_parent", `the parent of a storage-bms is its PCS`, {
      remedy: `name a storage-pcs as parentId instead of ${parent.id}, which is a ${parent.kind}`,
      pointer: "/parentId",
    });
  }
}

function requireKnown(
  [noun, pointer]: readonly [noun: string, pointer: string],
  id: string | null | undefined,
  found: unknown,
): void {
  if (id === null || id === undefined || found !== undefined) return;
  throw new DomainError("unknown_reference", `there is no ${noun} ${id}`, {
    remedy: `register the ${noun} first, or correct the id`,
    pointer,
  });
}

function unknown(noun: string, id: string): NotFoundError {
  return new NotFoundError("not_found", `there is no ${noun} ${id}`, {
    remedy: "GET the list that it should be in",
  });
}

function newPassword(): string {
  return randomBytes(32).toString("base64url");
}
