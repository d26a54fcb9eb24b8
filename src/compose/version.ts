import { readFileSync } from "node:fs";
import { z } from "zod";

/** Version of the running service, from the package file above the source or the built tree. */
export const version: string = readVersion();

function readVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), "utf8");
      return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
    } catch {
      // The next place is looked at; the built tree lies one folder deeper.
    }
  }
  return "unknown";
}
