import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempDir } from "./support/temp-dir.ts";

const root = join(import.meta.dirname, "..");

/** Runs .ci/run in a folder of its own, with programs of the system that only note their calls. */
function ciRun(machine: { installed: readonly string[]; npmTest: string; stubs?: object }) {
  const folder = tempDir();
  const bin = join(folder, "stubs");
  const calls = join(folder, "calls");
  mkdirSync(join(folder, ".ci"));
  mkdirSync(bin);
  cpSync(join(root, ".ci/run"), join(folder, ".ci/run"));
  const stubs: Record<string, string> = {
    "dpkg-query": `case " ${machine.installed.join(" ")} " in *" $3 "*) printf installed;; *) exit 1;; esac`,
    "apt-get": 'if [ -t 0 ] || read -r line; then echo "asked for input"; exit 1; fi',
    service: "exit 1",
    npm: `if [ "$1" = test ]; then printf '%s\\n' "require=$ZCP_TEST_REQUIRE"; ${machine.npmTest}; fi`,
    ...machine.stubs,
  };
  for (const [name, text] of Object.entries(stubs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${calls}"\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const result = spawnSync("bash", [join(folder, ".ci/run")], {
    encoding: "utf8",
    input: "an answer that nobody may read\n",
    env: { PATH: `${bin}:${process.env.PATH}` },
  });
  return {
    code: result.status,
    lines: result.stdout.trimEnd().split("\n"),
    calls: existsSync(calls) ? readFileSync(calls, "utf8") : "",
  };
}

const script = readFileSync(join(root, ".ci/run"), "utf8");
const all = /^packages=\((.*)\)$/m.exec(script)?.[1]?.split(" ") ?? [];

describe(".ci/run", () => {
  it("may be executed by everyone", () => {
    expect(statSync(join(root, ".ci/run")).mode & 0o111).toBe(0o111);
    expect(statSync(join(root, "bin/zcp.mjs")).mode & 0o111).toBe(0o111);
  });

  it("knows what the full tests need", () => {
    expect(all).toEqual(
      expect.arrayContaining(["mosquitto", "mosquitto-clients", "chromium", "fonts-wqy-zenhei"]),
    );
  });

  it("installs what is missing with one update, stops the broker and asks for all tests", () => {
    const { code, lines, calls } = ciRun({
      installed: all.filter((name) => !name.startsWith("mosquitto") && !name.startsWith("fonts")),
      npmTest: "echo '7 passed, 0 failed, 0 skipped'",
    });
    expect(code).toBe(0);
    expect(lines).toContain("require=all");
    expect(lines.at(-1)).toBe("7 passed, 0 failed, 0 skipped");
    expect(calls.match(/^apt-get .*update/gm)).toHaveLength(1);
    expect(calls).toMatch(/^apt-get .*install .*mosquitto mosquitto-clients fonts-wqy-zenhei$/m);
    expect(calls).toContain("service mosquitto stop");
    expect(calls).toMatch(/^npm ci\n(?:.*\n)*npm test$/m);
  });

  it("leaves a machine that has everything as it is", () => {
    const { code, calls } = ciRun({
      installed: all,
      npmTest: "echo '1 passed, 0 failed, 0 skipped'",
    });
    expect(code).toBe(0);
    expect(calls).not.toContain("apt-get");
    expect(calls).not.toContain("service");
  });

  it("is red and ends with the summary when a test failed, whatever npm adds", () => {
    const { code, lines } = ciRun({
      installed: all,
      npmTest: "echo '6 passed, 1 failed, 0 skipped'; echo 'npm error Test failed.' >&2; exit 3",
    });
    expect(code).toBe(3);
    expect(lines.at(-1)).toBe("6 passed, 1 failed, 0 skipped");
  });

  it("stays green when npm adds a notice behind a green summary", () => {
    const { code, lines } = ciRun({
      installed: all,
      npmTest: "echo '6 passed, 0 failed, 0 skipped'; echo 'npm notice New version' >&2",
    });
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe("6 passed, 0 failed, 0 skipped");
  });

  it.each([
    ["the installation of packages fails", { "apt-get": "exit 100" }, ["chromium"]],
    ["npm ci fails", { npm: "exit 1" }, all],
    ["the tests die without a word", { npm: 'if [ "$1" = test ]; then kill -9 $$; fi' }, all],
    ["nothing is said at all", { npm: "exit 0" }, all],
  ])("is red with a summary when %s", (_what, stubs, installed) => {
    const { code, lines } = ciRun({ installed, npmTest: "", stubs });
    expect(code).not.toBe(0);
    expect(lines.at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  });
});
