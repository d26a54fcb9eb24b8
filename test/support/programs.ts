import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Folders of servers that many systems leave out of the PATH of ordinary users. */
const serverFolders = ["/usr/sbin", "/usr/local/sbin"];

/** Where a program is, or null: tests that need it are then skipped, by name. */
export function programPath(name: string): string | null {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...serverFolders];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
