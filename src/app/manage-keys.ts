import { randomBytes } from "node:crypto";
import { DomainError, NotFoundError } from "../domain/errors.ts";
import { type Principal, type RoleName, requireRoleSet } from "../domain/principal.ts";
import { dayMs } from "../domain/time.ts";
import type { ApiKey, KeyStore, PeopleStore } from "./access-ports.ts";
import { auditNote } from "./audit-note.ts";
import { requireKnownEnterprise } from "./known-enterprise.ts";
import { requirePeopleAdmin, requirePeopleReader } from "./manage-people.ts";
import type { Clock } from "./ports.ts";
import { type Registry, secretDigest } from "./registry.ts";

export interface ManageKeysDependencies {
  readonly keys: KeyStore;
  readonly people: PeopleStore;
  readonly registry: Pick<Registry, "enterprise">;
  readonly clock: Clock;
}

export interface KeyEntry {
  readonly name: string;
  readonly roles: readonly RoleName[];
  readonly enterpriseId: string | null;
  readonly mayWrite: boolean;
  readonly expiresAtMs: number;
}

const idBytes = 6;
const secretBytes = 32;
const validDaysMax = 730;
/** A program may look at the audit, but neither keep the system nor give rights. */
const forPeopleOnly: readonly RoleName[] = ["sysadmin", "secadmin"];

/** Id and secret of a key as a program sends it; null when it is none of ours. */
export function keyParts(token: string): { readonly id: string; readonly secret: string } | null {
  const [, id, secret] = /^zcp_([0-9a-f]{12})_([\w-]{43})$/.exec(token) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

export async function listKeys(
  { keys }: ManageKeysDependencies,
  principal: Principal,
): Promise<readonly ApiKey[]> {
  requirePeopleReader(principal);
  return keys.list();
}

/**
 * Makes a key for a program; the answer holds it, once.
 *
 * @throws {DomainError} `key_role` for a role that is for people only, `key_expiry`, `unknown_reference`
 * and the errors of `requireRoleSet`.
 */
export async function addKey(
  { keys, people, registry, clock }: ManageKeysDependencies,
  principal: Principal,
  entry: KeyEntry,
): Promise<{ readonly key: ApiKey; readonly token: string }> {
  await requirePeopleAdmin(people, principal);
  requireRoleSet(entry.roles, entry.enterpriseId);
  requireKnownEnterprise(registry, entry.enterpriseId);
  const nowMs = clock.nowMs();
  const forbidden = entry.roles.find((role) => forPeopleOnly.includes(role));
  if (forbidden !== undefined) {
    throw new DomainError("key_role", `a key cannot be ${forbidden}`, {
      remedy: "give the program the role of what it does, such as manager or regulator",
      pointer: "/roles",
    });
  }
  if (entry.expiresAtMs <= nowMs || entry.expiresAtMs > nowMs + validDaysMax * dayMs) {
    throw new DomainError("key_expiry", `a key lives from now for ${validDaysMax} days at most`, {
      remedy: "name an instant in that time, and make a new key before it",
      pointer: "/expiresAt",
    });
  }
  const id = randomBytes(idBytes).toString("hex");
  const secret = randomBytes(secretBytes).toString("base64url");
  const key: ApiKey = {
    ...entry,
    ...{ id, secretSha256: secretDigest(secret), createdAtMs: nowMs, createdBy: principal.id },
    ...{ revokedAtMs: null, lastUsedAtMs: null },
  };
  const { secretSha256: _secret, ...shown } = key;
  const deed = { action: "key.add", object: `key:${id}`, after: shown };
  await keys.add(key, auditNote(principal, clock, deed));
  return { key, token: `zcp_${id}_${secret}` };
}

/** The key opens nothing from now on; it stays in the list. @throws {NotFoundError}. */
export async function revokeKey(
  { keys, people, clock }: ManageKeysDependencies,
  principal: Principal,
  id: string,
): Promise<void> {
  await requirePeopleAdmin(people, principal);
  const key = await keys.find(id);
  if (key === null) {
    throw new NotFoundError("not_found", `there is no key ${id}`, {
      remedy: "GET /api/v1/keys lists what there is",
    });
  }
  if (key.revokedAtMs !== null) return;
  const deed = { action: "key.revoke", object: `key:${id}` };
  await keys.revoke(id, clock.nowMs(), auditNote(principal, clock, deed));
}
