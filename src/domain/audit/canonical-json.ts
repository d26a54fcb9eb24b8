import { DomainError } from "../errors.ts";

/** What can be written as JSON. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * The one text of a JSON value: no blanks, keys in the order of their UTF-16 code units, numbers and
 * strings as ECMAScript writes them. Equal values have equal texts, so a digest of the text is a
 * digest of the value.
 *
 * @throws {DomainError} `not_canonical` for NaN, infinities and lone surrogates, which have no text.
 * @see RFC 8785, JSON Canonicalization Scheme, section 3.2.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw notCanonical(String(value));
  if (typeof value === "string") return canonicalString(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalString(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw notCanonical("a text with half a character");
  return JSON.stringify(text);
}

function notCanonical(what: string): DomainError {
  return new DomainError("not_canonical", `${what} has no canonical form`, {
    remedy: "leave it out, or write it as a text",
  });
}
