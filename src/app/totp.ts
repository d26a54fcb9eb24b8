import { createHmac, randomBytes } from "node:crypto";
import { secondMs } from "../domain/time.ts";

const stepMs = 30 * secondMs;
const digits = 6;
const keyBytes = 20;
/** Steps before and after now that are taken: telephones are some seconds off. */
const stepsOff = 1;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const bitsPerChar = 5;

/** A new key for a second factor, in Base32 (RFC 4648) as authenticators take it. */
export function newTotpKey(): string {
  return base32(randomBytes(keyBytes));
}

/** Address that authenticators understand. */
export function totpUri(key: string, account: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent(issuer)}`;
}

/**
 * The code of a time step: HOTP over HMAC-SHA-1 of the number of 30 s steps since 1970.
 *
 * @see RFC 6238, section 4, and RFC 4226, section 5.3.
 */
export function totpCode(key: string, step: number, length = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", fromBase32(key)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** length).padStart(length, "0");
}

/** The step whose code this is, near now; null when it is none. */
export function totpStepOf(key: string, code: string, nowMs: number): number | null {
  const now = Math.floor(nowMs / stepMs);
  for (let off = -stepsOff; off <= stepsOff; off += 1) {
    if (totpCode(key, now + off) === code) return now + off;
  }
  return null;
}

export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => alphabet[Number.parseInt(group.padEnd(bitsPerChar, "0"), 2)])
    .join("");
}

function fromBase32(text: string): Buffer {
  const bits = [...text.toUpperCase().replaceAll("=", "")]
    .map((char) => alphabet.indexOf(char).toString(2).padStart(bitsPerChar, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
