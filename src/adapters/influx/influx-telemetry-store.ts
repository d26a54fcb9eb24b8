import type {
  JournalBatch,
  NearestAsk,
  PointsByDevice,
  PointsQuery,
  RegisterPoint,
  TelemetryStore,
} from "../../app/ports.ts";
import {
  type DeviceKind,
  deviceKindNames,
  metricsOf,
  registersOf,
} from "../../contracts/device-kinds.ts";
import type { Meter } from "../../domain/park.ts";
import {
  type GaugePoint,
  type GaugeQuery,
  type GaugesByDevice,
  newestOfSteps,
} from "../../domain/telemetry/gauge-steps.ts";
import type { Reading } from "../../domain/telemetry/reading.ts";
import { dayMs, type Interval } from "../../domain/time.ts";
import type { InfluxConnection } from "./influx-connection.ts";
import { anyDevice, identifier, identifiers, instant, literal } from "./influx-ql.ts";
import {
  type DeviceTags,
  doubtsField,
  fieldsOf,
  receivedField,
  telemetryMeasurement,
} from "./line-protocol.ts";
import { gaugePoints, latestOf, readingOf, withoutRepeats } from "./readings-from-series.ts";
import { writeReadings } from "./write-readings.ts";

/** Where the store remembers how far it got; InfluxDB has no transaction that could hold it. */
export interface SeqCursor {
  read(): Promise<number>;
  /** Resolves after the disk has it. */
  write(seq: number): Promise<void>;
}

export interface InfluxStoreOptions {
  readonly connection: InfluxConnection;
  readonly cursor: SeqCursor;
  readonly tagsOf: (deviceId: string) => DeviceTags;
  /** Told of each reading that the server refused for good, before the cursor passes it. */
  readonly onRefused: (reading: Reading, reason: string) => Promise<void>;
}

/** Statements of one request and devices of one regular expression. */
const statementsPerRequest = 100;
const devicesPerStatement = 100;
/** How far back the newest values of a device are looked for at start. */
const latestWindowMs = 7 * dayMs;

/**
 * Raw readings in InfluxDB.
 *
 * The cursor moves after the server has confirmed the lines. A crash or a lost answer between the two
 * sends lines again, and a line that is sent again falls onto itself.
 */
export class InfluxTelemetryStore implements TelemetryStore {
  readonly #options: InfluxStoreOptions;

  constructor(options: InfluxStoreOptions) {
    this.#options = options;
  }

  cursor(): Promise<number> {
    return this.#options.cursor.read();
  }

  async append(batches: readonly JournalBatch[]): Promise<void> {
    const { connection, cursor, tagsOf, onRefused } = this.#options;
    const storedSeq = await cursor.read();
    const fresh = batches.filter(({ seq }) => seq > storedSeq);
    const last = fresh.at(-1);
    if (last === undefined) return;
    await writeReadings(
      connection,
      fresh.flatMap(({ readings }) => readings),
      { tagsOf, onRefused: ({ reading, reason }) => onRefused(reading, reason) },
    );
    await cursor.write(last.seq);
  }

  async readings(
    device: Pick<Meter, "id" | "kind">,
    range: Interval,
    limit: number,
  ): Promise<Reading[]> {
    const statement = `SELECT ${identifiers(fieldsOf(device.kind))} FROM ${identifier(telemetryMeasurement)} WHERE "device" = ${literal(device.id)} AND "kind" = ${literal(device.kind)} AND time >= ${instant(range.startMs)} AND time < ${instant(range.endMs)} ORDER BY time ASC LIMIT ${Math.trunc(limit)}`;
    const [series = []] = await this.#options.connection.query([statement]);
    return withoutRepeats(
      series.flatMap(({ columns, values }) => values.map((row) => readingOf(device, columns, row))),
    );
  }

  async points(query: PointsQuery): Promise<PointsByDevice> {
    const registers = registersOf(query.kind);
    const found = new Map<string, Map<string, RegisterPoint[]>>();
    if (registers.length === 0) return found;
    const statements = chunks(query.deviceIds, devicesPerStatement).map(
      (ids) =>
        `SELECT ${identifiers(registers)} FROM ${identifier(telemetryMeasurement)} WHERE ${anyDevice(ids)} AND time >= ${instant(query.fromMs)} AND time < ${instant(query.toMs + 1)} GROUP BY "device"`,
    );
    for (const part of chunks(statements, statementsPerRequest)) {
      for (const all of await this.#options.connection.query(part)) {
        for (const { tags, columns, values } of all) {
          collectPoints(found, { deviceId: tags.device ?? "", columns, values, registers });
        }
      }
    }
    return found;
  }

