import { z } from "zod";

const LockFile = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      resolved: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
      license: z.string().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** Licences that ask for no more than their text to be kept. */
const freeLicences = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "BlueOak-1.0.0",
  "Unlicense",
  "CC0-1.0",
  "Python-2.0",
]);

/** What is wrong with a package-lock.json, one sentence a package. */
export function lockProblems(text: string): readonly string[] {
  const { packages } = LockFile.parse(JSON.parse(text));
  const installed = new Set(Object.keys(packages).map(nameOf));
  const problems = Object.entries(packages).flatMap(([path, entry]) => {
    const name = nameOf(path);
    const absent = Object.keys(entry.optionalDependencies ?? {}).filter(
      (wanted) => !installed.has(wanted),
    );
    const runs = entry.dev !== true && path !== "";
    const licence = entry.license ?? "none";
    return [
      ...(entry.resolved?.startsWith("http") ? [`${name} names the registry it came from`] : []),
      ...absent.map((wanted) => `${name} wants ${wanted} on some platform, which is not listed`),
      ...(runs && entry.hasInstallScript === true ? [`${name} runs a script on install`] : []),
      ...(runs && !isFree(licence) ? [`${name} has the licence ${licence}`] : []),
    ];
  });
  return Object.keys(packages).length > 1 ? problems : ["the lock file lists no packages"];
}

/** An expression such as `(MIT OR GPL-3.0)` leaves the choice to us, one with AND does not. */
function isFree(licence: string): boolean {
  return licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((part) => freeLicences.has(part.trim())));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}
