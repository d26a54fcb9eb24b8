import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockProblems } from "./support/lock-file.ts";
import { deadReferences, outlineOf, pagesNamedIn, sharedPartsOf } from "./support/pages.ts";
import { projectFiles, type TextFile, textFiles } from "./support/project-files.ts";
import { conversions, unitlessNames } from "./support/quantities.ts";
import { tempDir } from "./support/temp-dir.ts";
import { untidyLines } from "./support/untidy-lines.ts";

const root = join(import.meta.dirname, "..");
const code = textFiles(root, /^(?:src|simulators|dashboards)\/.*\.(?:ts|vue)$/);
const scripts = textFiles(root, /\.(?:ts|vue|mjs|css)$|^\.ci\/run$/);
const texts = textFiles(root, /\.(?:ts|vue|mjs|css|html|md|ya?ml|json)$|^\.ci\/run$/).filter(
  ({ path }) => path !== "package-lock.json",
);
const pages = textFiles(root, /\.md$/);

/** Where units are converted; programs that may not import the domain have their own. */
const homesOfConversions =
  /^(?:src\/domain\/(?:units|time)|src\/console\/format\/units|simulators\/units)\.ts$/;
/** Pages with one language: records for those who change the code, and what programs write. */
const oneLanguage = /^(?:docs\/(?:decisions|proof)|test)\//;

describe("names and units", () => {
  it("let every quantity end in its unit", () => {
    expect(code.length).toBeGreaterThan(50);
    expect(code.flatMap(unitlessNames)).toEqual([]);
  });

  it("are converted in one place", () => {
    const elsewhere = code.filter(({ path }) => !homesOfConversions.test(path));
    expect(elsewhere.flatMap(conversions)).toEqual([]);
  });
});

describe("files", () => {
  it("are short enough to be read at one sitting", () => {
    const long = scripts
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ path, lines }) => lines > (path.startsWith("test/") ? 600 : 300))
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(long).toEqual([]);
  });

  it("hold nothing unfinished, nothing by chance and nothing of one machine", () => {
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.flatMap(untidyLines)).toEqual([]);
  });

  it("name only pages that exist", () => {
    const named = texts
      .filter(({ path }) => path !== "test/tidy.test.ts")
      .flatMap((file) => pagesNamedIn(file).map((page) => ({ page, file: file.path })));
    const dead = named.filter(({ page }) => !existsSync(join(root, page)));
    expect(dead.map(({ page, file }) => `${file} -> ${page}`)).toEqual([]);
  });
});

describe("pages", () => {
  it("link and name only what exists", () => {
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap((page) => deadReferences(root, page, pages))).toEqual([]);
  });

  it("for people exist in both languages", () => {
    const paths = new Set(pages.map(({ path }) => path));
    const alone = [...paths].filter((path) => !oneLanguage.test(path) && !paths.has(twinOf(path)));
    expect(alone).toEqual([]);
  });

  it.each(pages.filter(({ path }) => path.endsWith(".zh-CN.md")).map(({ path }) => path))(
    "%s has the outline, the commands and the tables of its English twin",
    (path) => {
      expect(outlineOf(textOf(path))).toEqual(outlineOf(textOf(twinOf(path))));
      expect(sharedPartsOf(textOf(path))).toEqual(sharedPartsOf(textOf(twinOf(path))));
    },
  );
});

describe("the lock file", () => {
  it("installs anywhere, without scripts and under free licences", () => {
    const [lock] = textFiles(root, /^package-lock\.json$/);
    expect(lockProblems(lock?.text ?? "{}")).toEqual([]);
  });
});