  async gauge({ deviceIds, metric, interval, stepMs }: GaugeQuery): Promise<GaugesByDevice> {
    const fields = identifiers([metric, doubtsField]);
    const statements = chunks(deviceIds, devicesPerStatement).map(
      (ids) =>
        `SELECT ${fields} FROM ${identifier(telemetryMeasurement)} WHERE ${anyDevice(ids)} AND time >= ${instant(interval.startMs)} AND time < ${instant(interval.endMs)} GROUP BY "device"`,
    );
    const series = (await this.#options.connection.query(statements)).flat();
    const byDevice = new Map<string, GaugePoint[]>();
    for (const { tags, columns, values } of series) {
      const points = byDevice.get(tags.device ?? "") ?? [];
      byDevice.set(tags.device ?? "", points);
      points.push(...gaugePoints(metric, columns, values));
    }
    const steps = [...byDevice].map(
      ([deviceId, points]) => [deviceId, newestOfSteps(points, interval, stepMs)] as const,
    );
    return new Map(steps.filter(([, found]) => found.length > 0));
  }

  async nearest(
    kind: DeviceKind,
    side: "before" | "after",
    asks: readonly NearestAsk[],
  ): Promise<readonly (number | null)[]> {
    const known = registersOf(kind);
    const answers: (number | null)[] = [];
    for (const part of chunks(asks, statementsPerRequest)) {
      const asked = part.filter(({ register }) => known.includes(register));
      const series = await this.#options.connection.query(
        asked.map((ask) => nearestStatement(side, ask)),
      );
      const found = new Map(
        asked.map((ask, index) => [ask, series[index]?.[0]?.values[0]?.[0] ?? null]),
      );
      for (const ask of part) {
        const tsMs = found.get(ask) ?? null;
        answers.push(typeof tsMs === "number" ? tsMs : null);
      }
    }
    return answers;
  }

  async latest(): Promise<Reading[]> {
    const { connection } = this.#options;
    const from = identifier(telemetryMeasurement);
    const [newest] = await connection.query([
      `SELECT last(${identifier(receivedField)}) FROM ${from}`,
    ]);
    const newestMs = newest?.[0]?.values[0]?.[0];
    if (typeof newestMs !== "number") return [];
    const since = `time >= ${instant(newestMs - latestWindowMs)}`;
    const statements = deviceKindNames.flatMap((kind) => {
      const where = `WHERE "kind" = ${literal(kind)} AND ${since} GROUP BY "device"`;
      const metrics = Object.keys(metricsOf(kind))
        .map((metric) => `last(${identifier(metric)}) AS ${identifier(metric)}`)
        .join(", ");
      return [
        `SELECT last(${identifier(receivedField)}) FROM ${from} ${where}`,
        `SELECT ${metrics}, last("doubts") AS "doubts" FROM ${from} ${where}`,
      ];
    });
    const answers = await connection.query(statements);
    return deviceKindNames.flatMap((kind, index) =>
      latestOf(kind, answers[2 * index] ?? [], answers[2 * index + 1] ?? []),
    );
  }

  /** The bucket's own retention deletes; a second clock here could only disagree with it. */
  async retain(): Promise<number> {
    return 0;
  }

  /** @throws {UnavailableError} the server cannot be asked; what is journalled waits for it. */
  async state(): Promise<Readonly<Record<string, string | number | null>>> {
    const { connection } = this.#options;
    const version = await connection.version();
    // A bucket may take lines and still be out of reach of InfluxQL; one shard is asked, if any.
    await connection.query([
      `SELECT ${identifier(receivedField)} FROM ${identifier(telemetryMeasurement)} WHERE time >= now() - 1m LIMIT 1`,
    ]);
    return { engine: "influxdb", version, cursorSeq: await this.#options.cursor.read() };
  }

  async close(): Promise<void> {
    // Requests are short and nothing is buffered here.
  }
}

function nearestStatement(side: "before" | "after", ask: NearestAsk): string {
  const selected = side === "before" ? "last" : "first";
  const compared =
    side === "before" ? `time < ${instant(ask.tsMs)}` : `time >= ${instant(ask.tsMs + 1)}`;
  return `SELECT ${selected}(${identifier(ask.register)}) FROM ${identifier(telemetryMeasurement)} WHERE "device" = ${literal(ask.deviceId)} AND ${compared}`;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}

interface PointColumns {
  readonly deviceId: string;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly registers: readonly string[];
}

function collectPoints(
  found: Map<string, Map<string, RegisterPoint[]>>,
  series: PointColumns,
): void {
  const byRegister = found.get(series.deviceId) ?? new Map<string, RegisterPoint[]>();
  for (const register of series.registers) {
    const column = series.columns.indexOf(register);
    const points = byRegister.get(register) ?? [];
    if (column >= 0) addColumn(points, series.values, column);
    if (points.length > 0) byRegister.set(register, points);
  }
  if (byRegister.size > 0) found.set(series.deviceId, byRegister);
}

function addColumn(points: RegisterPoint[], rows: PointColumns["values"], column: number): void {
  for (const row of rows) {
    const [tsMs] = row;
    const value = row[column];
    if (typeof tsMs !== "number" || typeof value !== "number") continue;
    if (!isKnown(points, tsMs, value)) points.push({ tsMs, value });
  }
}

/** Rows come in order of time, so a repeat can only stand among the last ones. */
function isKnown(points: readonly RegisterPoint[], tsMs: number, value: number): boolean {
  for (let at = points.length - 1; at >= 0; at -= 1) {
    const point = points[at];
    if (point === undefined || point.tsMs !== tsMs) return false;
    if (point.value === value) return true;
  }
  return false;
}
