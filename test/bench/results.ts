import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { type Figure, verdictOf } from "./bench.ts";

export interface BenchResult {
  readonly name: string;
  readonly figures: readonly Figure[];
}

const page = join(import.meta.dirname, "RESULTS.md");
const head = `# Benches

Each run of \`npm run bench -- --record\` appends a table. Ratios compare within one run; absolute figures depend on the
machine and on what else it did, which the load says.
`;

/** Figures as lines for a terminal. */
export function printed(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const parts = [shown(figure.value), figure.unit, targetOf(figure), verdictOf(figure)];
    return `  ${figure.name.padEnd(46)} ${parts.filter((part) => part !== "").join(" ")}`;
  });
  return lines.join("\n");
}

/** Appends a dated table; answers the file. */
export function record(results: readonly BenchResult[], shape: "short" | "full"): string {
  const now = new Date().toISOString().slice(0, 16).replace("T", " ");
  const { stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  const [load = 0] = loadavg();
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const rows = results.flatMap(({ name, figures }) =>
    figures.map((figure) => {
      const cells = [name, figure.name, shown(figure.value), figure.unit, targetOf(figure)];
      return `| ${[...cells, verdictOf(figure)].join(" | ")} |`;
    }),
  );
  const table = [
    `\n## ${now} UTC, ${shape}`,
    `\nCommit ${stdout.trim() || "unknown"}, Node ${process.versions.node}, ${machine}, load ${load.toFixed(1)} at the end.\n`,
    "| bench | figure | value | unit | target | |",
    "|---|---|---:|---|---|---|",
    ...rows,
    "",
  ].join("\n");
  if (!existsSync(page)) writeFileSync(page, head);
  appendFileSync(page, table);
  return page;
}

function targetOf({ atLeast, atMost }: Figure): string {
  const bounds = [
    atLeast === undefined ? "" : `>= ${shown(atLeast)}`,
    atMost === undefined ? "" : `<= ${shown(atMost)}`,
  ];
  return bounds.filter((bound) => bound !== "").join(" and ");
}

function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return value.toLocaleString("en-GB", { maximumFractionDigits: digits });
}
