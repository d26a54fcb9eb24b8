import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const Package = z.object({ dependencies: z.record(z.string(), z.string()) });
const Lock = z.object({
  packages: z.record(z.string(), z.object({ license: z.string().optional() })),
});

it.each(["dependencies.md", "dependencies.zh-CN.md"])(
  "%s names every package of the running service with its licence",
  (page) => {
    const { dependencies } = Package.parse(JSON.parse(read("package.json")));
    const { packages } = Lock.parse(JSON.parse(read("package-lock.json")));
    const expected = Object.keys(dependencies).map((name) => [
      name,
      packages[`node_modules/${name}`]?.license,
    ]);
    const rows = read(`docs/${page}`)
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    expect(rows.map(([, name = "", licence]) => [name.replaceAll("`", ""), licence])).toEqual(
      expected,
    );
    expect(rows.every(([, , , purpose]) => purpose !== undefined && purpose !== "")).toBe(true);
  },
);
