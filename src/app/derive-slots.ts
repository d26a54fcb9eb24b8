import { type DeviceKind, registersOf } from "../contracts/device-kinds.ts";
import type { Meter } from "../domain/park.ts";
import { closeSlots, type SlotRules } from "../domain/telemetry/close-slots.ts";
import type { Slot } from "../domain/telemetry/slot.ts";
import { hourMs, type Interval, quarterCeilMs, quarterStartMs, secondMs } from "../domain/time.ts";
import type { NearestAsk, RegisterPoint, TelemetryStore, Touch } from "./ports.ts";

export interface DeriveSlotsDependencies {
  readonly telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly meter: (id: string) => Meter | undefined;
}

/** Readings this far around a span are read with it: they show whether a dip or a spike was one. */
const marginMs = 2 * hourMs;

interface Wanted {
  readonly meter: Meter;
  readonly register: string;
  readonly span: Interval;
}

/**
 * Slots that readings inside the touched spans can have changed: from the quarter hour of the last
 * reading before the span to that of the first one after it, because a boundary between two readings
 * moves with either of them.
 */
export async function deriveSlots(
  dependencies: DeriveSlotsDependencies,
  kind: DeviceKind,
  touches: readonly Touch[],
): Promise<Slot[]> {
  const wanted = touches.flatMap((touch) => wantedOf(dependencies.meter(touch.meterId), touch));
  if (wanted.length === 0) return [];
  const reads = new PointReader(dependencies.telemetry, kind);
  await reads.load(wanted);
  await reads.reach(wanted, "before", ({ span }) => span.startMs);
  await reads.reach(wanted, "after", ({ span }) => span.endMs);

  const affected = wanted.map((want) => ({
    ...want,
    span: affectedSpan(reads.of(want), want.span),
  }));
  await reads.reach(affected, "before", ({ span }) => span.startMs + 1);
  await reads.reach(affected, "after", ({ span }) => span.endMs - 1);
  return affected.flatMap((want) => slotsOf(want, reads.of(want)));
}

function wantedOf(meter: Meter | undefined, touch: Touch): Wanted[] {
  if (meter === undefined) return [];
  const span = { startMs: touch.fromMs, endMs: touch.toMs };
  return registersOf(meter.kind).map((register) => ({ meter, register, span }));
}

/** From the slot of the reading before the span to the slot of the reading after it. */
function affectedSpan(points: readonly RegisterPoint[], span: Interval): Interval {
  const before = points.findLast(({ tsMs }) => tsMs < span.startMs);
  const after = points.find(({ tsMs }) => tsMs >= span.endMs);
  return {
    startMs: quarterStartMs(before?.tsMs ?? span.startMs),
    endMs: quarterCeilMs(after?.tsMs ?? span.endMs),
  };
}

function slotsOf({ meter, register, span }: Wanted, points: readonly RegisterPoint[]): Slot[] {
  const fromMs = meter.validFromMs ?? Number.NEGATIVE_INFINITY;
  const valid = points.filter(({ tsMs }) => tsMs >= fromMs);
  return closeSlots(valid, span, rulesOf(meter)).map((slot) => ({
    meterId: meter.id,
    register,
    startMs: slot.startMs,
    amount: slot.amount,
    grade: slot.grade,
    coverage: slot.coverage,
    estimatedFraction: slot.estimatedFraction,
  }));
}

function rulesOf(meter: Meter): SlotRules {
  return {
    multiplier: meter.multiplier,
    modulus: meter.registerDigits === null ? null : 10 ** meter.registerDigits,
    ratedMaxPerHour: meter.ratedMaxKw,
    intervalMs: meter.intervalS === null ? null : meter.intervalS * secondMs,
  };
}

/** Reads points in few large queries and widens what it has where a neighbour lies further away. */
class PointReader {
  readonly #telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly #kind: DeviceKind;
  readonly #points = new Map<string, readonly RegisterPoint[]>();

  constructor(telemetry: Pick<TelemetryStore, "points" | "nearest">, kind: DeviceKind) {
    this.#telemetry = telemetry;
    this.#kind = kind;
  }

  of({ meter, register }: Wanted): readonly RegisterPoint[] {
    return this.#points.get(`${meter.id}/${register}`) ?? [];
  }

  async load(wanted: readonly Wanted[]): Promise<void> {
    const fromMs = Math.min(...wanted.map(({ span }) => span.startMs)) - marginMs;
    const toMs = Math.max(...wanted.map(({ span }) => span.endMs)) + marginMs;
    const deviceIds = [...new Set(wanted.map(({ meter }) => meter.id))];
    await this.#merge({ deviceIds, fromMs, toMs });
  }

  /** Makes sure that a neighbour strictly before or after the instant is loaded, if there is one. */
  async reach(
    wanted: readonly Wanted[],
    side: "before" | "after",
    instantOf: (want: Wanted) => number,
  ): Promise<void> {
    const lacking = wanted.filter((want) => {
      const tsMs = instantOf(want);
      const points = this.of(want);
      const edge = side === "before" ? points[0] : points.at(-1);
      // Without a point inside the span this register was not what arrived.
      if (edge === undefined) return false;
      return side === "before" ? edge.tsMs >= tsMs : edge.tsMs <= tsMs;
    });
    if (lacking.length === 0) return;
    const asks: NearestAsk[] = lacking.map((want) => ({
      deviceId: want.meter.id,
      register: want.register,
      tsMs: instantOf(want),
    }));
    const found = await this.#telemetry.nearest(this.#kind, side, asks);
    for (const [index, nearestMs] of found.entries()) {
      const ask = asks[index];
      if (ask === undefined || nearestMs === null) continue;
      await this.#merge({
        deviceIds: [ask.deviceId],
        fromMs: side === "before" ? nearestMs - marginMs : ask.tsMs,
        toMs: side === "before" ? ask.tsMs : nearestMs + marginMs,
      });
    }
  }

  async #merge(query: {
    deviceIds: readonly string[];
    fromMs: number;
    toMs: number;
  }): Promise<void> {
    const loaded = await this.#telemetry.points({ kind: this.#kind, ...query });
    for (const [deviceId, registers] of loaded) {
      for (const [register, points] of registers) {
        const key = `${deviceId}/${register}`;
        this.#points.set(key, union(this.#points.get(key) ?? [], points));
      }
    }
  }
}

/** Both lists in order of time, each distinct point once. */
function union(
  known: readonly RegisterPoint[],
  more: readonly RegisterPoint[],
): readonly RegisterPoint[] {
  if (known.length === 0) return more;
  const seen = new Set(known.map(({ tsMs, value }) => `${tsMs}/${value}`));
  const added = more.filter(({ tsMs, value }) => !seen.has(`${tsMs}/${value}`));
  return added.length === 0 ? known : [...known, ...added].sort((a, b) => a.tsMs - b.tsMs);
}
