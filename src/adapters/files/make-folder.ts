import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it. Level by level, because Node's own recursive `mkdir` never
 * returns where a file system answers ENOENT below a folder that exists, as procfs and automounters
 * do.
 *
 * @throws {Error} with a `code` when a level cannot be made or is no folder.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let level = resolve(path);
  while (!isFolder(level)) {
    missing.unshift(level);
    const above = dirname(level);
    if (above === level) break;
    level = above;
  }
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have been faster.
      if (!isFolder(folder)) throw error;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
