import { type DeviceKind, deviceKindNames, metricsOf } from "../../contracts/device-kinds.ts";

/** One wide table for each device kind: a row is a device at an instant, a column a metric. */
export interface ReadingTable {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly metrics: readonly string[];
  readonly registers: readonly string[];
  readonly columns: readonly string[];
  /** Metrics that are texts; all others are numbers. */
  readonly texts: ReadonlySet<string>;
}

const fixedColumns = ["device", "ts_ms", "received_ms", "doubts"] as const;

export const readingTables: ReadonlyMap<DeviceKind, ReadingTable> = new Map(
  deviceKindNames.map((kind) => {
    const specs = Object.entries(metricsOf(kind));
    const metrics = specs.map(([metric]) => metric);
    return [
      kind,
      {
        kind,
        name: `readings_${kind.replaceAll("-", "_")}`,
        metrics,
        registers: specs.filter(([, spec]) => spec.type === "register").map(([metric]) => metric),
        columns: [...fixedColumns, ...metrics],
        texts: new Set(specs.filter(([, spec]) => spec.type === "text").map(([metric]) => metric)),
      },
    ];
  }),
);

export function tableOf(kind: DeviceKind): ReadingTable {
  const table = readingTables.get(kind);
  if (table === undefined) throw new Error(`no table for the device kind ${kind}`);
  return table;
}

/** Statements that create what is missing; a metric that a newer version knows becomes a column. */
export function schemaStatements(): string[] {
  const statements = [
    "CREATE TABLE IF NOT EXISTS cursor (id INTEGER PRIMARY KEY, seq BIGINT NOT NULL)",
    "INSERT OR IGNORE INTO cursor VALUES (1, 0)",
  ];
  for (const table of readingTables.values()) {
    statements.push(
      `CREATE TABLE IF NOT EXISTS ${table.name} (device VARCHAR NOT NULL, ts_ms BIGINT NOT NULL, received_ms BIGINT NOT NULL, doubts VARCHAR)`,
    );
    for (const metric of table.metrics) {
      const type = table.texts.has(metric) ? "VARCHAR" : "DOUBLE";
      statements.push(`ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS "${metric}" ${type}`);
    }
  }
  return statements;
}
