import { SignInError } from "../domain/errors.ts";
import { type Principal, servicePrincipal } from "../domain/principal.ts";
import { minuteMs } from "../domain/time.ts";
import type { AttemptStore, PeopleStore, Person } from "./access-ports.ts";
import { auditNote } from "./audit-note.ts";
import { isPassword } from "./passwords.ts";
import type { Clock } from "./ports.ts";
import { secretDigest } from "./registry.ts";
import { totpStepOf } from "./totp.ts";
import type { Vault } from "./vault-port.ts";

export interface PasswordParts {
  readonly people: PeopleStore;
  readonly attempts: AttemptStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly parkId: string;
}

/** Whether somebody is who they say; counts and locks when not. */
export type CheckPassword = (
  attempt: {
    readonly username: string;
    readonly password: string;
    /** Of the second factor, or one of the recovery codes. */
    readonly code: string | null;
  },
  from: { readonly address: string; readonly requestId: string },
) => Promise<Person>;

/** From one address: five wrong attempts lock the account there for a quarter of an hour. */
const perAddress = { max: 5, windowMs: 15 * minuteMs };
/** From all addresses together, so that many of them cannot guess on. */
const perAccount = { max: 50, windowMs: 15 * minuteMs };
/** What a secret of the second factor is sealed for. */
export const totpUse = (personId: string): string => `second factor of ${personId}`;

export function createCheckPassword(parts: PasswordParts): CheckPassword {
  const { people, attempts, vault, clock, parkId } = parts;
  const stranger: Principal = { ...servicePrincipal(parkId, "sign-in"), id: "stranger", roles: [] };

  return async ({ username, password, code }, { address, requestId }) => {
    const account = username.trim().toLowerCase();
    // What people type as a name may be their password, so neither store nor audit sees it in clear.
    const accountKey = secretDigest(account);
    const keys = [secretDigest(`${account}\n${address}`), accountKey] as const;
    await requireUnlocked(parts, keys);
    const person = await people.findByUsername(account);
    const isRight = await isPassword(password, person?.passwordHash ?? null);

    const failed = async (error: SignInError, by: "password" | "code"): Promise<never> => {
      const note = auditNote({ ...stranger, requestId }, clock, {
        ...{ action: "session.refuse", object: person?.id ?? null, result: "refused" },
        detail: { by },
      });
      await attempts.fail(keys[0], perAddress, note);
      await attempts.fail(keys[1], perAccount, { ...note, action: "session.refuse.account" });
      throw error;
    };
    if (person === null || !isRight || person.isDisabled) return failed(refused(), "password");
    if (person.isTotpOn) {
      if (code === null || code === "") throw codeNeeded();
      if (!(await isCode({ people, vault, clock }, person, code))) {
        return failed(codeRefused(), "code");
      }
    }
    await attempts.clear(keys[0]);
    return person;
  };
}

async function requireUnlocked(
  { attempts, clock }: PasswordParts,
  keys: readonly string[],
): Promise<void> {
  const nowMs = clock.nowMs();
  for (const key of keys) {
    const untilMs = await attempts.lockedUntilMs(key, nowMs);
    if (untilMs === null) continue;
    const minutes = Math.ceil((untilMs - nowMs) / minuteMs);
    throw new SignInError("sign_in_locked", `too many wrong attempts; locked for ${minutes} min`, {
      remedy: "wait, or ask the security administrator for a sign-in link",
    });
  }
}

/** Whether the code fits, which uses it up: a code of the second factor or a recovery code. */
async function isCode(
  { people, vault, clock }: Pick<PasswordParts, "people" | "vault" | "clock">,
  person: Person,
  code: string,
): Promise<boolean> {
  const plain = code.replaceAll(/[\s-]/g, "").toUpperCase();
  if (person.totpSealed !== null && /^\d{6}$/.test(plain)) {
    const step = totpStepOf(
      vault.open(person.totpSealed, totpUse(person.id)),
      plain,
      clock.nowMs(),
    );
    return step !== null && people.useTotpStep(person.id, step);
  }
  const digest = secretDigest(plain);
  if (!person.recoverySha256.includes(digest)) return false;
  const rest = person.recoverySha256.filter((one) => one !== digest);
  const self = { ...servicePrincipal("", "sign-in"), id: person.id };
  const deed = { action: "recovery.use", object: person.id, detail: { left: rest.length } };
  await people.save({ ...person, recoverySha256: rest }, auditNote(self, clock, deed));
  return true;
}

function refused(): SignInError {
  return new SignInError("sign_in_refused", "user name or password is wrong", {
    remedy: "try again; after five wrong attempts the account is locked for 15 minutes",
  });
}

function codeNeeded(): SignInError {
  return new SignInError("code_needed", "the second factor is missing", {
    remedy: "send the code of the authenticator, or a recovery code, as `code`",
    pointer: "/code",
  });
}

function codeRefused(): SignInError {
  return new SignInError("code_refused", "the code is wrong, too old, or was used before", {
    remedy: "wait for the next code; see that the clock of the telephone is right",
    pointer: "/code",
  });
}
