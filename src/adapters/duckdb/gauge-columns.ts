import type { DuckDBValue } from "@duckdb/node-api";
import type { GaugeQuery, GaugeStep, GaugesByDevice } from "../../domain/telemetry/gauge-steps.ts";
import type { Params } from "./duckdb-handle.ts";
import type { ReadingTable } from "./reading-tables.ts";

/** The newest value of a metric in each step; of two values of one instant the lower one. */
export function gaugeStatement(
  table: ReadingTable,
  { deviceIds, metric, interval, stepMs }: GaugeQuery,
): { readonly sql: string; readonly params: Params } {
  // The name becomes part of the statement, so only names of our own vocabulary may.
  if (!table.metrics.includes(metric)) throw new Error(`${table.kind} has no metric ${metric}`);
  const params: Params = {
    from: BigInt(interval.startMs),
    to: BigInt(interval.endMs),
    step: BigInt(stepMs),
    bad: `%"${metric}":"bad"%`,
  };
  const names = deviceIds.map((id, index) => {
    params[`d${index}`] = id;
    return `$d${index}`;
  });
  const sql = `SELECT device, ((ts_ms - $from) // $step)::DOUBLE AS step,
      arg_max("${metric}", (ts_ms, -"${metric}")) AS value
    FROM ${table.name}
    WHERE device IN (${names.join(", ")}) AND ts_ms >= $from AND ts_ms < $to
      AND "${metric}" IS NOT NULL AND (doubts IS NULL OR doubts NOT LIKE $bad)
    GROUP BY ALL ORDER BY device, step`;
  return { sql, params };
}

/** Steps by device from the columns of `gaugeStatement`. */
export function gaugesOf(
  { interval, stepMs }: GaugeQuery,
  columns: readonly (readonly DuckDBValue[])[],
): GaugesByDevice {
  const [devices = [], steps = [], values = []] = columns;
  const found = new Map<string, GaugeStep[]>();
  for (const [row, device] of devices.entries()) {
    const ofDevice = found.get(String(device)) ?? [];
    found.set(String(device), ofDevice);
    const startMs = interval.startMs + Number(steps[row]) * stepMs;
    ofDevice.push({ startMs, value: Number(values[row]) });
  }
  return found;
}
