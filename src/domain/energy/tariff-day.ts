import { fromMillionths } from "../money.ts";
import { type Interval, localMinuteMs, minutesPerDay } from "../time.ts";
import type { DayType, PriceBase, PriceRule, PriceZone, Tariff } from "./tariff.ts";

/** A price from one instant to another. */
export interface PricePiece extends PriceBase {
  readonly startMs: number;
  readonly endMs: number;
}

/** The prices of one park day: of energy, and of each charge. */
export interface TariffDay {
  readonly energy: readonly PricePiece[];
  readonly charges: readonly (readonly PricePiece[])[];
}

/** What a day counts as. Named days come first; then Saturday and Sunday are the weekend. */
export function dayTypeOf(day: string, { holidays, workdays }: Tariff): DayType {
  if (holidays.includes(day)) return "holiday";
  if (workdays.includes(day)) return "weekday";
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6 ? "weekend" : "weekday";
}

export function zoneApplies(zone: PriceZone, month: number, dayType: DayType): boolean {
  const isInMonth = zone.months === null || zone.months.includes(month);
  return isInMonth && (zone.dayTypes === null || zone.dayTypes.includes(dayType));
}

/** Minutes of the day that a zone covers; two pieces when it lies over midnight. */
export function zonePieces({
  fromMinute,
  toMinute,
}: PriceZone): readonly (readonly [number, number])[] {
  if (fromMinute < toMinute) return [[fromMinute, toMinute]];
  return [
    [fromMinute, minutesPerDay],
    [0, toMinute],
  ];
}

/**
 * Prices of a park day, to the minute. Zones are minutes of the wall clock, so that a day of 23 or 25
 * hours has them at the same clock times.
 *
 * @param day as `2026-11-22`.
 */
export function tariffDay(tariff: Tariff, day: string, timezone: string): TariffDay {
  const month = Number(day.slice(5, 7));
  const dayType = dayTypeOf(day, tariff);
  const piecesOf = (rule: PriceRule): readonly PricePiece[] =>
    minutePieces(rule, month, dayType).map(({ fromMinute, toMinute, period, microCny }) => ({
      ...{ period, microCny, startMs: localMinuteMs(day, fromMinute, timezone) },
      endMs: localMinuteMs(day, toMinute, timezone),
    }));
  return { energy: piecesOf(tariff.energy), charges: tariff.charges.map(piecesOf) };
}

type MinutePiece = Pick<PriceZone, "fromMinute" | "toMinute" | "period" | "microCny">;

/** The day in pieces of one price; a later zone wins over an earlier one and over the base. */
function minutePieces(
  { base, zones }: PriceRule,
  month: number,
  dayType: DayType,
): readonly MinutePiece[] {
  const lying = zones.filter((zone) => zoneApplies(zone, month, dayType));
  const edges = new Set([0, minutesPerDay]);
  for (const zone of lying) {
    for (const [from, to] of zonePieces(zone)) edges.add(from).add(to);
  }
  const ascending = [...edges].sort((a, b) => a - b);
  return ascending.slice(0, -1).flatMap((fromMinute, index) => {
    const toMinute = ascending[index + 1] ?? minutesPerDay;
    const zone = lying.findLast((one) =>
      zonePieces(one).some(([from, to]) => from <= fromMinute && fromMinute < to),
    );
    const price = zone ?? base;
    if (price === null) return [];
    return [{ fromMinute, toMinute, period: price.period, microCny: price.microCny }];
  });
}

/** Parts of an interval that lie in each piece, with the share of its time. */
export function shares(
  pieces: readonly PricePiece[],
  { startMs, endMs }: Interval,
): readonly { readonly piece: PricePiece; readonly fraction: number }[] {
  return pieces.flatMap((piece) => {
    const overlapMs = Math.min(piece.endMs, endMs) - Math.max(piece.startMs, startMs);
    return overlapMs > 0 ? [{ piece, fraction: overlapMs / (endMs - startMs) }] : [];
  });
}

/**
 * Price of a kWh at an instant in micro-yuan:
 *
 *     (energy + Σ charges) × factor
 *
 * Null where the tariff has none, which a checked one does not have.
 */
export function priceAt(tariff: Tariff, day: TariffDay, tsMs: number): number | null {
  const at = (pieces: readonly PricePiece[]): number | null =>
    pieces.find(({ startMs, endMs }) => startMs <= tsMs && tsMs < endMs)?.microCny ?? null;
  let microCny = at(day.energy);
  for (const charge of day.charges) {
    const more = at(charge);
    microCny = microCny === null || more === null ? null : microCny + more;
  }
  return microCny === null ? null : microCny * fromMillionths(tariff.factorPpm);
}
