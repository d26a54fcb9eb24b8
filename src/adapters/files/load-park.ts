import { readFileSync } from "node:fs";
import { EnterpriseFields, MeterFields, ParkFile } from "../../contracts/park-file.ts";
import type { ParameterChange } from "../../domain/carbon/interpretation.ts";
import type { VirtualMeter } from "../../domain/energy/virtual-meter.ts";
import { meterWithDefaults } from "../../domain/meter-defaults.ts";
import type { Enterprise, LocalName, Meter, Park, Role } from "../../domain/park.ts";
import { instantMs } from "../../domain/time.ts";
import { crossProblems } from "./park-file-checks.ts";
import { issueTexts, yamlSource } from "./yaml-source.ts";

/** Everything that a park file says, with all defaults filled in. */
export interface ParkContent {
  readonly park: Park;
  readonly enterprises: readonly Enterprise[];
  readonly gateways: readonly { readonly id: string; readonly name: LocalName }[];
  readonly meters: readonly Meter[];
  readonly virtualMeters: readonly VirtualMeter[];
  readonly parameterChanges: readonly ParameterChange[];
  /** Day of the next month on which a month closes by itself; null: people close it. */
  readonly closeMonthsOnDay: number | null;
}

/** The park file cannot be used; `problems` lists everything that is wrong with it, with its line. */
export class ParkFileError extends Error {
  override readonly name = "ParkFileError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the park file has ${problems.length} problem(s)\n${problems.join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads and checks a park file.
 *
 * @throws {ParkFileError} with every problem at once: syntax, fields, and what does not fit together.
 */
export function loadPark(path: string): ParkContent {
  return parkFromYaml(path, readText(path));
}

/** The same for a text that is already in memory; `path` only names it in messages. */
export function parkFromYaml(path: string, text: string): ParkContent {
  const source = yamlSource(path, text);
  if (source.problems.length > 0) throw new ParkFileError(source.problems);
  const parsed = ParkFile.safeParse(source.value);
  if (!parsed.success) {
    throw new ParkFileError(issueTexts(source, parsed.error.issues, keysAt));
  }
  const problems = crossProblems(parsed.data).map(
    ({ path: place, message }) => `${source.place(place)}: ${message}`,
  );
  if (problems.length > 0) throw new ParkFileError(problems);
  return contentOf(parsed.data);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ParkFileError([
      `${path}: the park file cannot be read (${reason}); set ZCP_PARK to a file such as parks/lhasa.yaml`,
    ]);
  }
}

function contentOf(file: ParkFile): ParkContent {
  return {
    park: {
      id: file.id,
      name: file.name,
      shortName: file.shortName ?? file.name,
      timezone: file.timezone,
      location: file.location,
      grid: file.grid ?? null,
      storage: file.storage,
      loadGroups: file.loadGroups,
    },
    enterprises: file.enterprises.map((enterprise) => ({
      id: enterprise.id,
      name: enterprise.name,
      industry: enterprise.industry ?? null,
      creditCode: enterprise.creditCode ?? null,
    })),
    gateways: file.gateways.map(({ id, name }) => ({ id, name: name ?? { zh: id, en: id } })),
    meters: metersOf(file.meters),
    virtualMeters: file.virtualMeters.map(({ id, name, enterpriseId, formula }) => ({
      ...{ id, formula, name: name ?? { zh: id, en: id } },
      ...{ enterpriseId: enterpriseId ?? null, origin: "park-file" },
    })),
    parameterChanges: file.parameters,
    closeMonthsOnDay: file.accounting?.closeMonthsOnDay ?? null,
  };
}

/** Parents come before their children here, because the role of a child may depend on its parent's. */
function metersOf(entries: readonly MeterFields[]): readonly Meter[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const done = new Map<string, Meter>();
  const build = (entry: MeterFields): Meter => {
    const ready = done.get(entry.id);
    if (ready !== undefined) return ready;
    const parent = byId.get(entry.parentId ?? "");
    const parentRole: Role | null = parent === undefined ? null : build(parent).role;
    const validFromMs = entry.validFrom == null ? null : instantMs(entry.validFrom);
    const meter = meterWithDefaults({ ...entry, validFromMs }, parentRole, "park-file");
    done.set(entry.id, meter);
    return meter;
  };
  return entries.map(build);
}

/** The keys that the schema knows at a place, to suggest one for a slip. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === "meters") return Object.keys(MeterFields.shape);
  if (path[0] === "enterprises") return Object.keys(EnterpriseFields.shape);
  const shapes: Readonly<Record<string, readonly string[]>> = {
    location: ["latitude", "longitude", "altitudeM"],
    grid: ["voltageKv", "importLimitKw", "exportLimitKw"],
    storage: ["id", "name", "powerMaxKw", "capacityKwh", "socMinFraction", "socMaxFraction"],
    loadGroups: ["id", "name", "icon"],
    gateways: ["id", "name"],
    accounting: ["closeMonthsOnDay"],
    virtualMeters: ["id", "name", "enterpriseId", "formula"],
    parameters: ["parameter", "value", "validFrom", "source"],
  };
  return shapes[String(path[0] ?? "")] ?? Object.keys(ParkFile.shape);
}
