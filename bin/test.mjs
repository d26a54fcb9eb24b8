#!/usr/bin/env node
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { join, relative } from "node:path";
import { buildStale, root } from "./build.mjs";
import { closingLine, summarise, verdict } from "./test-summary.mjs";

const args = process.argv.slice(2);
const proof = args.includes("--proof");
const requireAll = process.env.ZCP_TEST_REQUIRE === "all";
const folder = mkdtempSync(join(tmpdir(), "zcp-test-"));
const reportFile = join(folder, "report.json");

try {
  process.exitCode = await run();
} catch (error) {
  // Whatever breaks here, the last line says that it did.
  process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
  process.stdout.write(`${closingLine({ passed: 0, failed: 1, skipped: 0 })}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run() {
  await buildStale(["service", "console"]);
  const exitCode = await runVitest(args.filter((arg) => arg !== "--proof"));
  const summary = summarise(readReport(), exitCode);
  for (const line of remarks(summary)) process.stdout.write(`${line}\n`);
  if (proof) process.stdout.write(`results: ${writeProof(summary)}\n`);
  process.stdout.write(`${closingLine(summary)}\n`);
  return verdict(summary, requireAll);
}

function runVitest(filters) {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const env = proof ? { ...process.env, ZCP_PROOF: "1" } : process.env;
  return new Promise((resolve, reject) => {
    const options = { cwd: root, stdio: "inherit", env };
    const child = spawn(process.execPath, [vitest, "run", ...reporters, ...filters], options);
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  });
}

function readReport() {
  try {
    return JSON.parse(readFileSync(reportFile, "utf8"));
  } catch {
    return { testResults: [] };
  }
}

function remarks({ skippedNames, brokenFiles, outside, passed }) {
  return [
    ...brokenFiles.map((text) => `could not run ${text}`),
    ...(outside ? ["the run itself failed, outside of any test; see above"] : []),
    ...(passed === 0 ? ["no test has passed"] : []),
    ...skippedNames.map((name) => `skipped ${relative(root, name)}`),
    ...(requireAll && skippedNames.length > 0 ? ["ZCP_TEST_REQUIRE=all: a skip is a failure"] : []),
  ];
}

/** A dated page with what ran, how long it took, what it measured, and on which machine. */
function writeProof(summary) {
  const date = new Date().toISOString().slice(0, 10);
  const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: root,
    encoding: "utf8",
  });
  const processors = cpus();
  const rows = summary.tests.map(({ file, name, status, durationMs, proof: measured }) => {
    const cells = [relative(root, file), name, status, (durationMs / 1000).toFixed(1)];
    return `| ${[...cells, measured ?? ""].map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  });
  const page = [
    `# Long tests, ${date}`,
    "",
    `Commit ${commit.stdout?.trim() || "unknown"}, Node ${process.versions.node}, ${type()} ${release()}, ` +
      `${processors.length} x ${processors[0]?.model?.trim() ?? "unknown processor"}, ` +
      `${Math.round(totalmem() / 2 ** 30)} GiB memory.`,
    "",
    closingLine(summary),
    "",
    "| file | test | result | seconds | measured |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
  mkdirSync(join(root, "docs/proof"), { recursive: true });
  const path = join("docs/proof", `${date}.md`);
  writeFileSync(join(root, path), page);
  return path;
}
