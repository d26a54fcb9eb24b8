import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  FactorCatalogueFile,
  FactorGroup,
  FactorRow,
  FactorSourceEntry,
} from "../../contracts/factor-catalogue-file.ts";
import type { Factor, FactorSource } from "../../domain/carbon/factor.ts";
import {
  createFactorCatalogue,
  type FactorCatalogue,
} from "../../domain/carbon/factor-catalogue.ts";
import { factorProblems, repeatedFactors } from "./factor-checks.ts";
import { issueTexts, yamlSource } from "./yaml-source.ts";

/** A catalogue file cannot be used; `problems` lists everything that is wrong, each with its line. */
export class FactorFileError extends Error {
  override readonly name = "FactorFileError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the factor catalogue has ${problems.length} problem(s)\n${problems.join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads every catalogue file (`*.yaml`) of the folders and checks them together.
 *
 * @throws {FactorFileError} with every problem of all files at once.
 */
export function loadFactors(folders: readonly string[]): FactorCatalogue {
  const problems: string[] = [];
  const factors: Factor[] = [];
  for (const path of folders.flatMap((folder) => catalogueFiles(folder, problems))) {
    try {
      factors.push(...factorsFromYaml(path, readFileSync(path, "utf8")));
    } catch (error) {
      if (!(error instanceof FactorFileError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...repeatedFactors(factors));
  if (problems.length > 0) throw new FactorFileError(problems);
  return createFactorCatalogue(factors);
}

/** The factors of one file; `path` only names it in messages. */
export function factorsFromYaml(path: string, text: string): readonly Factor[] {
  const source = yamlSource(path, text);
  if (source.problems.length > 0) throw new FactorFileError(source.problems);
  const parsed = FactorCatalogueFile.safeParse(source.value);
  if (!parsed.success) throw new FactorFileError(issueTexts(source, parsed.error.issues, keysAt));
  const problems: string[] = [];
  const factors: Factor[] = [];
  for (const [groupIndex, group] of parsed.data.groups.entries()) {
    for (const [rowIndex, row] of group.factors.entries()) {
      const place = source.place(["groups", groupIndex, "factors", rowIndex]);
      const built = factorOf(parsed.data, group, row);
      if (typeof built === "string") {
        problems.push(`${place}: ${built}`);
      } else {
        factors.push(built);
        problems.push(...factorProblems(built).map((problem) => `${place}: ${problem}`));
      }
    }
  }
  if (problems.length > 0) throw new FactorFileError(problems);
  return factors;
}

function catalogueFiles(folder: string, problems: string[]): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
    return names.sort().map((name) => join(folder, name));
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    problems.push(`${folder}: the folder of factor catalogues cannot be read (${reason})`);
    return [];
  }
}

/** A row over its group; a text says what both of them leave open. */
function factorOf(
  file: FactorCatalogueFile,
  { factors: _rows, ...group }: FactorGroup,
  row: FactorRow,
): Factor | string {
  const all = { ...group, ...row };
  const { kind, subject, purposes, unit, evidence, name } = all;
  const source = sourceOf(file, all.source);
  const region = all.region ?? "CN";
  const regionName = file.regions[region];
  if (source === null)
    return `${row.id} names the source "${all.source ?? ""}", which the file lacks`;
  if (regionName === undefined)
    return `${row.id} names the region "${region}", which the file lacks`;
  if (kind === undefined || subject === undefined || purposes === undefined) {
    return `${row.id} needs kind, subject and purposes, of its own or from its group`;
  }
  if (unit === undefined || evidence === undefined || name === undefined) {
    return `${row.id} needs unit, evidence and name, of its own or from its group`;
  }
  const { zh, en } = name;
  return {
    id: row.id,
    catalogue: file.catalogue,
    version: file.version,
    ...{ kind, subject, purposes, region, unit, source, evidence },
    set: all.set ?? null,
    dataYear: all.year ?? null,
    validFrom: all.validFrom ?? null,
    validTo: all.validTo ?? null,
    value: row.value,
    inputs: inputsOf(row),
    name: {
      zh: zh.replaceAll("{region}", regionName.zh),
      en: en.replaceAll("{region}", regionName.en),
    },
    note: all.note ?? null,
    confirmed: all.confirmed ?? true,
  };
}

function sourceOf(file: FactorCatalogueFile, id: string | undefined): FactorSource | null {
  const entry = file.sources[id ?? ""];
  if (id === undefined || entry === undefined) return null;
  return {
    id,
    document: entry.document,
    number: entry.number ?? null,
    date: entry.date ?? null,
    url: entry.url ?? null,
    readIn: entry.readIn ?? null,
  };
}

function inputsOf({ inputs }: FactorRow): Factor["inputs"] {
  if (inputs === undefined) return null;
  return {
    ncv: inputs.ncv,
    ncvUnit: inputs.ncvUnit,
    carbonTPerGj: inputs.carbonTPerGj ?? null,
    oxidationFraction: inputs.oxidationFraction ?? null,
  };
}

/** The keys that the schema knows at a place, to suggest one for a slip. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === "sources") return Object.keys(FactorSourceEntry.shape);
  if (path[0] !== "groups") return Object.keys(FactorCatalogueFile.shape);
  return Object.keys(path.includes("factors") ? FactorRow.shape : FactorGroup.shape);
}
