import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { DomainError } from "../domain/errors.ts";
import { UnavailableError } from "./ports.ts";

/** Cost of a password: about a tenth of a second and 32 MiB on the machines of today. */
const cost = { N: 2 ** 15, r: 8, p: 1 };
const memoryBytesMax = 64 * 1024 * 1024;
const saltBytes = 16;
const hashBytes = 32;
/** Passwords that are worked on at a time, and that wait: a flood must not take the machine. */
const atWorkMax = 2;
const waitingMax = 40;

/** A work queue that refuses instead of growing. */
let atWork = 0;
const waiting: (() => void)[] = [];

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (atWork >= atWorkMax) {
    if (waiting.length >= waitingMax) {
      throw new UnavailableError("too many people sign in at this moment", {
        code: "sign_in_busy",
        retryAfterMs: 5000,
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  atWork += 1;
  try {
    return await work();
  } finally {
    atWork -= 1;
    waiting.shift()?.();
  }
}

/** What is kept of a password: `scrypt$N$r$p$salt$hash`, so that the cost can rise later. */
export async function passwordHash(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await inTurn(() => derived(password, salt, cost));
  const { N, r, p } = cost;
  return ["scrypt", N, r, p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** A hash of nothing that anybody can know, so that unknown people take as long as known ones. */
const nobody = ["scrypt", cost.N, cost.r, cost.p, "AAAAAAAAAAAAAAAAAAAAAA", ""].join("$");

/** Whether this is the password; null stands for somebody who has none, and takes as long. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = (kept ?? nobody).split("$");
  const wanted = Buffer.from(hash, "base64url");
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await inTurn(() => derived(password, Buffer.from(salt, "base64url"), options));
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function derived(
  password: string,
  salt: Buffer,
  options: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  // The same characters may be written in several ways; every keyboard must lead to one.
  const text = password.normalize("NFKC");
  return new Promise((resolve, reject) => {
    scrypt(text, salt, hashBytes, { ...options, maxmem: memoryBytesMax }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

const charsMin = 10;
const phraseCharsMin = 16;
const classesMin = 3;
/** What people think of first, in Chinese and English; a password is more than one of these. */
const common =
  /password|passw0rd|qwerty|asdfgh|zxcvbn|1q2w3e|123456|654321|abc123|iloveyou|woaini|5201314|1314520|admin|root|welcome|letmein|mima|wangluo|zhongguo|beijing|lhasa|tibet|energy|carbon/gi;

/**
 * Refuses passwords that are easy to guess: fewer than 10 characters, fewer than 3 of 4 classes
 * unless it is a phrase of 16, the own name, or little else than what everybody thinks of.
 *
 * @throws {DomainError} `weak_password`.
 */
export function requireStrongPassword(password: string, username: string): void {
  const chars = [...password];
  const classes = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((one) =>
    one.test(password),
  ).length;
  const isPhrase = chars.length >= phraseCharsMin && new Set(chars).size >= charsMin;
  const rest = password.replace(common, "").toLowerCase().replaceAll(username, "");
  const reason =
    chars.length < charsMin
      ? `it has ${chars.length} characters`
      : !isPhrase && classes < classesMin
        ? "it has one kind of character or two"
        : new Set(rest).size < 5
          ? "it is little more than a name or a word that everybody tries"
          : null;
  if (reason === null) return;
  throw new DomainError("weak_password", `the password is easy to guess: ${reason}`, {
    remedy:
      "use at least 10 characters of three kinds (lower case, upper case, digits, others), or a phrase of 16",
    pointer: "/password",
  });
}
