import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";

const root = join(import.meta.dirname, "../../..");

function zcp(args: readonly string[], env: Record<string, string> = {}) {
  const result = spawnSync(process.execPath, [join(root, "bin/zcp.mjs"), ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LANG: "en_GB.UTF-8", ...env },
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

describe("the launcher", () => {
  it("answers --help under 300 ms", () => {
    const durationsMs = [1, 2, 3, 4, 5].map(() => {
      const begunMs = performance.now();
      expect(zcp(["--help"]).code).toBe(0);
      return performance.now() - begunMs;
    });
    // The best of five, because other tests use the same processors meanwhile.
    expect(Math.min(...durationsMs)).toBeLessThan(300);
  });

  it("speaks the language of the shell, and names the same commands in both", () => {
    const english = zcp([]).out;
    const chinese = zcp(["--help"], { LANG: "zh_CN.UTF-8" }).out;
    expect(english).toContain("Usage: zcp <command>");
    expect(chinese).toContain("用法：zcp <命令>");
    const commandsOf = (help: string) =>
      help.split("\n").flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? []);
    expect(commandsOf(chinese)).toEqual(commandsOf(english));
    expect(commandsOf(english)).toContain("demo");
  });

  it("prints the version of the package", () => {
    expect(zcp(["--version"]).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("refuses a command that it does not know, without building anything", () => {
    const { code, out, err } = zcp(["strat"]);
    expect(code).toBe(64);
    expect(out).toBe("");
    expect(err).toContain('unknown command "strat"');
    expect(err).not.toContain("building");
  });
});

describe("an installation without build tools", () => {
  /** What an image holds: the program, its packages, no sources and no compiler. */
  function packed(): string {
    const folder = tempDir();
    for (const name of ["bin", "dist", "parks", "factors", "package.json"]) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    mkdirSync(join(folder, "node_modules"));
    for (const name of readdirSync(join(root, "node_modules"))) {
      if (name === "typescript" || name === "vite") continue;
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
    }
    return folder;
  }

  const run = (folder: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [join(folder, "bin/zcp.mjs"), ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH },
    });

  it("runs what was built before it was packed", { timeout: 120_000 }, () => {
    // Brings the build up to date where the tests were not started by the runner, which does that.
    expect(zcp(["check"]).code).toBe(0);
    const { status, stderr } = run(packed(), "check");
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  it("says what is missing when nothing was built", () => {
    const folder = packed();
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    const { status, stderr } = run(folder, "check");
    expect(status).toBe(1);
    expect(stderr).toContain("npm ci");
  });
});

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly skippedNames: readonly string[];
}
interface SummaryModule {
  summarise(report: object, exitCode: number): Summary;
  verdict(summary: Summary, requireAll: boolean): number;
  closingLine(summary: Summary): string;
}
// A computed path, because the launcher is plain JavaScript without types.
const summaryModule = join(root, "bin/test-summary.mjs");
const { summarise, verdict, closingLine }: SummaryModule = await import(summaryModule);

describe("the closing line of the tests", () => {
  const file = (name: string, ...statuses: readonly string[]) => ({
    name,
    status: statuses.includes("failed") ? "failed" : "passed",
    message: "",
    assertionResults: statuses.map((status, index) => ({ fullName: `${name} ${index}`, status })),
  });

  it("counts what passed, failed and was skipped, and names the skipped", () => {
    const report = { testResults: [file("a", "passed", "pending"), file("b", "failed", "todo")] };
    const summary = summarise(report, 1);
    expect(closingLine(summary)).toBe("1 passed, 1 failed, 2 skipped");
    expect(summary.skippedNames).toEqual(["a: a 1", "b: b 1"]);
    expect(verdict(summary, false)).toBe(1);
  });

  it("is green when all passed, and a skip is a failure only when all are required", () => {
    const all = summarise({ testResults: [file("a", "passed")] }, 0);
    expect([verdict(all, false), verdict(all, true)]).toEqual([0, 0]);
    const some = summarise({ testResults: [file("a", "passed", "skipped")] }, 0);
    expect([verdict(some, false), verdict(some, true)]).toEqual([0, 1]);
  });

  it("is red when nothing ran, and says so when the run itself broke", () => {
    expect(verdict(summarise({ testResults: [] }, 0), false)).toBe(1);
    const crashed = summarise({ testResults: [] }, 1);
    expect(closingLine(crashed)).toBe("0 passed, 1 failed, 0 skipped");
    expect(verdict(crashed, false)).toBe(1);
  });

  it("counts a file that could not be loaded as a failure", () => {
    const broken = { name: "c", status: "failed", message: "no such module", assertionResults: [] };
    const summary = summarise({ testResults: [file("a", "passed"), broken] }, 1);
    expect(closingLine(summary)).toBe("1 passed, 1 failed, 0 skipped");
    expect(verdict(summary, false)).toBe(1);
  });

  it("counts an error outside of any test as a failure", () => {
    expect(closingLine(summarise({ testResults: [file("a", "passed")] }, 1))).toBe(
      "1 passed, 1 failed, 0 skipped",
    );
  });
});
