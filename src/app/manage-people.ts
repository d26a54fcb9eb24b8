import { randomUUID } from "node:crypto";
import { ForbiddenError, NotFoundError } from "../domain/errors.ts";
import {
  hasRole,
  type Principal,
  type RoleName,
  requireParkWide,
  requireRole,
  requireRoleSet,
} from "../domain/principal.ts";
import type { PeopleStore, Person } from "./access-ports.ts";
import { auditNote } from "./audit-note.ts";
import { requireKnownEnterprise } from "./known-enterprise.ts";
import type { Clock } from "./ports.ts";
import type { Registry } from "./registry.ts";
import { bootstrapId } from "./sign-in-ids.ts";

export interface ManagePeopleDependencies {
  readonly people: PeopleStore;
  readonly registry: Pick<Registry, "enterprise">;
  readonly clock: Clock;
  /** A one-time link for somebody. */
  readonly createLink: (
    principal: Principal,
    grant: { userId: string; name: string; roles: readonly string[]; enterpriseId: string | null },
  ) => Promise<string>;
}

export interface PersonEntry {
  readonly username: string;
  readonly name: string;
  readonly roles: readonly RoleName[];
  readonly enterpriseId: string | null;
}

/** What may be changed; what is left out stays. */
export interface PersonChange {
  readonly name?: string | undefined;
  readonly roles?: readonly RoleName[] | undefined;
  readonly enterpriseId?: string | null | undefined;
  readonly isDisabled?: boolean | undefined;
}

/** @throws {ForbiddenError} unless the principal gives rights, keeps the system, or audits both. */
export function requirePeopleReader(principal: Principal): void {
  requireParkWide(principal);
  requireRole(principal, "secadmin", "sysadmin", "auditor");
}

/**
 * Rights are given by the security administrator. As long as there is none, the system administrator
 * stands in, so that the first ones can be named.
 *
 * @throws {ForbiddenError} `forbidden`.
 */
export async function requirePeopleAdmin(people: PeopleStore, principal: Principal): Promise<void> {
  requireParkWide(principal);
  requireRole(principal, "secadmin", "sysadmin");
  if (hasRole(principal, "secadmin")) return;
  const list = await people.list();
  if (!list.some(({ roles, isDisabled }) => !isDisabled && roles.includes("secadmin"))) return;
  throw new ForbiddenError("forbidden", "rights are given by the security administrator", {
    remedy: "ask the security administrator",
  });
}

export async function listPeople(
  { people }: Pick<ManagePeopleDependencies, "people">,
  principal: Principal,
): Promise<readonly Person[]> {
  requirePeopleReader(principal);
  return people.list();
}

/**
 * Makes an account without a password, and a link by which its owner comes in and sets one.
 *
 * @throws {ConflictError} `username_taken`; {DomainError} `unknown_reference` and the errors of
 * `requireRoleSet`.
 */
export async function addPerson(
  dependencies: ManagePeopleDependencies,
  principal: Principal,
  entry: PersonEntry,
): Promise<{ readonly person: Person; readonly linkToken: string }> {
  const { people, registry, clock } = dependencies;
  await requirePeopleAdmin(people, principal);
  requireRoleSet(entry.roles, entry.enterpriseId);
  requireKnownEnterprise(registry, entry.enterpriseId);
  const person: Person = {
    ...entry,
    ...{ id: `user:${randomUUID()}`, username: entry.username.toLowerCase() },
    ...{ passwordHash: null, totpSealed: null, isTotpOn: false, totpStep: 0 },
    ...{ recoverySha256: [], isDisabled: false, createdAtMs: clock.nowMs() },
  };
  const { roles, enterpriseId } = entry;
  const deed = { action: "user.add", object: person.id, detail: { roles, enterpriseId } };
  await people.add(person, auditNote(principal, clock, deed));
  return { person, linkToken: await linkFor(dependencies, principal, person) };
}

/**
 * Changes name, roles or tenant, or shuts an account; whoever is signed in with it must sign in again.
 *
 * @throws {NotFoundError}; {ForbiddenError} `own_rights` for the own account.
 */
export async function changePerson(
  { people, registry, clock }: ManagePeopleDependencies,
  principal: Principal,
  { id, change }: { readonly id: string; readonly change: PersonChange },
): Promise<Person> {
  await requirePeopleAdmin(people, principal);
  const before = await knownPerson(people, id);
  const after: Person = {
    ...before,
    name: change.name ?? before.name,
    roles: change.roles ?? before.roles,
    enterpriseId: change.enterpriseId === undefined ? before.enterpriseId : change.enterpriseId,
    isDisabled: change.isDisabled ?? before.isDisabled,
  };
  const isAboutRights =
    JSON.stringify(rightsOf(before)) !== JSON.stringify(rightsOf(after)) &&
    principal.id !== bootstrapId;
  if (isAboutRights && principal.id === id) {
    throw new ForbiddenError("own_rights", "nobody changes their own rights", {
      remedy: "ask another administrator",
    });
  }
  requireRoleSet(after.roles as readonly RoleName[], after.enterpriseId);
  requireKnownEnterprise(registry, after.enterpriseId);
  const { roles, enterpriseId, isDisabled } = after;
  const deed = {
    ...{ action: "user.change", object: id, before: rightsOf(before), after: rightsOf(after) },
    detail: { roles, enterpriseId, isDisabled },
  };
  const note = auditNote(principal, clock, deed);
  await people.save(after, note, { endsSessions: true });
  return after;
}

/** A link for somebody who cannot sign in any more; the second factor is taken off with it. */
export async function relinkPerson(
  dependencies: ManagePeopleDependencies,
  principal: Principal,
  id: string,
): Promise<string> {
  const { people, clock } = dependencies;
  await requirePeopleAdmin(people, principal);
  const person = await knownPerson(people, id);
  const bare = { totpSealed: null, isTotpOn: false, totpStep: 0, recoverySha256: [] };
  const note = auditNote(principal, clock, { action: "user.relink", object: id });
  await people.save({ ...person, ...bare }, note, { endsSessions: true });
  return linkFor(dependencies, principal, person);
}

async function knownPerson(people: PeopleStore, id: string): Promise<Person> {
  const person = await people.find(id);
  if (person !== null) return person;
  throw new NotFoundError("not_found", `there is no user ${id}`, {
    remedy: "GET /api/v1/users lists who there is",
  });
}

function linkFor(
  { createLink }: ManagePeopleDependencies,
  principal: Principal,
  { id, name, roles, enterpriseId }: Person,
): Promise<string> {
  return createLink(principal, { userId: id, name, roles, enterpriseId });
}

function rightsOf({ roles, enterpriseId, isDisabled }: Person) {
  return { roles: [...roles].sort(), enterpriseId, isDisabled };
}
