import { type Balance, balanceOf } from "../domain/energy/balance.ts";
import { type BalancePlace, balancePlaces } from "../domain/energy/balance-places.ts";
import { flowTerms } from "../domain/energy/metering-tree.ts";
import { ParkDays } from "../domain/energy/park-days.ts";
import { nightHours, quietestHour } from "../domain/energy/quietest-hour.ts";
import type { Meter } from "../domain/park.ts";
import { hourMs, type Interval } from "../domain/time.ts";
import { CommonQuarters, type CommonTotals } from "./common-quarters.ts";
import type { Ledger } from "./ports.ts";
import { type QueryBalanceDependencies, termsOf } from "./query-balance.ts";

/** What flowed in the quietest hour of one night, and where. */
export interface NightFlow {
  readonly meterId: string;
  /** The hour; null when the main has no complete hour in the night. */
  readonly hour: Interval | null;
  readonly night: Interval;
  /** What came in, what the meters below saw, and what is left beyond their errors, all m³ in the hour. */
  readonly balance: Balance | null;
}

/** Water that was used again, over a period. */
export interface WaterReuse {
  readonly reusedM3: number;
  readonly freshM3: number;
  /** Reused over reused and fresh. */
  readonly reuseFraction: number | null;
  readonly totals: CommonTotals;
}

export interface WaterAnswer {
  readonly nights: readonly NightFlow[];
  /** Null without meters of reused water, or when nothing can be compared. */
  readonly reuse: WaterReuse | null;
}

/** Nights that one answer looks at, the latest ones of the interval. */
const nightsMax = 31;

/**
 * Water of the park: minimum night flow of each metered main, and the rate of reuse
 *
 *     reuse rate = reused / (reused + fresh)
 *
 * At night people and lines rest, so what still flows into the pipes and through no meter below is
 * probably a leak. No loss is allowed for: only the meters' own errors are. A water meter of role
 * `check` that stands below no other one counts reused water.
 */
export async function queryWater(
  { registry, ledger }: Pick<QueryBalanceDependencies, "registry" | "ledger">,
  interval: Interval,
): Promise<WaterAnswer> {
  const meters = registry.meters().filter(({ carrier }) => carrier === "water");
  const { timezone } = registry.park;
  const series = await ledger.series();
  const mains = balancePlaces(meters, { rootId: undefined, series }).filter(
    ({ type, meter }) => type === "node" && meter?.role === "grid",
  );
  const nights: NightFlow[] = [];
  for (const place of mains) {
    for (const night of nightsOf(interval, timezone)) {
      nights.push(await nightFlow(ledger, { place, night, timezone }));
    }
  }
  return { nights, reuse: await reuseOf({ ledger, meters, timezone }, interval) };
}

function nightsOf(interval: Interval, timezone: string): readonly Interval[] {
  return new ParkDays(timezone)
    .within(interval)
    .map(({ startMs }) => ({
      startMs: startMs + nightHours.fromHour * hourMs,
      endMs: startMs + nightHours.toHour * hourMs,
    }))
    .filter(({ startMs, endMs }) => startMs >= interval.startMs && endMs <= interval.endMs)
    .slice(-nightsMax);
}

async function nightFlow(
  ledger: Pick<Ledger, "slots" | "days">,
  asked: { readonly place: BalancePlace; readonly night: Interval; readonly timezone: string },
): Promise<NightFlow> {
  const { place, night, timezone } = asked;
  const meterId = place.meter?.id ?? "";
  const registers = place.flows.filter(({ isMain }) => isMain).map(({ register }) => register);
  const found = await ledger.slots({ meterIds: [meterId], registers, interval: night });
  const hour = quietestHour(
    found.flatMap(({ startMs, amount }) => (amount === null ? [] : [{ startMs, amount }])),
  );
  if (hour === null) return { meterId, night, hour, balance: null };
  const common = new CommonQuarters(ledger, { interval: hour, timezone });
  const totals = await common.totals(place.flows.map(seriesOf));
  const isWhole = totals.slotsCompared === totals.slotsExpected;
  const balance = isWhole ? balanceOf(termsOf(place, totals), 0) : null;
  return { meterId, night, hour, balance };
}

async function reuseOf(
  from: {
    readonly ledger: Pick<Ledger, "slots" | "days">;
    readonly meters: readonly Meter[];
    readonly timezone: string;
  },
  interval: Interval,
): Promise<WaterReuse | null> {
  const { ledger, meters, timezone } = from;
  const mains = meters.filter(({ role }) => role === "grid");
  const fresh = mains.length > 0 ? mains : meters.filter(({ role }) => role === "load");
  const reused = meters.filter(({ role, parentId }) => role === "check" && parentId === null);
  if (fresh.length === 0 || reused.length === 0) return null;
  const both = [...fresh, ...reused].map((meter) => ({
    meter,
    register: flowTerms(meter)[0]?.register ?? "",
  }));
  const totals = await new CommonQuarters(ledger, { interval, timezone }).totals(
    both.map(seriesOf),
  );
  const sumOf = (from: number, to?: number): number =>
    totals.totals.slice(from, to).reduce((sum, { amount }) => sum + amount, 0);
  const [freshM3, reusedM3] = [sumOf(0, fresh.length), sumOf(fresh.length)];
  if (totals.slotsCompared === 0) return null;
  const allM3 = freshM3 + reusedM3;
  return { reusedM3, freshM3, totals, reuseFraction: allM3 > 0 ? reusedM3 / allM3 : null };
}

function seriesOf({ meter, register }: { readonly meter: Meter; readonly register: string }) {
  return { meterId: meter.id, register, validFromMs: meter.validFromMs };
}
