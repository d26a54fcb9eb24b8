import type { DuckDBValue } from "@duckdb/node-api";
import type { PointsByDevice, PointsQuery, RegisterPoint } from "../../app/ports.ts";
import type { Doubt } from "../../domain/telemetry/reading.ts";
import type { Params } from "./duckdb-handle.ts";
import type { ReadingTable } from "./reading-tables.ts";

/** The question for register points; instants come as doubles, which are exact and no objects. */
export function pointsStatement(
  table: ReadingTable,
  query: PointsQuery,
): { readonly sql: string; readonly params: Params } {
  const params: Params = { from: BigInt(query.fromMs), to: BigInt(query.toMs) };
  const names = query.deviceIds.map((id, index) => {
    params[`d${index}`] = id;
    return `$d${index}`;
  });
  const registers = table.registers.map((register) => `"${register}"`).join(", ");
  const sql = `SELECT DISTINCT device, ts_ms::DOUBLE AS ts_ms, doubts, ${registers}
    FROM ${table.name}
    WHERE device IN (${names.join(", ")}) AND ts_ms >= $from AND ts_ms <= $to
    ORDER BY device, ts_ms`;
  return { sql, params };
}

/** Points by device and register from the columns of `pointsStatement`. */
export function pointsOf(
  table: ReadingTable,
  columns: readonly (readonly DuckDBValue[])[],
): PointsByDevice {
  const [devices = [], instants = [], doubts = [], ...registers] = columns;
  const found = new Map<string, Map<string, RegisterPoint[]>>();
  let ofDevice = new Map<string, RegisterPoint[]>();
  for (let row = 0; row < devices.length; row += 1) {
    if (row === 0 || devices[row] !== devices[row - 1]) {
      ofDevice = new Map();
      found.set(String(devices[row]), ofDevice);
    }
    const doubt = doubtsOf(doubts[row]);
    for (const [index, register] of table.registers.entries()) {
      const value = registers[index]?.[row];
      if (typeof value !== "number" || doubt?.[register] === "bad") continue;
      addPoint(ofDevice, register, { tsMs: instants[row] as number, value });
    }
  }
  return found;
}

function addPoint(
  registers: Map<string, RegisterPoint[]>,
  register: string,
  point: RegisterPoint,
): void {
  const points = registers.get(register);
  if (points === undefined) {
    registers.set(register, [point]);
    return;
  }
  // Rows that differ in another register repeat this one's value.
  for (let at = points.length - 1; at >= 0; at -= 1) {
    const known = points[at] as RegisterPoint;
    if (known.tsMs !== point.tsMs) break;
    if (known.value === point.value) return;
  }
  points.push(point);
}

export function doubtsOf(text: unknown): Readonly<Record<string, Doubt>> | undefined {
  return typeof text === "string" ? (JSON.parse(text) as Record<string, Doubt>) : undefined;
}
