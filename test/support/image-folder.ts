import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");
const Lock = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })),
});

/**
 * Lays out in a folder what the last stage of the Dockerfile puts into the image: the named files, and
 * of the packages only those that `npm prune --omit=dev` leaves.
 */
export function layOutImage(folder: string): void {
  for (const name of imageFiles()) {
    if (name === "node_modules") continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  for (const name of productionPackages()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    symlinkSync(join(root, name), join(folder, name));
  }
}

function imageFiles(): readonly string[] {
  const [, lastStage = ""] = readFileSync(join(root, "Dockerfile"), "utf8")
    .split(/^FROM .*$/m)
    .slice(1);
  const copies = [...lastStage.matchAll(/^COPY --from=build (.+) \S+$/gm)];
  return copies.flatMap(([, sources = ""]) =>
    sources.split(" ").map((one) => one.slice("/app/".length)),
  );
}

/** Packages at the top that are installed here and are not for development. */
function productionPackages(): readonly string[] {
  const lock = Lock.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  return Object.entries(lock.packages)
    .filter(([name, { dev }]) => dev !== true && /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name))
    .map(([name]) => name)
    .filter((name) => existsSync(join(root, name)));
}
