import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { didYouMean } from "./adapters/files/did-you-mean.ts";
import { loadContent } from "./adapters/files/load-content.ts";
import type { ParkContent } from "./adapters/files/load-park.ts";
import { loadTls, type NamedFile, type TlsContent } from "./adapters/files/load-tls.ts";
import { shippedFile } from "./adapters/files/shipped-file.ts";
import { type YamlSource, yamlSource } from "./adapters/files/yaml-source.ts";
import {
  type AuditConfig,
  auditOf,
  auditProblems,
  type InfluxConfig,
  influxOf,
  type MqttConfig,
  mqttOf,
} from "./compose/config-groups.ts";
import { pairProblems } from "./contracts/setting-pairs.ts";
import {
  fileKeyOf,
  flagOf,
  type SettingName,
  Settings,
  secretNames,
  settingNames,
} from "./contracts/settings.ts";
import type { FactorCatalogue } from "./domain/carbon/factor-catalogue.ts";

/** Exit code of a configuration that cannot be used (EX_CONFIG of sysexits.h). */
export const configExitCode = 78;

const redacted = "********";

/** Variables that start with ZCP_ and are read by the test runner or by the launcher, not by us. */
const foreignVariables: ReadonlySet<string> = new Set([
  "ZCP_CONFIG",
  "ZCP_TEST_REQUIRE",
  "ZCP_PROOF",
]);

export type Origin = "default" | "file" | "environment" | "flag";

export interface SettingLine {
  readonly name: SettingName;
  /** As it counts; `********` for a secret that is set, null for what is not set. */
  readonly value: string | null;
  readonly origin: Origin;
  /** The file, variable or flag that set it; null for a default. */
  readonly source: string | null;
}

export interface Config {
  readonly dataDir: string;
  readonly parkPath: string;
  readonly parkContent: ParkContent;
  readonly factors: FactorCatalogue;
  readonly http: { readonly host: string; readonly port: number };
  readonly mqtt: MqttConfig;
  readonly influx: InfluxConfig;
  /** Null: state stays in SQLite. */
  readonly databaseUrl: string | null;
  readonly roles: readonly string[];
  readonly bootstrapToken: string | null;
  /** 64 hex digits; null: the key lies in the data folder. */
  readonly secretKey: string | null;
  readonly audit: AuditConfig;
  readonly logLevel: Settings["ZCP_LOG_LEVEL"];
  readonly journalBytesMax: number;
  /** In DuckDB's own notation, such as `256MB`. */
  readonly duckdbMemory: string;
  readonly retentionDays: number;
  /** Every setting with its value and where it came from; secrets are not shown. */
  readonly settings: readonly SettingLine[];
}

/** The configuration cannot be used; `problems` lists everything at once, one line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly exitCode = configExitCode;
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} problem(s)\n${problems.join("\n")}`);
    this.problems = problems;
  }
}

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Settings from the command line, by the name of their variable. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Folder that relative paths of variables and flags start from. */
  readonly workingDir?: string;
}

interface Given {
  readonly value: unknown;
  readonly origin: Origin;
  readonly source: string;
  /** Folder that a relative path starts from. */
  readonly baseDir: string;
}

type Givens = Map<string, Given>;

/**
 * Defaults ← file (`ZCP_CONFIG`) ← environment ← flags, read once at start; nothing else in the
 * service reads the environment.
 *
 * @throws {ConfigError} with all problems of the settings, the park file and the factor catalogues.
 */
export function parseConfig(sources: ConfigSources): Config {
  const workingDir = sources.workingDir ?? process.cwd();
  const problems: string[] = [];
  const givens: Givens = new Map();
  readFile(sources.environment.ZCP_CONFIG, { workingDir, givens, problems });
  readVariables(sources.environment, { workingDir, givens, problems });
  for (const [name, value] of Object.entries(sources.flags ?? {})) {
    givens.set(name, { value, origin: "flag", source: flagOf(name), baseDir: workingDir });
  }
  readSecretFiles(givens, problems);

  const parsed = Settings.safeParse(
    Object.fromEntries([...givens].map(([name, { value }]) => [name, value])),
  );
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => text(issue, givens)));
  const [ca, cert, key] = (["CA", "CERT", "KEY"] as const).map((part) =>
    fileOf(givens.get(`ZCP_MQTT_${part}_FILE`)),
  );
  const { tls, problems: tlsProblems } = loadTls({ ca, cert, key });
  problems.push(...pairProblems(givens), ...tlsProblems);
  problems.push(...auditProblems(givens.get("ZCP_AUDIT_DIGEST")));

  const parkPath = pathOf(givens.get("ZCP_PARK"), shippedFile("parks", "lhasa.yaml"));
  const factorFolder = pathOf(givens.get("ZCP_FACTORS"), "");
  const content = loadContent(parkPath, factorFolder === "" ? null : factorFolder);
  problems.push(...content.problems);
  const { parkContent, factors } = content;
  if (!parsed.success || parkContent === null || factors === null || problems.length > 0) {
    throw new ConfigError(problems);
  }
  return configOf(parsed.data, { givens, parkPath, parkContent, factors, tls, workingDir });
}

