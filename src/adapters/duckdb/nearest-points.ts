import type { NearestAsk } from "../../app/ports.ts";
import { dayMs } from "../../domain/time.ts";
import type { Params, Row } from "./duckdb-handle.ts";
import type { ReadingTable } from "./reading-tables.ts";

/** Earliest and latest instant of a table. */
export interface Extent {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface NearestQuestion {
  readonly table: ReadingTable;
  readonly side: "before" | "after";
  readonly asks: readonly NearestAsk[];
  /** Null while the table is empty. */
  readonly extent: Extent | null;
}

type Run = (sql: string, params: Params) => Promise<Row[]>;

/**
 * Neighbours are looked for close by first: rows lie roughly in order of time, so a bounded question
 * skips nearly all of the file, and an unbounded one reads it.
 */
const reachesMs: readonly number[] = [dayMs, 8 * dayMs, 64 * dayMs, Number.POSITIVE_INFINITY];

/** For each ask the instant of the nearest point of its register strictly before or after. */
export async function nearestPoints(
  { table, side, asks, extent }: NearestQuestion,
  run: Run,
): Promise<(number | null)[]> {
  const answers: (number | null)[] = asks.map(() => null);
  if (extent === null) return answers;
  let open = [...asks.keys()].filter((index) => {
    const { register, tsMs } = asks[index] as NearestAsk;
    if (!table.registers.includes(register)) return false;
    return side === "before" ? extent.minMs < tsMs : extent.maxMs > tsMs;
  });
  for (const reachMs of reachesMs) {
    if (open.length === 0) break;
    const asked = open.map((index) => ({ index, ask: asks[index] as NearestAsk }));
    const { sql, params } = statement({ table, side, asked, reachMs });
    for (const row of await run(sql, params)) answers[Number(row.ask)] = Number(row.ts_ms);
    open = open.filter((index) => {
      if (answers[index] !== null) return false;
      const { tsMs } = asks[index] as NearestAsk;
      return side === "before" ? tsMs - reachMs > extent.minMs : tsMs + reachMs < extent.maxMs;
    });
  }
  return answers;
}

interface Wanted {
  readonly table: ReadingTable;
  readonly side: "before" | "after";
  readonly asked: readonly { readonly index: number; readonly ask: NearestAsk }[];
  readonly reachMs: number;
}

function statement({ table, side, asked, reachMs }: Wanted): { sql: string; params: Params } {
  const params: Params = {};
  const values = asked.map(({ index, ask }, place) => {
    params[`d${place}`] = ask.deviceId;
    const [lowMs, highMs] = bounds(side, ask.tsMs, reachMs);
    const register = table.registers.indexOf(ask.register);
    return `(${index}, $d${place}, ${register}, ${lowMs}::BIGINT, ${highMs}::BIGINT)`;
  });
  const [lows, highs] = [0, 1].map((at) =>
    asked.map(({ ask }) => bounds(side, ask.tsMs, reachMs)[at] as number),
  ) as [number[], number[]];
  const isReported = table.registers
    .map((register, index) => `(register = ${index} AND ${isCounted(register)})`)
    .join(" OR ");
  const sql = `SELECT ask, ${side === "before" ? "max" : "min"}(stored.ts_ms) AS ts_ms
    FROM (VALUES ${values.join(", ")}) AS asked(ask, device, register, low_ms, high_ms)
    JOIN ${table.name} AS stored ON stored.device = asked.device
    WHERE stored.ts_ms BETWEEN ${Math.min(...lows)} AND ${Math.max(...highs)}
      AND stored.ts_ms BETWEEN low_ms AND high_ms AND (${isReported})
    GROUP BY ask`;
  return { sql, params };
}

/** Instants that count, both ends included. */
function bounds(side: "before" | "after", tsMs: number, reachMs: number): [number, number] {
  return side === "before"
    ? [Math.max(tsMs - reachMs, -Number.MAX_SAFE_INTEGER), tsMs - 1]
    : [tsMs + 1, Math.min(tsMs + reachMs, Number.MAX_SAFE_INTEGER)];
}

/** A register that its device marked bad does not count; doubts are a small JSON object. */
function isCounted(register: string): string {
  return `stored."${register}" IS NOT NULL AND
    (stored.doubts IS NULL OR NOT contains(stored.doubts, '"${register}":"bad"'))`;
}
