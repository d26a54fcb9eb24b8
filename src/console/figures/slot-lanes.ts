import type { EnergyBody, Grade } from "../../contracts/energy.ts";
import type { SocBody } from "../../contracts/storage.ts";
import { dayStartMs } from "../format/park-time.ts";
import { hourMs, kwOfQuarterKwh, mwOfKw } from "../format/units.ts";
import { type SourceId, sources } from "./day-figures.ts";

/** Quarter hours side by side; null where nothing is known, and nothing is drawn there. */
export interface SlotLanes {
  readonly starts: readonly number[];
  /** Mean power of each source, MW. */
  readonly sourcesMw: Readonly<Record<SourceId, readonly (number | null)[]>>;
  readonly chargeMw: readonly (number | null)[];
  readonly loadMw: readonly (number | null)[];
  readonly grades: readonly (Grade | null)[];
  /** State of charge at the end of the slot, percent. */
  readonly socPercent: readonly (number | null)[];
  /** Whether nearly all meters have a figure for the slot, measured or estimated. */
  readonly isKnown: readonly boolean[];
}

const knownMin = 0.9;

function isKnown(slot: EnergyBody["slots"][number] | undefined): boolean {
  return slot !== undefined && slot.coverage + slot.estimatedFraction >= knownMin;
}

const percentOf = (fraction: number | null): number | null =>
  fraction === null ? null : fraction * 100;

/** Turns the quarter-hour energies of the park into mean powers. */
export function slotLanes(body: EnergyBody, soc: SocBody | null = null): SlotLanes {
  const { slots } = body;
  const lane = (register: string): (number | null)[] =>
    slots.map((slot) => {
      const energyKwh = slot[register];
      return typeof energyKwh === "number" ? mwOfKw(kwOfQuarterKwh(energyKwh)) : null;
    });
  // Half a station's state is not the state of the station.
  const known = (soc?.items ?? []).filter(({ coverage }) => coverage >= knownMin);
  const socBySlot = new Map(
    known.map(({ start, socFraction }) => [Date.parse(start), percentOf(socFraction)]),
  );
  const bySource = sources.map(({ id, register }) => [id, lane(register)] as const);
  return {
    starts: slots.map(({ start }) => Date.parse(start)),
    sourcesMw: Object.fromEntries(bySource) as unknown as SlotLanes["sourcesMw"],
    chargeMw: lane("chargeKwh"),
    // A difference of parts, of which some are missing, is no load.
    loadMw: lane("consumptionKwh").map((value, index) => (isKnown(slots[index]) ? value : null)),
    socPercent: slots.map(({ start }) => socBySlot.get(Date.parse(start)) ?? null),
    isKnown: slots.map(isKnown),
    grades: slots.map(({ grade }) => grade),
  };
}

/** A stretch of one source on the stack of one position. */
export interface Stacked {
  readonly index: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Stacks lanes from the axis up, in the given order. A position whose value is not known has no
 * stretch; what stands above it still stands on what is known.
 */
export function stackUp(lanes: readonly (readonly (number | null)[])[]): readonly Stacked[][] {
  const tops: number[] = [];
  return lanes.map((lane) =>
    lane.flatMap((value, index) => {
      const low = tops[index] ?? 0;
      if (value === null || value <= 0) return [];
      tops[index] = low + value;
      return [{ index, low, high: low + value }];
    }),
  );
}

/** Supply of one span of time, by source, in kWh. */
export interface Mix {
  readonly startMs: number;
  readonly energiesKwh: Readonly<Record<SourceId, number | null>>;
  readonly isWhole: boolean;
}

/**
 * Adds quarter hours up to hours of the park day. An hour is whole when every source that the park
 * has meters for is known in each of its quarters; shares of less would be wrong.
 */
export function hourlyMix(body: EnergyBody, timezone: string): readonly Mix[] {
  const byHour = new Map<number, Mix>();
  for (const slot of body.slots) {
    const startMs = hourOf(Date.parse(slot.start), timezone);
    const mix = mixOf(slot);
    const before = byHour.get(startMs);
    byHour.set(startMs, before === undefined ? { ...mix, startMs } : added(before, mix));
  }
  return [...byHour.values()];
}

function hourOf(tsMs: number, timezone: string): number {
  const dayMs = dayStartMs(tsMs, timezone);
  return dayMs + Math.floor((tsMs - dayMs) / hourMs) * hourMs;
}

function added(before: Mix, mix: Mix): Mix {
  const entries = sources.map(({ id }) => {
    const [left, right] = [before.energiesKwh[id], mix.energiesKwh[id]];
    return [id, left === null ? right : right === null ? left : left + right] as const;
  });
  return {
    startMs: before.startMs,
    energiesKwh: Object.fromEntries(entries) as Mix["energiesKwh"],
    isWhole: before.isWhole && mix.isWhole,
  };
}

/** One step of an answer as a mix. */
export function mixOf(slot: EnergyBody["slots"][number]): Mix {
  const entries = sources.map(({ id, register }) => {
    const value = slot[register];
    return [id, typeof value === "number" ? value : null] as const;
  });
  return {
    startMs: Date.parse(slot.start),
    energiesKwh: Object.fromEntries(entries) as Mix["energiesKwh"],
    isWhole: isKnown(slot) && sources.every(({ register }) => slot[register] !== null),
  };
}

/** Shares of the sources in a span, in percent; null when it is not whole or nothing came in. */
export function mixPercents({
  energiesKwh,
  isWhole,
}: Mix): Readonly<Record<SourceId, number>> | null {
  if (!isWhole) return null;
  const known = sources.map(({ id }) => [id, energiesKwh[id]] as const);
  const sum = known.reduce((total, [, energyKwh]) => total + (energyKwh ?? 0), 0);
  if (sum <= 0) return null;
  const shares = known.map(([id, energyKwh]) => [id, ((energyKwh ?? 0) / sum) * 100] as const);
  return Object.fromEntries(shares) as Record<SourceId, number>;
}
