import type {
  JournalBatch,
  NearestAsk,
  PointsByDevice,
  PointsQuery,
  RegisterPoint,
  TelemetryStore,
} from "../../app/ports.ts";
import { registersOf } from "../../contracts/device-kinds.ts";
import type { Meter } from "../../domain/park.ts";
import {
  type GaugeQuery,
  type GaugesByDevice,
  newestOfSteps,
} from "../../domain/telemetry/gauge-steps.ts";
import type { MetricValue, Reading } from "../../domain/telemetry/reading.ts";
import type { Interval } from "../../domain/time.ts";

/** Twin of the telemetry store in memory, for tests; it forgets everything with the process. */
export class MemoryTelemetryStore implements TelemetryStore {
  /** By device, ascending; sorted when asked for. */
  readonly #readings = new Map<string, Reading[]>();
  readonly #known = new Set<string>();
  readonly #unsorted = new Set<string>();
  #seq = 0;

  async cursor(): Promise<number> {
    return this.#seq;
  }

  async append(batches: readonly JournalBatch[]): Promise<void> {
    for (const batch of batches) {
      if (batch.seq <= this.#seq) continue;
      for (const reading of batch.readings) this.#add(reading);
      this.#seq = batch.seq;
    }
  }

  async readings(
    device: Pick<Meter, "id" | "kind">,
    range: Interval,
    limit: number,
  ): Promise<Reading[]> {
    return this.#of(device.id)
      .filter(({ tsMs }) => tsMs >= range.startMs && tsMs < range.endMs)
      .slice(0, limit);
  }

  async points(query: PointsQuery): Promise<PointsByDevice> {
    const found = new Map<string, Map<string, RegisterPoint[]>>();
    for (const deviceId of query.deviceIds) {
      const registers = new Map<string, RegisterPoint[]>();
      for (const register of registersOf(query.kind)) {
        const points = this.#pointsOf(query.kind, deviceId, register).filter(
          ({ tsMs }) => tsMs >= query.fromMs && tsMs <= query.toMs,
        );
        if (points.length > 0) registers.set(register, points);
      }
      if (registers.size > 0) found.set(deviceId, registers);
    }
    return found;
  }

  async gauge({ kind, deviceIds, metric, interval, stepMs }: GaugeQuery): Promise<GaugesByDevice> {
    const steps = deviceIds.map((deviceId) => {
      const points = this.#pointsOf(kind, deviceId, metric);
      return [deviceId, newestOfSteps(points, interval, stepMs)] as const;
    });
    return new Map(steps.filter(([, found]) => found.length > 0));
  }

  async nearest(
    kind: Reading["kind"],
    side: "before" | "after",
    asks: readonly NearestAsk[],
  ): Promise<readonly (number | null)[]> {
    return asks.map((ask) => {
      const instants = this.#pointsOf(kind, ask.deviceId, ask.register).map(({ tsMs }) => tsMs);
      if (side === "before") return instants.filter((tsMs) => tsMs < ask.tsMs).at(-1) ?? null;
      return instants.find((tsMs) => tsMs > ask.tsMs) ?? null;
    });
  }

  async latest(): Promise<Reading[]> {
    return [...this.#readings.keys()].map((deviceId) => {
      const readings = this.#of(deviceId);
      const values: Record<string, MetricValue> = {};
      for (const reading of readings) Object.assign(values, reading.values);
      const last = readings.at(-1);
      if (last === undefined) throw new Error(`${deviceId} has no readings`);
      return { ...last, values };
    });
  }

  async retain(beforeMs: number): Promise<number> {
    let deleted = 0;
    for (const [deviceId, readings] of this.#readings) {
      const kept = readings.filter(({ tsMs }) => tsMs >= beforeMs);
      for (const reading of readings) {
        if (reading.tsMs < beforeMs) this.#known.delete(`${deviceId}\n${identity(reading)}`);
      }
      deleted += readings.length - kept.length;
      this.#readings.set(deviceId, kept);
    }
    return deleted;
  }

  async state(): Promise<Readonly<Record<string, string | number | null>>> {
    return { engine: "memory", devices: this.#readings.size };
  }

  async close(): Promise<void> {
    this.#readings.clear();
  }

  #add(reading: Reading): void {
    const key = `${reading.deviceId}\n${identity(reading)}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const readings = this.#readings.get(reading.deviceId) ?? [];
    this.#readings.set(reading.deviceId, readings);
    readings.push(reading);
    this.#unsorted.add(reading.deviceId);
  }

  #of(deviceId: string): Reading[] {
    const readings = this.#readings.get(deviceId) ?? [];
    if (this.#unsorted.delete(deviceId)) {
      readings.sort((a, b) => a.tsMs - b.tsMs || a.receivedAtMs - b.receivedAtMs);
    }
    return readings;
  }

  #pointsOf(kind: Reading["kind"], deviceId: string, register: string): RegisterPoint[] {
    const points: RegisterPoint[] = [];
    const readings = this.#of(deviceId).filter((reading) => reading.kind === kind);
    for (const { tsMs, values, doubts } of readings) {
      const value = values[register];
      if (typeof value !== "number" || doubts?.[register] === "bad") continue;
      const known = points.slice(points.findLastIndex((point) => point.tsMs < tsMs) + 1);
      if (!known.some((point) => point.value === value)) points.push({ tsMs, value });
    }
    return points;
  }
}

/** Two readings are the same when device, instant, values and doubts are. */
function identity({ tsMs, values, doubts }: Reading): string {
  return JSON.stringify([tsMs, Object.entries(values).sort(), doubts ?? null]);
}
