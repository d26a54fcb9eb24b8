import { type DeviceKind, registersOf } from "../contracts/device-kinds.ts";
import type { Meter } from "../domain/park.ts";
import { closeRegister, type SlotRules } from "../domain/telemetry/close-slots.ts";
import { isInvalid, type MeterEvent } from "../domain/telemetry/meter-event.ts";
import type { Slot } from "../domain/telemetry/slot.ts";
import { slotRulesOf } from "../domain/telemetry/slot-rules.ts";
import { influenceOf, isSteady, sightMs, sightPoints } from "../domain/telemetry/steady-window.ts";
import type { Touch } from "../domain/telemetry/touch.ts";
import { dayMs, hourMs, type Interval, quarterCeilMs, quarterStartMs } from "../domain/time.ts";
import type { JudgedSpan } from "./meter-ports.ts";
import { PointWindows, type Side, type WantedRegister } from "./point-windows.ts";
import type { RegisterPoint, TelemetryStore } from "./ports.ts";

export interface DeriveSlotsDependencies {
  readonly telemetry: Pick<TelemetryStore, "points" | "nearest">;
  readonly meter: (id: string) => Meter | undefined;
  /** What people have recorded about the meter. */
  readonly events: (meterId: string) => readonly MeterEvent[];
}

/** What the touches of one meter come to. */
export interface DerivedMeter {
  readonly meterId: string;
  readonly slots: readonly Slot[];
  readonly judged: readonly JudgedSpan[];
  /** Long gaps beside the touched spans, whose slots have still to be derived. */
  readonly gaps: readonly Interval[];
}

/**
 * Readings further apart than this leave a gap that is filled by a touch of its own: while a month of
 * history arrives piece by piece, the rest of that month would else be estimated anew each time.
 */
const longGapMs = 2 * dayMs;
/** Around a register that never comes to rest so many readings are looked at, and no more. */
const restlessPointsMax = 3000;
const wideningsMax = 12;

interface Wanted extends WantedRegister {
  readonly meter: Meter;
  readonly touch: Touch;
  readonly rules: SlotRules;
}

/**
 * Slots that readings inside the touched spans can have changed.
 *
 * Around a register that only rises these are the ones from the reading before the span to the one
 * after it, because a boundary moves with either of its neighbours. Where it falls nearby, a reading
 * can change what the fall is taken for, so everything up to the next calm is derived again.
 */
export async function deriveSlots(
  dependencies: DeriveSlotsDependencies,
  kind: DeviceKind,
  touches: readonly Touch[],
): Promise<DerivedMeter[]> {
  const wanted = touches.flatMap((touch) => wantedOf(dependencies, touch));
  if (wanted.length === 0) return [];
  const windows = new PointWindows(dependencies.telemetry, kind);
  await windows.load(wanted);
  const concerned = wanted.filter((want) => isConcerned(want, windows.points(want)));
  await windows.reachNeighbours(concerned);
  await seeToCalm(windows, concerned);
  return byMeter(concerned).map(([meter, wants]) => derivedMeter(meter, wants, windows));
}

function wantedOf(dependencies: DeriveSlotsDependencies, touch: Touch): Wanted[] {
  const meter = dependencies.meter(touch.meterId);
  if (meter === undefined) return [];
  const events = dependencies.events(meter.id);
  const span = { startMs: touch.fromMs, endMs: touch.toMs };
  return registersOf(meter.kind).map((register): Wanted => {
    const rules = slotRulesOf(meter, register, events);
    const { validFromMs } = meter;
    const counts = ({ tsMs }: RegisterPoint): boolean =>
      (validFromMs === null || tsMs >= validFromMs) && !isInvalid(rules, tsMs);
    return { deviceId: meter.id, register, span, counts, meter, touch, rules };
  });
}

/** A touch by readings concerns only the registers that have one in it. */
function isConcerned({ touch, span }: Wanted, points: readonly RegisterPoint[]): boolean {
  if (touch.kind !== "reading") return true;
  return points.some(({ tsMs }) => tsMs >= span.startMs && tsMs < span.endMs);
}

/** Reads on around every register that does not only rise, until its curve no longer depends on more. */
async function seeToCalm(windows: PointWindows, wanted: readonly Wanted[]): Promise<void> {
  let restless = wanted.filter((want) => !isSteady(windows.points(want)));
  let byMs = 8 * hourMs;
  for (let round = 0; round < wideningsMax && restless.length > 0; round += 1) {
    for (const side of ["before", "after"] as const) {
      const blind = restless.filter((want) => !seesCalm(windows, want, side));
      if (blind.length > 0) await windows.widen(blind, side, byMs);
    }
    restless = restless.filter((want) => {
      if (windows.points(want).length > restlessPointsMax) return false;
      return !seesCalm(windows, want, "before") || !seesCalm(windows, want, "after");
    });
    byMs *= 2;
  }
}

