import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { programPath } from "../support/programs.ts";
import type { Bench, Figure } from "./bench.ts";
import { benches } from "./benches.ts";
import { type BenchResult, printed, record } from "./results.ts";

const usage = `npm run bench -- [NAME…] [--full] [--record] [--data FOLDER] [--cpu-prof FOLDER]

  NAME        ${benches.map(({ name }) => name).join(", ")}; all without a name
  --full      the shape of the promise; otherwise shorter runs of the same
  --record    appends the results to test/bench/RESULTS.md
  --data      folder of the measured series of load, PV and storage; ../shared/data without it
  --cpu-prof  writes a CPU profile of the program under test to the folder
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    data: { type: "string", default: "../shared/data" },
    "cpu-prof": { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((wanted) => benches.every(({ name }) => name !== wanted));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`there is no bench ${unknown.join(", ")}\n\n`);
  process.stdout.write(usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const results: BenchResult[] = [];
for (const bench of chosen) {
  process.stdout.write(`\n${bench.name}: ${bench.describe}\n`);
  const missing = bench.needs.filter((program) => programPath(program) === null);
  if (missing.length > 0) {
    process.stdout.write(`  skipped, not on the PATH: ${missing.join(", ")}\n`);
    continue;
  }
  const absent = (bench.needsFiles ?? []).filter((file) => !existsSync(join(values.data, file)));
  if (absent.length > 0) {
    process.stdout.write(`  skipped, not in ${values.data}: ${absent.join(", ")}\n`);
    continue;
  }
  const figures = await run(bench);
  results.push({ name: bench.name, figures });
  process.stdout.write(`${printed(figures)}\n`);
}
if (values.record && results.length > 0) {
  const shape = values.full ? "full" : "short";
  process.stdout.write(`\nrecorded in ${record(results, shape)}\n`);
}

async function run(bench: Bench): Promise<readonly Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), "zcp-bench-"));
  const profiles = values["cpu-prof"];
  const profileDir = profiles === undefined ? null : resolve(profiles);
  if (profileDir !== null) mkdirSync(profileDir, { recursive: true });
  try {
    const say = (text: string): void => {
      process.stdout.write(`  ${text}\n`);
    };
    const dataDir = resolve(values.data);
    return await bench.run({ isFull: values.full, dataDir, dir, profileDir, say });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
