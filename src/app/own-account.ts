import { randomBytes } from "node:crypto";
import { ConflictError, DomainError, SignInError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import type { PeopleStore, Person } from "./access-ports.ts";
import { auditNote } from "./audit-note.ts";
import { totpUse } from "./check-password.ts";
import { isPassword, passwordHash, requireStrongPassword } from "./passwords.ts";
import type { Clock } from "./ports.ts";
import { secretDigest } from "./registry.ts";
import { adminId } from "./sign-in-ids.ts";
import { base32, newTotpKey, totpStepOf, totpUri } from "./totp.ts";
import type { Vault } from "./vault-port.ts";

export interface OwnAccountDependencies {
  readonly people: PeopleStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /** What authenticators show above the code. */
  readonly issuer: string;
}

export interface OwnAccount {
  /** Null for whoever came by the first link and has no account yet. */
  readonly person: Person | null;
  /** The account is still to be made: the first run of the service. */
  readonly isFirstRun: boolean;
  /** A password may be set without the old one. */
  readonly mayReset: boolean;
}

const recoveryCount = 10;
const recoveryBytes = 10;

export async function readOwnAccount(
  { people }: Pick<OwnAccountDependencies, "people">,
  principal: Principal,
): Promise<OwnAccount> {
  const person = await people.find(principal.id);
  const isFirstRun = person === null && principal.id === adminId;
  return { person, isFirstRun, mayReset: isFirstRun || principal.isByLink === true };
}

/**
 * Sets the own password, which ends every other session of the person: a password is changed when
 * somebody else may know it. Whoever came by a link needs no old one; whoever came by the first link
 * makes the account of the first administrator with it.
 *
 * @throws {SignInError} `sign_in_refused` the old password is wrong; {DomainError} `weak_password`,
 * `username_missing`; {ConflictError} `no_account`, `username_taken`.
 */
export async function setOwnPassword(
  dependencies: OwnAccountDependencies,
  principal: Principal,
  request: {
    readonly password: string;
    readonly current: string | null;
    /** Of the account that is made at the first run. */
    readonly username: string | null;
    /** Token of the session that asks; it goes on. */
    readonly sessionToken: string | null;
  },
): Promise<void> {
  const { people, clock } = dependencies;
  const { person, isFirstRun, mayReset } = await readOwnAccount(dependencies, principal);
  if (isFirstRun) return foundAccount(dependencies, principal, request);
  if (person === null) throw noAccount(principal);
  if (!mayReset && !(await isPassword(request.current ?? "", person.passwordHash))) {
    throw new SignInError("sign_in_refused", "the old password is wrong", {
      remedy: "enter it again, or ask the security administrator for a sign-in link",
      pointer: "/current",
    });
  }
  requireStrongPassword(request.password, person.username);
  const hash = await passwordHash(request.password);
  const note = auditNote(principal, clock, { action: "password.set", object: person.id });
  const { sessionToken } = request;
  const keptSha256 = sessionToken === null ? null : secretDigest(sessionToken);
  await people.save({ ...person, passwordHash: hash }, note, { endsSessions: true, keptSha256 });
}

async function foundAccount(
  { people, clock }: OwnAccountDependencies,
  principal: Principal,
  { password, username }: { readonly password: string; readonly username: string | null },
): Promise<void> {
  if (username === null) {
    throw new DomainError("username_missing", "the first account needs a user name", {
      remedy: "choose one; there is no default account",
      pointer: "/username",
    });
  }
  const account = username.toLowerCase();
  requireStrongPassword(password, account);
  const person: Person = {
    ...{ id: principal.id, username: account, name: username, roles: principal.roles },
    ...{ enterpriseId: null, passwordHash: await passwordHash(password) },
    ...{ totpSealed: null, isTotpOn: false, totpStep: 0, recoverySha256: [] },
    ...{ isDisabled: false, createdAtMs: clock.nowMs() },
  };
  const detail = { roles: principal.roles };
  await people.add(
    person,
    auditNote(principal, clock, { action: "user.found", object: person.id, detail }),
  );
}

/** A new key for the second factor; it counts after a code of it has been shown. */
export async function startTotp(
  { people, vault, clock, issuer }: OwnAccountDependencies,
  principal: Principal,
): Promise<{ readonly key: string; readonly uri: string }> {
  const person = await ownPerson(people, principal);
  if (person.isTotpOn) {
    throw new ConflictError("totp_on", "the second factor is on already", {
      remedy: "take it off first, with a code of it",
    });
  }
  const key = newTotpKey();
  const sealed = { totpSealed: vault.seal(key, totpUse(person.id)), totpStep: 0 };
  const note = auditNote(principal, clock, { action: "totp.start", object: person.id });
  await people.save({ ...person, ...sealed }, note);
  return { key, uri: totpUri(key, person.username, issuer) };
}

/**
 * Turns the second factor on and answers the recovery codes, once.
 *
 * @throws {SignInError} `code_refused`.
 */
export async function confirmTotp(
  { people, vault, clock }: OwnAccountDependencies,
  principal: Principal,
  code: string,
): Promise<readonly string[]> {
  const person = await ownPerson(people, principal);
  const step = stepOf(person, vault, { code, nowMs: clock.nowMs() });
  const codes = Array.from({ length: recoveryCount }, () => base32(randomBytes(recoveryBytes)));
  const note = auditNote(principal, clock, { action: "totp.on", object: person.id });
  const recoverySha256 = codes.map(secretDigest);
  await people.save({ ...person, isTotpOn: true, totpStep: step, recoverySha256 }, note);
  return codes.map((one) => one.replaceAll(/(.{4})(?=.)/g, "$1-"));
}

/** Takes the second factor off, with a code of it. @throws {SignInError} `code_refused`. */
export async function stopTotp(
  { people, vault, clock }: OwnAccountDependencies,
  principal: Principal,
  code: string,
): Promise<void> {
  const person = await ownPerson(people, principal);
  if (!person.isTotpOn) return;
  stepOf(person, vault, { code, nowMs: clock.nowMs() });
  const bare = { totpSealed: null, isTotpOn: false, totpStep: 0, recoverySha256: [] };
  const note = auditNote(principal, clock, { action: "totp.off", object: person.id });
  await people.save({ ...person, ...bare }, note);
}

function stepOf(
  { id, totpSealed, totpStep }: Person,
  vault: Vault,
  { code, nowMs }: { readonly code: string; readonly nowMs: number },
): number {
  const key = totpSealed === null ? null : vault.open(totpSealed, totpUse(id));
  const step = key === null ? null : totpStepOf(key, code.replaceAll(/\s/g, ""), nowMs);
  if (step !== null && step > totpStep) return step;
  throw new SignInError("code_refused", "the code is wrong, too old, or was used before", {
    remedy: "wait for the next code; see that the clock of the telephone is right",
    pointer: "/code",
  });
}

async function ownPerson(people: PeopleStore, principal: Principal): Promise<Person> {
  const person = await people.find(principal.id);
  if (person === null) throw noAccount(principal);
  return person;
}

function noAccount(principal: Principal): ConflictError {
  return new ConflictError("no_account", `${principal.id} has no account of its own`, {
    remedy: "sign in as a person; at the first run set a password first",
  });
}
