import { referencesIn, sourceFiles } from "./imports.ts";

/** What one part of the code may refer to. The rule with the longest matching place counts. */
export interface ImportRule {
  /** A folder, or one file. */
  readonly place: string;
  /** Folders, files and packages; `node:*` stands for every module of Node. */
  readonly mayImport: readonly string[];
  /** A folder of parts: what a part has in common with its neighbours is not its own. */
  readonly ofParts?: true;
  /** The same as `mayImport`, but as types only: gone at run time. */
  readonly mayImportTypes?: readonly string[];
}

/** Contracts that are plain data without imports: words on which every part has to agree. */
const vocabulary = [
  "src/contracts/device-kinds.ts",
  "src/contracts/metric-names.ts",
  "src/contracts/carbon-vocabulary.ts",
];

/** Every file that stands directly in the domain folder: the ground that its parts stand on. */
const ground = ["errors", "units", "time", "money", "park", "principal", "meter-defaults"].map(
  (name) => `src/domain/${name}.ts`,
);
/** Each part of the domain may use those before it; the parts of the last row not each other. */
const domainOrder = ["telemetry", "energy", "carbon"];
const domainLast = ["audit", "submission", "alerts", "storage", "forecast", "dispatch"];

const inner = [
  "src/app/ports.ts",
  "src/app/ledger-ports.ts",
  "src/app/period-ports.ts",
  "src/app/access-ports.ts",
  "src/app/audit-ports.ts",
  "src/app/restatement-ports.ts",
  "src/app/tariff-ports.ts",
  "src/app/virtual-meter-ports.ts",
  "src/app/chart-ports.ts",
  "src/app/gateway-ports.ts",
  "src/app/meter-ports.ts",
  "src/app/solver-ports.ts",
  "src/app/vault-port.ts",
  "src/domain",
  "src/contracts",
  "node:*",
];
const outer = ["src/app", "src/domain", "src/contracts", "zod", "node:*"];

/** Reading of payloads, which every door has in common. */
const payloads = ["safe-json", "telemetry-payload", "take-telemetry"].map(
  (name) => `src/entry/${name}.ts`,
);

/** The law of docs/decisions/0001-layout-and-rules.md, as data. */
export const importRules: readonly ImportRule[] = [
  { place: "src/contracts", mayImport: ["zod"] },
  ...ground.map((place) => ({
    place,
    mayImport: [
      ...ground,
      ...(place === "src/domain/time.ts" ? ["temporal-polyfill"] : vocabulary),
    ],
  })),
  ...[...domainOrder, ...domainLast].map((name, index) => ({
    place: `src/domain/${name}`,
    mayImport: [
      ...ground,
      ...vocabulary,
      ...domainOrder.slice(0, index).map((before) => `src/domain/${before}`),
    ],
  })),
  {
    // The only parser of text that people write; it reads and runs nothing.
    place: "src/domain/energy/formula.ts",
    mayImport: ["src/domain/errors.ts", "jsep"],
  },
  { place: "src/domain", mayImport: [], ofParts: true },
  { place: "src/app", mayImport: ["src/domain", ...vocabulary, "node:crypto"] },
  { place: "src/adapters", mayImport: inner, ofParts: true },
  { place: "src/adapters/sqlite", mayImport: [...inner, "libsql"] },
  { place: "src/adapters/journal", mayImport: [...inner, "src/adapters/sqlite"] },
  {
    place: "src/adapters/sql",
    mayImport: [...inner, "src/adapters/sqlite", "kysely", "pg", "zod"],
  },
  { place: "src/adapters/mqtt", mayImport: [...inner, "mqtt", "zod"] },
  { place: "src/adapters/influx", mayImport: [...inner, "@influxdata/influxdb-client", "zod"] },
  { place: "src/adapters/duckdb", mayImport: [...inner, "@duckdb/node-api"] },
  { place: "src/adapters/files", mayImport: [...inner, "yaml", "leven", "zod"] },
  { place: "src/adapters/solver", mayImport: [...inner, "highs"] },
  { place: "src/entry", mayImport: outer, ofParts: true },
  ...payloads.map((place) => ({
    place,
    mayImport: [...outer, ...payloads, "secure-json-parse"],
  })),
  {
    place: "src/entry/http",
    mayImport: [
      ...outer,
      ...payloads,
      "fastify",
      "@fastify",
      "fastify-plugin",
      "prom-client",
      "secure-json-parse",
      "lru-cache",
    ],
  },
  {
    place: "src/entry/mqtt",
    mayImport: [...outer, ...payloads, "aedes", "mqtt", "mqtt-packet", "lru-cache"],
  },
  { place: "src/entry/jobs", mayImport: [...outer, "node-cron"] },
  {
    // Commands choose what is composed, so they stand beside main.ts and know the two roots.
    place: "src/entry/cli",
    mayImport: [
      ...outer,
      "src/compose.ts",
      "src/offline.ts",
      "src/config.ts",
      "commander",
      "mqtt",
      "pino",
    ],
  },
  { place: "src/compose", mayImport: ["src", "node:*", "pino", "prom-client", "zod"] },
  {
    place: "src/console",
    mayImport: [...vocabulary, "vue", "vue-router", "echarts"],
    mayImportTypes: ["src/contracts"],
  },
  {
    place: "src/console/vite.config.ts",
    mayImport: ["vite", "@vitejs/plugin-vue", "node:*"],
  },
  {
    place: "simulators",
    mayImport: ["src/contracts", "mqtt", "zod", "yaml", "commander", "node:*"],
  },
];

/** Folders that must hold files: a rule that sees nothing proves nothing. */
export const inhabited = [
  "src/contracts",
  "src/domain",
  "src/domain/telemetry",
  "src/app",
  "src/adapters",
  "src/entry/http",
  "src/entry/mqtt",
  "src/entry/jobs",
  "src/entry/cli",
  "src/console",
  "simulators",
];

/** References that no rule allows, each with its place, in words. */
export function importViolations(root: string, rules: readonly ImportRule[]): readonly string[] {
  const places = [...new Set(rules.map(({ place }) => place))];
  const files = new Set(places.flatMap((place) => sourceFiles(root, place)));
  return [...files].sort().flatMap((file) => {
    const rule = ruleFor(file, rules);
    return referencesIn(root, file)
      .filter(({ target, how }) => {
        if (matches(target, ownPlace(file, rule)) || allows(rule.mayImport, target)) return false;
        return !(how === "type import" && allows(rule.mayImportTypes ?? [], target));
      })
      .map(({ line, how, target }) => `${file}:${line} ${how} of ${target}`);
  });
}

function ruleFor(file: string, rules: readonly ImportRule[]): ImportRule {
  const [rule] = rules
    .filter(({ place }) => matches(file, place))
    .sort((a, b) => b.place.length - a.place.length);
  if (rule === undefined) throw new Error(`${file} has no rule`);
  return rule;
}

function ownPlace(file: string, { place, ofParts }: ImportRule): string {
  if (ofParts !== true) return place;
  const part = file.slice(place.length + 1).split("/")[0] ?? "";
  return `${place}/${part}`;
}

function allows(list: readonly string[], target: string): boolean {
  return list.some((name) =>
    name === "node:*" ? target.startsWith("node:") : matches(target, name),
  );
}

function matches(target: string, name: string): boolean {
  return target === name || target.startsWith(`${name}/`);
}
