import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Path of a file or folder that comes with the program. It depends neither on the working folder nor
 * on whether the program runs built or from its sources.
 */
export function shippedFile(...path: readonly string[]): string {
  const source = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
  const isBuilt = source.endsWith(join("dist", "src"));
  return join(resolve(source, isBuilt ? "../.." : ".."), ...path);
}