describe("a planted violation", () => {
  const inFile = (text: string): TextFile => ({ path: "src/domain/planted.ts", text });

  it.each([
    "interface X { readonly power: number }",
    "interface X { readonly energy?: number | null }",
    "interface X { readonly kwhEnergy: number }",
    "interface X { export_price: number }",
    "function cost(price: number) {}",
    "function f(temperatures: number, temperature: number) {}",
    "const timeout = 5_000;",
    "const retryDelay = 5 * second;",
    "class X { #capacity = 0; }",
    "const Body = z.object({ volume: z.number().min(0) });",
    "const Body = z.object({ 'heat': z.coerce.number() });",
    "let powers: readonly number[] = [], power: readonly number[] = [];",
  ])("is caught in names: %s", (text) => {
    expect(unitlessNames(inFile(text))).toHaveLength(1);
  });

  it.each([
    "interface X { powerKw: number; powerKwMax: number; powerMaxKw: number; energyKwh: number }",
    "interface X { emissionsKgCo2: number; priceCnyPerKwh: number; flowNm3PerH: number }",
    "interface X { chargeEfficiency: number; powerFactor: number; importIndex: number }",
    "interface X { wearCnyPerKwhDischarged: number; voltageAV: number; pressureKpa: number }",
    "interface X { power: PowerReading; price: string; share: () => number }",
    "interface X { exported: number; sharedCount: number; agenda: number; capacity_kwh: number }",
    "const delayMsDefault = 5 * second;",
    "const Body = z.object({ volumeM3: z.number(), heating: z.string() });",
  ])("is not seen in good names: %s", (text) => {
    expect(unitlessNames(inFile(text))).toEqual([]);
  });

  it.each([
    ["const kw = w / 1000;", 1],
    ["const kwh = mj / 3.6;", 1],
    ["const s = h * 3_600;", 1],
    ["x *= 1e-3;", 1],
    ["const k = c + 273.15;", 1],
    ["const days = hours / 24 + 60 * x;", 2],
    ["const page = 1000; list.slice(0, 24); const next = count + 60;", 0],
  ])("is caught in conversions: %s", (text, count) => {
    expect(conversions(inFile(text))).toHaveLength(count);
  });

  it.each([
    ["// TO", "DO: later"],
    ["// FIX", "ME"],
    ["const x = Math.", "random();"],
    ["see /wo", "rk/main/x"],
    ["in /ho", "me/someone/park"],
    ["in C:\\Us", "ers\\someone"],
    ["from https://registry.np", "mjs.org/x"],
  ])("is caught in lines: %s%s", (...halves) => {
    expect(untidyLines(inFile(`const a = 1;\n${halves.join("")}\n`))).toHaveLength(1);
  });

  it("is caught in pages: links, anchors, pictures and names", () => {
    const folder = tempDir();
    const write = (path: string, text: string): TextFile => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      return { path, text };
    };
    write("src/there.ts", "");
    const other = write("docs/other.md", "# Other page\n\n## 数据目录 (data)\n");
    const good = write(
      "README.md",
      "# Top\n[a](docs/other.md#other-page) [b](#top) [c](docs/other.md#数据目录-data) `src/there.ts` " +
        "`src/*.ts` `zcp/v1/x` [out](https://example.org)\n```sh\ncat docs/gone.md\n```\n",
    );
    const bad = write(
      "docs/bad.md",
      "[a](gone.md) ![b](images/gone.png) [c](other.md#nowhere) [d](#nothing) `src/gone.ts` " +
        '<img src="images/also-gone.png">\n',
    );
    const all = [other, good, bad];
    expect(deadReferences(folder, good, all)).toEqual([]);
    expect(deadReferences(folder, bad, all)).toEqual([
      "docs/bad.md -> docs/gone.md",
      "docs/bad.md -> docs/images/gone.png",
      "docs/bad.md -> docs/other.md#nowhere",
      "docs/bad.md -> docs/bad.md#nothing",
      "docs/bad.md -> docs/images/also-gone.png",
      "docs/bad.md -> src/gone.ts",
    ]);
    expect(pagesNamedIn(inFile("// see docs/decisions/0999-gone.md for why"))).toEqual([
      "docs/decisions/0999-gone.md",
    ]);
    expect(projectFiles(folder)).toEqual([
      "README.md",
      "docs/bad.md",
      "docs/other.md",
      "src/there.ts",
    ]);
  });

  it("is caught in the lock file", () => {
    const entry = (name: string, rest: object) => [
      `node_modules/${name}`,
      { version: "1.0.0", license: "MIT", ...rest },
    ];
    const packages = Object.fromEntries([
      ["", { name: "zero-carbon-park" }],
      entry("good", { optionalDependencies: { "good-linux": "1" } }),
      entry("good-linux", { optional: true }),
      entry("build-tool", { dev: true, hasInstallScript: true, license: "MPL-2.0" }),
      entry("choice", { license: "(GPL-3.0 OR MIT)" }),
      entry("far", { resolved: "https://registry.example/far-1.0.0.tgz" }),
      entry("half", { optionalDependencies: { "half-darwin": "1" } }),
      entry("compiles", { hasInstallScript: true }),
      entry("strict", { license: "GPL-3.0" }),
    ]);
    expect(lockProblems(JSON.stringify({ packages }))).toEqual([
      "far names the registry it came from",
      "half wants half-darwin on some platform, which is not listed",
      "compiles runs a script on install",
      "strict has the licence GPL-3.0",
    ]);
    expect(lockProblems('{"packages":{}}')).toHaveLength(1);
  });
});

function twinOf(path: string): string {
  return path.endsWith(".zh-CN.md")
    ? path.replace(/\.zh-CN\.md$/, ".md")
    : path.replace(/\.md$/, ".zh-CN.md");
}

function textOf(path: string): string {
  return pages.find((page) => page.path === path)?.text ?? "";
}
