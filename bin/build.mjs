import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const hashFile = join(root, "dist", ".build-hash");
const lockFile = join(root, "dist", ".build-lock");

/** What is built from what. A part is stale when the content of its inputs has changed. */
const parts = {
  service: {
    inputs: ["src", "simulators", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    without: join("src", "console"),
    outputs: ["dist/src", "dist/simulators"],
    tool: "typescript",
    // Types are checked by `npm run check`; checking them here too would triple the wait of a start.
    run: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--noCheck"],
  },
  console: {
    inputs: ["src/console", "src/contracts", "tsconfig.json", "package-lock.json"],
    without: null,
    // Vite empties its own folder.
    outputs: [],
    tool: "vite",
    run: ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "src/console"],
  },
};

/**
 * Builds the parts (`service`, `console`) that are stale, side by side, and says how long it took.
 *
 * An installation without development packages uses what was built before it was packed.
 */
export async function buildStale(names) {
  if (!canBuild(staleParts(names))) {
    if (names.every((name) => readHashes()[name] !== undefined)) return;
    throw new Error("nothing is built and the build tools are not installed: run `npm ci` first");
  }
  if (staleParts(names).length === 0) return;
  const unlock = await lockBuild();
  try {
    // Another process may have built them while this one waited.
    await buildAll(staleParts(names));
  } finally {
    unlock();
  }
}

function staleParts(names) {
  const built = readHashes();
  return names
    .map((name) => ({ name, hash: hashOf(parts[name]) }))
    .filter(({ name, hash }) => built[name] !== hash);
}

function canBuild(stale) {
  return stale.every(({ name }) => existsSync(join(root, "node_modules", parts[name].tool)));
}

async function buildAll(stale) {
  if (stale.length === 0) return;
  const begin = Date.now();
  process.stderr.write(`building ${stale.map(({ name }) => name).join(" and ")} …\n`);
  await Promise.all(
    stale.map(async ({ name, hash }) => {
      // From here to the end of the build there is nothing that counts as built.
      writeHash(name, undefined);
      await buildPart(name);
      process.stderr.write(`built ${name} in ${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
      writeHash(name, hash);
    }),
  );
}

/** One build at a time; a lock whose process is gone is taken over. */
async function lockBuild() {
  mkdirSync(join(root, "dist"), { recursive: true });
  // A hard link appears with its content or not at all, so nobody ever reads half a lock.
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    while (!linked(draft)) {
      if (!isRunning(readPid())) rmSync(lockFile, { force: true });
      await delay(200);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => rmSync(lockFile, { force: true });
}

function linked(draft) {
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function readPid() {
  try {
    return Number(readFileSync(lockFile, "utf8"));
  } catch {
    return 0;
  }
}

function isRunning(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function buildPart(name) {
  const { outputs, run } = parts[name];
  // A module whose source is gone must not stay behind in dist.
  for (const output of outputs) rmSync(join(root, output), { recursive: true, force: true });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, run, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const text = Buffer.concat(output).toString().trim();
      reject(new Error(`building the ${name} failed (exit code ${code})\n${text}`));
    });
  });
}

function hashOf({ inputs, without }) {
  const hash = createHash("sha256");
  for (const input of inputs) {
    for (const file of filesOf(input)) {
      if (without !== null && file.startsWith(without)) continue;
      const content = readFileSync(join(root, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

function filesOf(input) {
  const path = join(root, input);
  if (!existsSync(path)) return [];
  if (!input.includes(".")) {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
      .sort();
  }
  return [input];
}

function readHashes() {
  try {
    return JSON.parse(readFileSync(hashFile, "utf8"));
  } catch {
    return {};
  }
}

function writeHash(name, hash) {
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(hashFile, JSON.stringify({ ...readHashes(), [name]: hash }));
}

// `npm run build`: what an image or an installation without build tools is made from.
if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStale(Object.keys(parts));
