import { Point } from "@influxdata/influxdb-client";
import type { LedgerMirror, ServiceLog } from "../../app/chart-ports.ts";
import type { Log } from "../../app/ports.ts";
import type { Meter } from "../../domain/park.ts";
import type { LedgerSlot } from "../../domain/telemetry/slot.ts";
import type { InfluxConnection } from "./influx-connection.ts";
import { writeLines } from "./write-lines.ts";

/** The measurement that charts read energy from; one point for a meter and quarter hour. */
export const energyMeasurement = "energy_15m";
/** What the service says about itself. */
export const serviceMeasurement = "service";

export interface InfluxMirrorOptions {
  readonly connection: InfluxConnection;
  readonly parkId: string;
  readonly meter: (id: string) => Meter | undefined;
  readonly log: Log;
}

const grades = ["A", "B", "C", "E1", "E2", "E3", "M", "X"] as const;
const linesPerRequest = 5000;
/** Tag of a meter that belongs to no enterprise; a tag must not be empty. */
export const noEnterprise = "none";

/**
 * The ledger's copy in InfluxDB, for Grafana: a point has a field for each register, the worst
 * `gradeRank` (1 = A … 8 = X), `coverage`, `estimatedFraction` and `revision` of its registers.
 */
export class InfluxEnergyMirror implements LedgerMirror {
  readonly #options: InfluxMirrorOptions;

  constructor(options: InfluxMirrorOptions) {
    this.#options = options;
  }

  async write(slots: readonly LedgerSlot[]): Promise<void> {
    const points = new Map<string, LedgerSlot[]>();
    for (const slot of slots) {
      if (slot.amount === null) continue;
      const key = `${slot.meterId}/${slot.startMs}`;
      points.set(key, [...(points.get(key) ?? []), slot]);
    }
    const lines = [...points.values()].flatMap((registers) => this.#lineOf(registers));
    await send(this.#options, lines);
  }

  #lineOf(registers: readonly LedgerSlot[]): string[] {
    const [first] = registers;
    const meter = first === undefined ? undefined : this.#options.meter(first.meterId);
    if (first === undefined || meter === undefined) return [];
    const point = new Point(energyMeasurement)
      .tag("carrier", meter.carrier)
      .tag("device", meter.id)
      .tag("enterprise", meter.enterpriseId ?? noEnterprise)
      .tag("gateway", meter.gatewayId)
      .tag("kind", meter.kind)
      .tag("park", this.#options.parkId)
      .tag("role", meter.role)
      .floatField("coverage", Math.min(...registers.map(({ coverage }) => coverage)))
      .floatField(
        "estimatedFraction",
        Math.max(...registers.map(({ estimatedFraction }) => estimatedFraction)),
      )
      .floatField("gradeRank", Math.max(...registers.map(rankOf)))
      .floatField("revision", Math.max(...registers.map(({ revision }) => revision)));
    for (const { register, amount } of registers) point.floatField(register, amount);
    return lineAt(point, first.startMs);
  }
}

/** The service's own figures in InfluxDB, for Grafana. */
export class InfluxServiceLog implements ServiceLog {
  readonly #options: Omit<InfluxMirrorOptions, "meter">;

  constructor(options: Omit<InfluxMirrorOptions, "meter">) {
    this.#options = options;
  }

  async write(figures: Readonly<Record<string, number>>, atMs: number): Promise<void> {
    const point = new Point(serviceMeasurement).tag("park", this.#options.parkId);
    for (const [name, value] of Object.entries(figures)) point.floatField(name, value);
    await send(this.#options, lineAt(point, atMs));
  }
}

/** 1 for A up to 8 for X, and 9 for a slot without a grade. */
function rankOf({ grade }: LedgerSlot): number {
  return grade === null ? grades.length + 1 : grades.indexOf(grade) + 1;
}

function lineAt(point: Point, tsMs: number): string[] {
  const line = point.timestamp(`${tsMs}000000`).toLineProtocol();
  return line === undefined ? [] : [line];
}

/** A line that the server refuses is a bug of ours or a full column; the log names it, the rest goes on. */
async function send(
  { connection, log }: Pick<InfluxMirrorOptions, "connection" | "log">,
  lines: readonly string[],
): Promise<void> {
  for (let from = 0; from < lines.length; from += linesPerRequest) {
    const part = lines.slice(from, from + linesPerRequest);
    for (const { index, reason } of await writeLines(connection, part)) {
      log.error({ line: part[index], reason }, "line refused by InfluxDB");
    }
  }
}
