import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** Two services on one data folder would tear each other's stores; the first one keeps it. */
export class DataDirLockedError extends Error {
  override readonly name = "DataDirLockedError";
  readonly pid: number;

  constructor(dataDir: string, pid: number) {
    super(
      `the data folder ${dataDir} is in use by process ${pid}; stop that service or set ZCP_DATA_DIR to another folder`,
    );
    this.pid = pid;
  }
}

/** The data folder cannot be made or written; nothing was changed. */
export class DataDirUnusableError extends Error {
  override readonly name = "DataDirUnusableError";

  constructor(dataDir: string, cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    super(
      `the data folder ${dataDir} cannot be written (${code}); give this user the right to write there or set ZCP_DATA_DIR to another folder`,
      { cause },
    );
  }
}

export interface DataDirLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Start time in clock ticks since boot, where the system tells it: pids are used again. */
  readonly startTicks: string | null;
}

export const lockFileName = "service.lock";
const attemptsMax = 5;

/**
 * Takes the data folder for this process; a lock whose process is gone is taken over.
 *
 * @throws {DataDirLockedError} when a living process holds it.
 * @throws {DataDirUnusableError} when the folder cannot be made or written.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  const path = join(dataDir, lockFileName);
  const draft = `${path}.${process.pid}`;
  writeDraft(dataDir, draft);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      if (linked(draft, path)) return { release: () => rmSync(path, { force: true }) };
      const holder = dataDirHolder(dataDir);
      if (holder !== null) throw new DataDirLockedError(dataDir, holder);
      rmSync(path, { force: true });
    }
    throw new Error(`the lock ${path} changes hands all the time; another service is starting`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDraft(dataDir: string, draft: string): void {
  const own: Holder = { pid: process.pid, startTicks: startTicksOf(process.pid) };
  try {
    makeFolder(dataDir);
    writeFileSync(draft, JSON.stringify(own));
  } catch (cause) {
    throw new DataDirUnusableError(dataDir, cause);
  }
}

/** Process that works on the data folder now, or null. */
export function dataDirHolder(dataDir: string): number | null {
  const holder = readHolder(join(dataDir, lockFileName));
  return holder !== null && isAlive(holder) ? holder.pid : null;
}

/** A hard link appears with its content or not at all, so nobody ever reads half a lock. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): Holder | null {
  try {
    const { pid, startTicks } = JSON.parse(readFileSync(path, "utf8")) as Holder;
    return Number.isInteger(pid) ? { pid, startTicks } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, startTicks }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const ticks = startTicksOf(pid);
  return startTicks === null || ticks === null || ticks === startTicks;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may contain spaces and ends with `)`. */
function startTicksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
