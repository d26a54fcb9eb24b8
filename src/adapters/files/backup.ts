import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
} from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { dataDirHolder, lockDataDir, lockFileName } from "./data-dir-lock.ts";

/** A backup or a restore was refused before anything was changed. */
class BackupError extends Error {
  override readonly name = "BackupError";
}

const manifestName = "backup.json";
const Manifest = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
});
type Manifest = z.infer<typeof Manifest>;

/**
 * Copies the data folder of a stopped service into an empty folder, with a digest of each file.
 *
 * The folder stays locked meanwhile, so no service can start on it.
 *
 * @throws {DataDirLockedError} while a service runs on the data folder.
 * @throws {BackupError} when there is nothing to copy or the target is not empty.
 */
export async function backupDataDir(
  dataDir: string,
  target: string,
): Promise<{ readonly files: number; readonly bytes: number }> {
  if (!existsSync(dataDir)) throw new BackupError(`the data folder ${dataDir} does not exist`);
  if (entriesOf(target).length > 0)
    throw new BackupError(`${target} is not empty; name a new folder`);
  const lock = lockDataDir(dataDir);
  try {
    const files: Manifest["files"] = [];
    for (const path of filesOf(dataDir)) {
      files.push({ path, ...(await copy(join(dataDir, path), join(target, path))) });
    }
    if (files.length === 0) throw new BackupError(`the data folder ${dataDir} is empty`);
    await writeManifest(target, files);
    return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  } finally {
    lock.release();
  }
}

/**
 * Puts a backup in the place of the data folder; what was there is moved aside, never deleted.
 *
 * @throws {BackupError} when the backup is incomplete or damaged, or a service runs on the folder.
 */
export async function restoreDataDir(
  source: string,
  dataDir: string,
): Promise<{ readonly files: number; readonly aside: string | null }> {
  const { files } = readManifest(source);
  const holder = dataDirHolder(dataDir);
  if (holder !== null) {
    throw new BackupError(`process ${holder} works on ${dataDir}; stop that service first`);
  }
  const draft = `${dataDir}.restoring`;
  await rm(draft, { recursive: true, force: true });
  for (const { path, sha256 } of files) {
    const copied = await copy(join(source, path), join(draft, path)).catch((cause: Error) => {
      throw new BackupError(`${path} cannot be restored: ${cause.message}`, { cause });
    });
    if (copied.sha256 !== sha256) {
      throw new BackupError(
        `${path} is damaged in ${source}: its digest differs from ${manifestName}`,
      );
    }
  }
  const aside = entriesOf(dataDir).length === 0 ? null : `${dataDir}.before-${stamp()}`;
  if (aside === null) await rm(dataDir, { recursive: true, force: true });
  else await rename(dataDir, aside);
  await rename(draft, dataDir);
  return { files: files.length, aside };
}

async function copy(from: string, to: string): Promise<{ bytes: number; sha256: string }> {
  await mkdir(dirname(to), { recursive: true });
  const hash = createHash("sha256");
  const digest = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const { mode } = await stat(from);
  await pipeline(createReadStream(from), digest, createWriteStream(to, { mode, flush: true }));
  return { bytes: (await stat(to)).size, sha256: hash.digest("hex") };
}

/** The manifest is written last: a backup without it was interrupted. */
async function writeManifest(target: string, files: Manifest["files"]): Promise<void> {
  const manifest: Manifest = { format: 1, createdAt: new Date().toISOString(), files };
  const file = await open(join(target, manifestName), "wx");
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function readManifest(source: string): Manifest {
  const path = join(source, manifestName);
  try {
    return Manifest.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new BackupError(`${path} cannot be read: ${source} is no complete backup`, { cause });
  }
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith(lockFileName))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function stamp(): string {
  return new Date().toISOString().replace(/[-:]|\.\d+/g, "");
}
