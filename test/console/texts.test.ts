import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { textFiles } from "../support/project-files.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "src/console/text");
const code = textFiles(root, /^src\/console\/.*\.(?:ts|vue)$/);

interface Entry {
  readonly place: string;
  readonly pair: readonly unknown[];
}

/** Every pair of texts below a value, with its place. */
function pairsIn(value: unknown, place: string): readonly Entry[] {
  if (Array.isArray(value)) return value.length === 2 ? [{ place, pair: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => pairsIn(part, `${place}.${name}`));
}

const groups = await Promise.all(
  readdirSync(folder).map(async (file) => {
    const exported: Record<string, unknown> = await import(join(folder, file));
    return { file, exported };
  }),
);
const entries = groups.flatMap(({ exported }) =>
  Object.entries(exported).flatMap(([name, value]) => pairsIn(value, name)),
);

const textOf = (text: unknown): string =>
  typeof text === "function" ? text("1", "2", "3", "4") : String(text);

describe("the texts of the console", () => {
  it("are there, in both languages, and not empty", () => {
    expect(entries.length).toBeGreaterThan(200);
    const empty = entries.filter(({ pair }) => pair.some((text) => textOf(text).trim() === ""));
    expect(empty.map(({ place }) => place)).toEqual([]);
  });

  it("take the same figures in both languages", () => {
    const uneven = entries.filter(({ pair: [zh, en] }) => {
      if (typeof zh !== "function" || typeof en !== "function") return typeof zh !== typeof en;
      return zh.length !== en.length;
    });
    expect(uneven.map(({ place }) => place)).toEqual([]);
  });

  it("have English without Chinese characters", () => {
    const mixed = entries.filter(({ pair }) => /[\u4e00-\u9fff]/.test(textOf(pair[1])));
    expect(mixed.map(({ place }) => place)).toEqual([]);
  });

  it("are all used", () => {
    const all = code.map(({ text }) => text).join("\n");
    const unused = groups.flatMap(({ file }) => {
      const text = readFileSync(join(folder, file), "utf8");
      const names = [...text.matchAll(/^ {2}(\w+): \[/gm)].map(([, name = ""]) => name);
      // Words that are looked up by an id, such as those of grades, are not named one by one.
      const isLookedUp = /(?:gradeWords|roleWords|carrierWords|metrics|roles)\b/;
      if (isLookedUp.test(text) && file !== "common.ts" && file !== "devices.ts") return [];
      return names
        .filter((name) => !new RegExp(`\\.${name}\\b`).test(all))
        .filter((name) => !lookedUp.has(name))
        .map((name) => `${file} ${name}`);
    });
    expect(unused).toEqual([]);
  });
});

const lookedUp = new Set([
  ...["A", "B", "C", "E1", "E2", "E3", "M", "X"],
  ...["sysadmin", "secadmin", "auditor", "manager", "enterprise", "regulator", "display"],
]);
