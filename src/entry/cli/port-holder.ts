import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** State of a listening socket in /proc/net/tcp. */
const listening = "0A";

/**
 * `node (pid 4711)` when a process of the same user listens on the port, else null.
 *
 * Only Linux tells this without another program; elsewhere, and for processes of other users, the
 * answer is null.
 */
export function portHolder(port: number): string | null {
  const inodes = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => inodesOf(file, port)),
  );
  if (inodes.size === 0) return null;
  for (const pid of entriesOf("/proc").filter((name) => /^\d+$/.test(name))) {
    if (entriesOf(`/proc/${pid}/fd`).some((fd) => inodes.has(socketOf(`/proc/${pid}/fd/${fd}`)))) {
      return `${textOf(`/proc/${pid}/comm`).trim()} (pid ${pid})`;
    }
  }
  return null;
}

function inodesOf(file: string, port: number): readonly string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return textOf(file)
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => state === listening && local.endsWith(ending))
    .map((fields) => fields[9] ?? "");
}

function socketOf(link: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? "";
  } catch {
    return "";
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