function seesCalm(windows: PointWindows, want: Wanted, side: Side): boolean {
  const { fromMs, toMs } = influenceOf(windows.points(want), want.span);
  if (side === "before") return windows.reaches(want, side, fromMs ?? Number.NEGATIVE_INFINITY);
  return windows.reaches(want, side, toMs === null ? Number.POSITIVE_INFINITY : toMs + sightMs);
}

function byMeter(wanted: readonly Wanted[]): [Meter, Wanted[]][] {
  const meters = new Map<Meter, Wanted[]>();
  for (const want of wanted) {
    const known = meters.get(want.meter);
    if (known === undefined) meters.set(want.meter, [want]);
    else known.push(want);
  }
  return [...meters];
}

function derivedMeter(meter: Meter, wants: readonly Wanted[], windows: PointWindows): DerivedMeter {
  // Two spans of a register can reach into each other; each slot is answered once.
  const slots = new Map<string, Slot>();
  const gaps: Interval[] = [];
  const judged: JudgedSpan[] = [];
  for (const want of wants) {
    const { register } = want;
    const points = windows.points(want);
    const isExact = want.touch.kind === "gap" || want.touch.kind === "amendment";
    const affected = isExact ? want.span : affectedSpan(windows, want);
    const long = isExact ? [] : longGaps(points, affected);
    gaps.push(...long);
    const read = {
      reported: points,
      isWholeBefore: windows.reaches(want, "before", Number.NEGATIVE_INFINITY),
      isWholeAfter: windows.reaches(want, "after", Number.POSITIVE_INFINITY),
    };
    const closed = closeRegister(read, affected, want.rules);
    for (const slot of closed.slots) {
      if (long.some((gap) => contains(gap, slot.startMs))) continue;
      slots.set(`${register}/${slot.startMs}`, { meterId: meter.id, register, ...slot });
    }
    const drops = closed.drops.filter(({ atMs }) => isWithin(affected, atMs));
    judged.push({ meterId: meter.id, register, interval: affected, drops });
  }
  return { meterId: meter.id, slots: [...slots.values()], judged, gaps };
}

/** A fall at the end of the last slot has been judged with that slot. */
function isWithin({ startMs, endMs }: Interval, tsMs: number): boolean {
  return tsMs > startMs && tsMs <= endMs;
}

function contains({ startMs, endMs }: Interval, tsMs: number): boolean {
  return tsMs >= startMs && tsMs < endMs;
}

/** Whole slots that readings in the span can have changed. */
function affectedSpan(windows: PointWindows, want: Wanted): Interval {
  const { span } = want;
  const points = windows.points(want);
  if (isSteady(points)) {
    const before = points.findLast(({ tsMs }) => tsMs < span.startMs);
    const after = points.find(({ tsMs }) => tsMs >= span.endMs);
    return slotsBetween(before?.tsMs ?? span.startMs, after?.tsMs ?? span.endMs);
  }
  const influence = influenceOf(points, span);
  // Near the edge of what was read, judgements lack what lies beyond it.
  const isWholeBefore = windows.reaches(want, "before", Number.NEGATIVE_INFINITY);
  const isWholeAfter = windows.reaches(want, "after", Number.POSITIVE_INFINITY);
  const first = points[isWholeBefore ? 0 : 2 * sightPoints];
  const last = points.at(isWholeAfter ? -1 : -sightPoints);
  const fromMs = (first?.tsMs ?? span.startMs) + (isWholeBefore ? 0 : 2 * sightMs);
  const toMs = (last?.tsMs ?? span.endMs) - (isWholeAfter ? 0 : sightMs);
  return slotsBetween(influence.fromMs ?? fromMs, influence.toMs ?? toMs);
}

function slotsBetween(fromMs: number, toMs: number): Interval {
  return { startMs: quarterStartMs(fromMs), endMs: quarterCeilMs(toMs) };
}

/** Slots between readings that lie very far apart, those of the two readings included. */
function longGaps(points: readonly RegisterPoint[], within: Interval): Interval[] {
  const gaps: Interval[] = [];
  for (let index = 1; index < points.length; index += 1) {
    const fromMs = (points[index - 1] as RegisterPoint).tsMs;
    const toMs = (points[index] as RegisterPoint).tsMs;
    if (toMs - fromMs <= longGapMs || toMs <= within.startMs || fromMs >= within.endMs) continue;
    gaps.push({ startMs: quarterStartMs(fromMs), endMs: quarterCeilMs(toMs) });
  }
  return gaps;
}
