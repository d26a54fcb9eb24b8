import { isUtf8 } from "node:buffer";
import { parse } from "secure-json-parse";
import { nestingMax, type QuarantineCode } from "../contracts/telemetry.ts";
import { payloadBytesMax } from "../contracts/topics.ts";

/** A payload that could not be read: a stable code, and what is wrong and what to do. */
export interface PayloadFault {
  readonly ok: false;
  readonly code: QuarantineCode;
  readonly detail: string;
}

export type SafeJson = { readonly ok: true; readonly value: unknown } | PayloadFault;

const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const quote = 0x22;
const backslash = 0x5c;
const byteOrderMark = 0xfeff;

/**
 * Reads JSON from outside: size, encoding and nesting are checked on the bytes before anything is
 * parsed, and keys that reach for an object's prototype are refused. The cost is linear in the size,
 * which is bounded.
 */
export function readSafeJson(bytes: Uint8Array): SafeJson {
  if (bytes.byteLength > payloadBytesMax) {
    return fault(
      "too_large",
      `${bytes.byteLength} bytes exceed ${payloadBytesMax}; send fewer samples in one message`,
    );
  }
  if (!isUtf8(bytes)) {
    return fault("json", "the payload is not UTF-8; send UTF-8 (GBK needs a mapping file)");
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (mayNestTooDeep(text) && nestingDepth(bytes) > nestingMax) {
    return fault("json", `objects and arrays nest deeper than ${nestingMax}; flatten the payload`);
  }
  try {
    return { ok: true, value: isInnocent(text) ? JSON.parse(text) : parse(text) };
  } catch (error) {
    // The reason of the parser quotes the payload, so it is cut.
    const reason = error instanceof Error ? error.message.slice(0, 120) : "unreadable";
    return fault("json", `the payload is not JSON that may be read: ${reason}`);
  }
}

/** Whether there are brackets enough for it; most messages have two. */
function mayNestTooDeep(text: string): boolean {
  let count = 0;
  for (const bracket of ["{", "["]) {
    let at = text.indexOf(bracket);
    while (at >= 0) {
      count += 1;
      if (count > nestingMax) return true;
      at = text.indexOf(bracket, at + 1);
    }
  }
  return false;
}

/**
 * Whether no key can reach for a prototype, since none is named and none is written with escapes;
 * and whether there is no byte order mark to be left out.
 */
function isInnocent(text: string): boolean {
  return (
    text.charCodeAt(0) !== byteOrderMark &&
    !text.includes("\\") &&
    !text.includes("__proto__") &&
    !text.includes("constructor")
  );
}

export function fault(code: QuarantineCode, detail: string): PayloadFault {
  return { ok: false, code, detail };
}

/** Deepest nesting of objects and arrays; stops counting one level beyond what is allowed. */
export function nestingDepth(bytes: Uint8Array, depthMax = nestingMax): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === quote) {
      index = endOfString(bytes, index);
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (deepest > depthMax) return deepest;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
    }
  }
  return deepest;
}

/** Index of the quote that ends the string opened at `start`, or the end of the bytes. */
function endOfString(bytes: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== quote) {
    index += bytes[index] === backslash ? 2 : 1;
  }
  return index;
}
