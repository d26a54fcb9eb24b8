import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importRules, importViolations, inhabited } from "./support/import-rules.ts";
import { sourceFiles } from "./support/imports.ts";

const root = join(import.meta.dirname, "..");

describe("the architecture", () => {
  it.each(inhabited)("has files in %s, so that its rule sees something", (folder) => {
    expect(sourceFiles(root, folder)).not.toEqual([]);
  });

  it("lets every file import only what its place allows", () => {
    expect(importViolations(root, importRules)).toEqual([]);
  });

  it("has a rule for every file outside of the composition roots", () => {
    const roots = ["main.ts", "compose.ts", "config.ts", "offline.ts"].map((name) => `src/${name}`);
    const uncovered = sourceFiles(root, "src").filter(
      (file) =>
        !roots.includes(file) &&
        !file.startsWith("src/compose/") &&
        !importRules.some(({ place }) => file === place || file.startsWith(`${place}/`)),
    );
    expect(uncovered).toEqual([]);
  });
});

describe("a planted violation", () => {
  let fixture = "";
  beforeEach(() => {
    fixture = mkdtempSync(join(tmpdir(), "zcp-architecture-"));
  });
  afterEach(() => rmSync(fixture, { recursive: true, force: true }));

  function plant(file: string, text: string): readonly string[] {
    mkdirSync(dirname(join(fixture, file)), { recursive: true });
    writeFileSync(join(fixture, file), text);
    return importViolations(fixture, importRules);
  }

  it.each([
    ["a static import", 'import { x } from "../app/ports.ts";', "import of src/app/ports.ts"],
    ["a default import", 'import fs from "node:fs";', "import of node:fs"],
    ["a side-effect import", 'import "node:fs";', "import of node:fs"],
    [
      "a type import",
      'import type { X } from "../app/ports.ts";',
      "type import of src/app/ports.ts",
    ],
    ["an inline type import", 'import { type X } from "fastify";', "type import of fastify"],
    ["an import over lines", 'import {\n  x,\n  y,\n} from\n  "fastify";', "import of fastify"],
    ["single quotes", "import { x } from 'fastify';", "import of fastify"],
    ["a namespace import", 'import * as all from "fastify";', "import of fastify"],
    ["a re-export", 'export { x } from "../app/ports.ts";', "export from of src/app/ports.ts"],
    ["a star re-export", 'export * from "../app/ports.ts";', "export from of src/app/ports.ts"],
    ["a type re-export", 'export type { X } from "fastify";', "export from of fastify"],
    ["a dynamic import", 'const x = await import("fastify");', "dynamic import of fastify"],
    ["a dynamic import in a template", "const x = import(`fastify`);", "dynamic import of fastify"],
    ["a computed import", "const x = import(name);", "dynamic import of (computed) name"],
    ["an import in a type", 'type X = import("fastify").Y;', "type import of fastify"],
    ["a require", 'const x = require("fastify");', "require of fastify"],
    ["a worker", 'new URL("../adapters/w.ts", import.meta.url);', "url of src/adapters/w.ts"],
    ["a second import on a line", 'const a = 1; import { x } from "zod";', "import of zod"],
  ])("is caught as %s", (_kind, text, said) => {
    const lines = text.includes("\n") ? "1" : "\\d+";
    const violations = plant("src/domain/park.ts", text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(new RegExp(`^src/domain/park\\.ts:${lines} `));
    expect(violations[0]).toContain(said);
  });

  it.each([
    ["domain by app", "src/domain/energy/slot.ts", "../../app/ports.ts"],
    ["an inner part by an outer one", "src/domain/telemetry/slot.ts", "../energy/slot.ts"],
    ["a sister in the last row", "src/domain/storage/soc.ts", "../dispatch/plan.ts"],
    ["the calendar package beside time.ts", "src/domain/park.ts", "temporal-polyfill"],
    ["zod in the domain", "src/domain/telemetry/slot.ts", "../../contracts/telemetry.ts"],
    ["a contract in the app", "src/app/ingest.ts", "../contracts/telemetry.ts"],
    ["an adapter in the app", "src/app/ingest.ts", "../adapters/journal/journal.ts"],
    ["a use case in an adapter", "src/adapters/journal/journal.ts", "../../app/ingest.ts"],
    ["another adapter's package", "src/adapters/journal/journal.ts", "kysely"],
    ["a package nobody has named", "src/adapters/new/thing.ts", "left-pad"],
    ["another adapter", "src/adapters/new/thing.ts", "../sql/state-database.ts"],
    ["a part of the domain in an unlisted file", "src/domain/odd.ts", "./energy/slot.ts"],
    ["an adapter in an entry", "src/entry/http/server.ts", "../../adapters/sql/store.ts"],
    ["another entry's framework", "src/entry/jobs/schedule.ts", "fastify"],
    ["the composition root in a route", "src/entry/http/server.ts", "../../compose.ts"],
    ["a piece of the composition in a command", "src/entry/cli/start.ts", "../../compose/doors.ts"],
    ["a package in the composition", "src/compose/doors.ts", "fastify"],
    ["the domain in a simulator", "simulators/pv.ts", "../src/domain/time.ts"],
    ["a domain function in the console", "src/console/chart.ts", "../domain/time.ts"],
    ["a schema at run time in the console", "src/console/api.ts", "../contracts/energy.ts"],
    ["a service module in a contract", "src/contracts/id.ts", "../domain/park.ts"],
    ["a contract beside its package", "src/contracts/id.ts", "yaml"],
  ])("is caught: %s", (_what, file, target) => {
    expect(plant(file, `import { x } from "${target}";\n`)).toHaveLength(1);
  });

  it("is caught in the script of a Vue file, on its line", () => {
    const text =
      '<template>\n  <p />\n</template>\n<script setup lang="ts">\nimport { x } from "zod";\n</script>\n';
    expect(plant("src/console/pages/Home.vue", text)).toEqual([
      "src/console/pages/Home.vue:5 import of zod",
    ]);
  });

  it("is not seen in a comment, in a text, and where the rules allow it", () => {
    const text = [
      '// import { x } from "fastify";',
      "const text = 'import { x } from \"fastify\"';",
      'import { deviceKinds } from "../contracts/device-kinds.ts";',
    ];
    expect(plant("src/domain/park.ts", text.join("\n"))).toEqual([]);
    expect(plant("src/console/api.ts", 'import type { X } from "../contracts/energy.ts";')).toEqual(
      [],
    );
  });
});
