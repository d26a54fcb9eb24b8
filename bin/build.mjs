import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const hashFile = join(root, "dist", ".build-hash");

/** What is built from what. A part is stale when the content of its inputs has changed. */
const parts = {
  service: {
    inputs: ["src", "simulators", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    without: join("src", "console"),
    outputs: ["dist/src", "dist/simulators"],
    tool: "typescript",
    run: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"],
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
  const built = readHashes();
  const stale = names
    .map((name) => ({ name, hash: hashOf(parts[name]) }))
    .filter(({ name, hash }) => built[name] !== hash);
  if (stale.length === 0) return;
  const missing = stale.filter(
    ({ name }) => !existsSync(join(root, "node_modules", parts[name].tool)),
  );
  if (missing.length > 0) {
    if (names.every((name) => built[name] !== undefined)) return;
    throw new Error("nothing is built and the build tools are not installed: run `npm ci` first");
  }
  const begin = Date.now();
  process.stderr.write(`building ${stale.map(({ name }) => name).join(" and ")} …\n`);
  await Promise.all(
    stale.map(async ({ name, hash }) => {
      await buildPart(name);
      process.stderr.write(`built ${name} in ${((Date.now() - begin) / 1000).toFixed(1)} s\n`);
      writeHash(name, hash);
    }),
  );
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