function configOf(
  settings: Settings,
  read: Pick<Config, "parkPath" | "parkContent" | "factors"> & {
    readonly givens: Givens;
    readonly tls: TlsContent;
    readonly workingDir: string;
  },
): Config {
  return {
    dataDir: pathOf(read.givens.get("ZCP_DATA_DIR"), resolve(read.workingDir, "data")),
    ...{ parkPath: read.parkPath, parkContent: read.parkContent, factors: read.factors },
    http: { host: settings.ZCP_HTTP_HOST, port: settings.ZCP_HTTP_PORT },
    mqtt: mqttOf(settings, read.tls),
    influx: influxOf(settings),
    databaseUrl: settings.ZCP_DATABASE_URL ?? null,
    roles: settings.ZCP_ROLES,
    bootstrapToken: settings.ZCP_BOOTSTRAP_TOKEN ?? null,
    secretKey: settings.ZCP_SECRET_KEY?.toLowerCase() ?? null,
    audit: auditOf(settings, pathOf(read.givens.get("ZCP_AUDIT_HEADS_DIR"), "")),
    logLevel: settings.ZCP_LOG_LEVEL,
    journalBytesMax: settings.ZCP_JOURNAL_MAX_BYTES,
    duckdbMemory: settings.ZCP_DUCKDB_MEMORY,
    retentionDays: settings.ZCP_RETENTION_DAYS,
    settings: settingNames.map((name) => line(name, settings[name], read.givens.get(name))),
  };
}

function line(name: SettingName, value: unknown, given: Given | undefined): SettingLine {
  const shown =
    value === undefined ? null : secretNames.has(name) ? redacted : withoutSignIn(value);
  return { name, value: shown, origin: given?.origin ?? "default", source: given?.source ?? null };
}

/** Addresses may carry `user:password@`. */
function withoutSignIn(value: unknown): string {
  return String(value).replace(/\/\/[^/@]*@/, `//${redacted}@`);
}

interface Gathering {
  readonly workingDir: string;
  readonly givens: Givens;
  readonly problems: string[];
}

function readFile(path: string | undefined, { workingDir, givens, problems }: Gathering): void {
  if (path === undefined || path === "") return;
  const file = resolve(workingDir, path);
  const content = readText(file);
  if (content === null) {
    problems.push(`ZCP_CONFIG: the file ${file} cannot be read`);
    return;
  }
  const source = yamlSource(path, content);
  problems.push(...source.problems);
  for (const [key, value] of Object.entries(entriesOf(source, path, problems))) {
    const name = acceptedNames().find((candidate) => fileKeyOf(candidate) === key);
    if (name === undefined) {
      problems.push(
        `${source.place([key])}: unknown key${didYouMean(key, acceptedNames().map(fileKeyOf))}`,
      );
    } else if (value !== null) {
      const place = source.place([key]);
      givens.set(name, { value, origin: "file", source: place, baseDir: dirname(file) });
    }
  }
}

function entriesOf(source: YamlSource, path: string, problems: string[]): object {
  if (source.value === null || source.value === undefined) return {};
  if (typeof source.value === "object" && !Array.isArray(source.value)) return source.value;
  problems.push(`${path}:1: must be a list of \`key: value\` lines, such as httpPort: 8080`);
  return {};
}

function readVariables(
  environment: ConfigSources["environment"],
  { workingDir, givens, problems }: Gathering,
): void {
  for (const [name, value] of Object.entries(environment)) {
    // An empty variable is how Compose and many service managers say "not set".
    if (!name.startsWith("ZCP_") || foreignVariables.has(name) || !value) continue;
    if (acceptedNames().includes(name)) {
      givens.delete(twinOf(name));
      givens.set(name, { value, origin: "environment", source: name, baseDir: workingDir });
    } else {
      problems.push(`${name}: unknown variable${didYouMean(name, acceptedNames())}`);
    }
  }
  for (const secret of secretNames) {
    if (environment[secret] && environment[`${secret}_FILE`]) {
      problems.push(`${secret}: set this or ${secret}_FILE, not both`);
    }
  }
}

/** A secret given by flag, variable or file key silences a twin that came from a weaker source. */
function twinOf(name: string): string {
  return name.endsWith("_FILE") ? name.slice(0, -"_FILE".length) : `${name}_FILE`;
}

function readSecretFiles(givens: Givens, problems: string[]): void {
  for (const secret of secretNames) {
    const given = givens.get(`${secret}_FILE`);
    if (given === undefined) continue;
    givens.delete(`${secret}_FILE`);
    const content = readText(resolve(given.baseDir, String(given.value)));
    if (content === null) {
      problems.push(`${given.source}: the file ${String(given.value)} cannot be read`);
    } else {
      givens.set(secret, { ...given, value: content.replace(/\r?\n$/, "") });
    }
  }
}

function text(issue: z.core.$ZodIssue, givens: Givens): string {
  const name = String(issue.path[0] ?? "");
  return `${givens.get(name)?.source ?? name}: ${issue.message}`;
}

function pathOf(given: Given | undefined, fallback: string): string {
  return typeof given?.value === "string" ? resolve(given.baseDir, given.value) : fallback;
}

function fileOf(given: Given | undefined): NamedFile | undefined {
  if (typeof given?.value !== "string") return undefined;
  return { path: resolve(given.baseDir, given.value), source: given.source };
}

function acceptedNames(): readonly string[] {
  return [...settingNames, ...[...secretNames].map((name) => `${name}_FILE`)];
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
