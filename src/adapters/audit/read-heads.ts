import { readFileSync } from "node:fs";
import { PublishedHead } from "../../contracts/audit.ts";
import type { SignedHead } from "../../domain/audit/signed-head.ts";

/** A file of published heads cannot be read. */
class HeadFileError extends Error {
  override readonly name = "HeadFileError";
}

/**
 * Heads that were published outside, one a line. Their own public key is not trusted: whoever wrote
 * the file could have written the key too.
 *
 * @throws {HeadFileError} naming the line that is no head.
 */
export function readHeads(path: string): readonly SignedHead[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new HeadFileError(`${path} cannot be read; name a file of published heads`, { cause });
  }
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const { at, publicKey: _key, ...head } = PublishedHead.parse(JSON.parse(line));
      return [{ ...head, atMs: Date.parse(at) }];
    } catch (cause) {
      throw new HeadFileError(`${path}:${index + 1} is no published head`, { cause });
    }
  });
}
