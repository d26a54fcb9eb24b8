import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Folders that are made by installing, building, running or measuring, or belong to Git. */
const notOurs = new Set(["node_modules", "dist", "data", "coverage", ".git"]);

export interface TextFile {
  /** Path in the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Paths in the repository of all files that people wrote, sorted. */
export function projectFiles(root: string, folder = root): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : projectFiles(root, path);
      return entry.isFile() ? [relative(root, path).split(sep).join("/")] : [];
    })
    .sort();
}

/** The files whose path matches, with their text. */
export function textFiles(root: string, wanted: RegExp): readonly TextFile[] {
  return projectFiles(root)
    .filter((path) => wanted.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}
