import type { DeviceKind } from "../contracts/device-kinds.ts";
import { sightMs, sightPoints } from "../domain/telemetry/steady-window.ts";
import type { Interval } from "../domain/time.ts";
import type { NearestAsk, PointsByDevice, RegisterPoint, TelemetryStore } from "./ports.ts";

/** A register whose curve is wanted over a span. */
export interface WantedRegister {
  readonly deviceId: string;
  readonly register: string;
  readonly span: Interval;
  /** Whether a reading counts; one that does not is as if it had never come. */
  readonly counts: (point: RegisterPoint) => boolean;
}

export type Side = "before" | "after";

/** Readings this far around a span are read with it: enough for all that a quiet register needs. */
const marginMs = 4 * sightMs;
/** Enough to look for neighbours over a few years. */
const roundsMax = 14;

/** What is known of one register: all its readings between two instants. */
interface Window {
  fromMs: number;
  toMs: number;
  points: readonly RegisterPoint[];
  /** The sides on which there is nothing more. */
  readonly ends: Set<Side>;
}

/** A stretch of one device's readings that several of its registers may need. */
interface Stretch {
  readonly deviceId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Register points of devices of one kind, read in few large queries and widened where a curve needs
 * to see further.
 */
export class PointWindows {
  readonly #telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly #kind: DeviceKind;
  readonly #windows = new Map<string, Window>();

  constructor(telemetry: Pick<TelemetryStore, "points" | "nearest">, kind: DeviceKind) {
    this.#telemetry = telemetry;
    this.#kind = kind;
  }

  /** Reads the spans of all registers with their surroundings, at once. */
  async load(wanted: readonly WantedRegister[]): Promise<void> {
    const fromMs = Math.min(...wanted.map(({ span }) => span.startMs)) - marginMs;
    const toMs = Math.max(...wanted.map(({ span }) => span.endMs)) + marginMs;
    const deviceIds = [...new Set(wanted.map(({ deviceId }) => deviceId))];
    const loaded = await this.#telemetry.points({ kind: this.#kind, deviceIds, fromMs, toMs });
    for (const want of wanted) {
      const points = pointsOf(loaded, want);
      this.#windows.set(keyOf(want), { fromMs, toMs, points, ends: new Set() });
    }
  }

  points(want: WantedRegister): readonly RegisterPoint[] {
    return this.#window(want).points;
  }

  /** Whether every reading up to the instant has been read, or there is none beyond what has been. */
  reaches(want: WantedRegister, side: Side, tsMs: number): boolean {
    const { fromMs, toMs, ends } = this.#window(want);
    return ends.has(side) || (side === "before" ? fromMs <= tsMs : toMs >= tsMs);
  }

  /** Reads on until every register has its neighbours on both sides, or there are no more. */
  async reachNeighbours(wanted: readonly WantedRegister[]): Promise<void> {
    for (const side of ["before", "after"] as const) {
      // Each round finds more of them; wider and wider, because there may be many that do not count.
      let byMs = marginMs;
      for (let round = 0; round < roundsMax; round += 1) {
        const lacking = wanted.filter((want) => this.#lacksNeighbours(want, side));
        if (lacking.length === 0) break;
        await this.widen(lacking, side, byMs);
        byMs *= 2;
      }
    }
  }

  /** Moves the edge of each window to the next reading beyond it and `byMs` further. */
  async widen(wanted: readonly WantedRegister[], side: Side, byMs: number): Promise<void> {
    const open = wanted.filter((want) => !this.#window(want).ends.has(side));
    const found = await this.#telemetry.nearest(
      this.#kind,
      side,
      open.map((want): NearestAsk => {
        const { fromMs, toMs } = this.#window(want);
        const tsMs = side === "before" ? fromMs : toMs;
        return { deviceId: want.deviceId, register: want.register, tsMs };
      }),
    );
    const stretches = new Map<string, { stretch: Stretch; wants: WantedRegister[] }>();
    for (const [index, want] of open.entries()) {
      const nearestMs = found[index] ?? null;
      if (nearestMs === null) {
        this.#window(want).ends.add(side);
        continue;
      }
      const stretch = stretchBeyond(want.deviceId, side, nearestMs, byMs);
      const key = `${stretch.deviceId}/${nearestMs}`;
      const known = stretches.get(key);
      if (known === undefined) stretches.set(key, { stretch, wants: [want] });
      else known.wants.push(want);
    }
    for (const { stretch, wants } of stretches.values()) await this.#extend(stretch, wants);
  }

  /**
   * Reads the windows anew together with what lies beyond them. More readings may have arrived since
   * they were read: to put the old window beside new readings would make a gap of what is none.
   */
  async #extend(
    { deviceId, fromMs, toMs }: Stretch,
    wants: readonly WantedRegister[],
  ): Promise<void> {
    const windows = wants.map((want) => ({ want, window: this.#window(want) }));
    const startMs = Math.min(fromMs, ...windows.map(({ window }) => window.fromMs));
    const endMs = Math.max(toMs, ...windows.map(({ window }) => window.toMs));
    const query = { kind: this.#kind, deviceIds: [deviceId], fromMs: startMs, toMs: endMs };
    const loaded = await this.#telemetry.points(query);
    for (const { want, window } of windows) {
      window.fromMs = Math.min(window.fromMs, fromMs);
      window.toMs = Math.max(window.toMs, toMs);
      window.points = pointsOf(loaded, want).filter(
        ({ tsMs }) => tsMs >= window.fromMs && tsMs <= window.toMs,
      );
    }
  }

  /**
   * The neighbour of the span can be the end of a misreading of up to an hour, so what is wanted
   * reaches one reading further than that hour; else a fall at the edge would go unseen.
   */
  #lacksNeighbours(want: WantedRegister, side: Side): boolean {
    const { points, ends } = this.#window(want);
    if (ends.has(side)) return false;
    const { startMs, endMs } = want.span;
    if (side === "before") {
      const neighbour = points.findLast(({ tsMs }) => tsMs < startMs);
      const third = points[sightPoints - 1];
      if (neighbour === undefined || third === undefined || third.tsMs >= startMs) return true;
      return (points[0] as RegisterPoint).tsMs >= neighbour.tsMs - sightMs;
    }
    const neighbour = points.find(({ tsMs }) => tsMs >= endMs);
    const third = points.at(-sightPoints);
    if (neighbour === undefined || third === undefined || third.tsMs < endMs) return true;
    return (points.at(-1) as RegisterPoint).tsMs <= neighbour.tsMs + sightMs;
  }

  #window(want: WantedRegister): Window {
    const window = this.#windows.get(keyOf(want));
    if (window === undefined) throw new Error(`${keyOf(want)} has not been loaded`);
    return window;
  }
}

/** From the reading that was found outwards. */
function stretchBeyond(deviceId: string, side: Side, nearestMs: number, byMs: number): Stretch {
  return side === "before"
    ? { deviceId, fromMs: nearestMs - byMs, toMs: nearestMs }
    : { deviceId, fromMs: nearestMs, toMs: nearestMs + byMs };
}

function pointsOf(loaded: PointsByDevice, want: WantedRegister): readonly RegisterPoint[] {
  const points = loaded.get(want.deviceId)?.get(want.register) ?? [];
  return points.every(want.counts) ? points : points.filter(want.counts);
}

function keyOf({ deviceId, register, span }: WantedRegister): string {
  return `${deviceId}/${register}/${span.startMs}`;
}
