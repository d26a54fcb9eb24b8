import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorCodesIn } from "../support/error-codes.ts";
import { textFiles } from "../support/project-files.ts";

const root = join(import.meta.dirname, "../..");

it.each(["errors.md", "errors.zh-CN.md"])("every code that is answered stands in %s", (page) => {
  const text = readFileSync(join(root, "docs", page), "utf8");
  const written = [...text.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code = ""]) => code);
  const answered = textFiles(root, /^src\/(?:domain|app|adapters|entry)\/.*\.ts$/)
    .filter(({ path }) => !path.startsWith("src/entry/cli/"))
    .flatMap(errorCodesIn);
  expect(answered.length).toBeGreaterThan(20);
  expect([...new Set(written)].sort()).toEqual([...new Set(answered)].sort());
});

it("codes are seen in every form in which the code names them", () => {
  const text = [
    'throw new ConflictError("id_taken", `x`);',
    'const refusal = { code: "range", detail };',
    'return fault("json", "text");',
    'this.code = options?.code ?? "unavailable";',
    'throw new SqliteError("closed", "SQLITE_MISUSE"); column("code", "text");',
  ].join("\n");
  expect(errorCodesIn({ path: "x.ts", text })).toEqual([
    "id_taken",
    "range",
    "json",
    "unavailable",
  ]);
});
