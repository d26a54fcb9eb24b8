import type { Carrier } from "../contracts/device-kinds.ts";
import {
  type Balance,
  type BalanceTerm,
  balanceOf,
  lossAllowanceFractions,
  termError,
} from "../domain/energy/balance.ts";
import {
  type BalancePlace,
  balancePlaces,
  orientedSides,
  unitOf,
} from "../domain/energy/balance-places.ts";
import { subtree } from "../domain/energy/metering-tree.ts";
import { DomainError } from "../domain/errors.ts";
import type { LocalName, Meter } from "../domain/park.ts";
import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import { type Interval, quarterStartMs } from "../domain/time.ts";
import { CommonQuarters, type CommonTotals, requireQuarters } from "./common-quarters.ts";
import { visibleMeter } from "./energy-parts.ts";
import type { Clock, Ledger } from "./ports.ts";
import type { Registry } from "./registry.ts";

export interface BalanceRequest {
  readonly interval: Interval;
  /** Absent: every carrier. */
  readonly carrier: Carrier | undefined;
  /** `park`, or `meter:ID` for the island or feeder below a meter. */
  readonly scope: string;
  readonly asOfMs?: number | undefined;
}

/** A flow of a place with its own largest error. */
export interface PlaceTerm extends BalanceTerm {
  readonly register: string;
  readonly error: number;
  readonly coverage: number;
}

/** Why a place is not judged. */
export type NotJudged = "no_common_quarter" | "different_units";

/** One balanced place of the tree, the boundary of the scope, or a meter and its check meter. */
export interface PlaceBalance {
  readonly id: string;
  readonly type: BalancePlace["type"];
  readonly carrier: Carrier;
  readonly unit: string;
  /** Of the balanced meter; null for a boundary. */
  readonly meterId: string | null;
  readonly name: LocalName | null;
  /** Null when nothing could be compared. */
  readonly balance: Balance | null;
  readonly notJudged: NotJudged | null;
  readonly lossAllowanceFraction: number;
  readonly terms: readonly PlaceTerm[];
  readonly slotsExpected: number;
  readonly slotsCompared: number;
  /** Compared quarter hours over expected ones; null when none is expected yet. */
  readonly coverage: number | null;
  readonly missingMeterIds: readonly string[];
}

export interface BalanceAnswer {
  readonly scope: string;
  /** Quarter hours of the request that have passed. */
  readonly interval: Interval;
  readonly places: readonly PlaceBalance[];
}

export interface QueryBalanceDependencies {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "days" | "slots" | "series">;
  readonly clock: Clock;
}

/**
 * Balances of the metering tree over an interval: the boundary of the scope, every meter with others
 * below it, and every check meter beside the one that it checks. People of one enterprise see the
 * places in which all meters are their own.
 *
 * @throws {NotFoundError} `not_found`; {DomainError} `invalid_scope`, `invalid_interval`, `off_step`,
 *   `interval_too_long`.
 */
export async function queryBalance(
  { registry, ledger, clock }: QueryBalanceDependencies,
  principal: Principal,
  request: BalanceRequest,
): Promise<BalanceAnswer> {
  requireQuarters(request.interval);
  const interval = passedQuarters(request.interval, clock.nowMs());
  const { meters, rootId } = scopeMeters(registry, principal, request.scope);
  const isVisible = ({ enterpriseId }: Meter): boolean => maySeeEnterprise(principal, enterpriseId);
  const places = balancePlaces(meters, { rootId, series: await ledger.series() })
    .filter(({ carrier }) => request.carrier === undefined || carrier === request.carrier)
    .filter(({ flows }) => flows.every(({ meter }) => isVisible(meter)));
  const { asOfMs } = request;
  const common = new CommonQuarters(ledger, { interval, asOfMs, timezone: registry.park.timezone });
  const balanced: PlaceBalance[] = [];
  for (const place of places) {
    const series = place.flows.map(({ meter, register }) => ({
      ...{ meterId: meter.id, register, validFromMs: meter.validFromMs },
    }));
    balanced.push(placeBalance(place, await common.totals(series)));
  }
  return { scope: request.scope, interval, places: balanced };
}

/** The whole quarter hours of an interval that lie before an instant. */
export function passedQuarters({ startMs, endMs }: Interval, nowMs: number): Interval {
  return { startMs, endMs: Math.max(startMs, Math.min(endMs, quarterStartMs(nowMs))) };
}

function scopeMeters(
  registry: Registry,
  principal: Principal,
  scope: string,
): { readonly meters: readonly Meter[]; readonly rootId: string | undefined } {
  const [, id] = /^meter:(.+)$/.exec(scope) ?? [];
  if (id !== undefined) {
    const root = visibleMeter(registry, principal, id);
    return { meters: subtree(registry.meters(), root.id), rootId: root.id };
  }
  if (scope === "park") return { meters: registry.meters(), rootId: undefined };
  throw new DomainError("invalid_scope", `${scope} cannot be balanced`, {
    remedy: "write park, or meter:ID for what lies below a meter",
  });
}

function placeBalance(place: BalancePlace, totals: CommonTotals): PlaceBalance {
  const { id, type, carrier, meter, flows } = place;
  const units = [...new Set(flows.map((flow) => unitOf(flow.meter, flow.register)))];
  const notJudged = reasonNotTo(units, totals);
  const allowance = type === "check" ? 0 : (lossAllowanceFractions[carrier] ?? 0);
  const terms = notJudged === null ? termsOf(place, totals) : [];
  const { slotsExpected, slotsCompared, missingMeterIds } = totals;
  return {
    ...{ id, type, carrier, unit: units[0] ?? "" },
    ...{ meterId: meter?.id ?? null, name: meter?.name ?? null },
    ...{ notJudged, terms, slotsExpected, slotsCompared, missingMeterIds },
    balance: notJudged === null ? judged(place, balanceOf(terms, allowance)) : null,
    lossAllowanceFraction: allowance,
    coverage: slotsExpected === 0 ? null : slotsCompared / slotsExpected,
  };
}

/** Below a consumer's meter a surplus is use without a meter of its own, and no finding. */
function judged({ isOpen }: BalancePlace, balance: Balance): Balance {
  if (!isOpen || balance.verdict !== "surplus") return balance;
  return { ...balance, verdict: "unmetered", excess: 0 };
}

function reasonNotTo(units: readonly string[], { slotsCompared }: CommonTotals): NotJudged | null {
  if (units.length > 1) return "different_units";
  return slotsCompared === 0 ? "no_common_quarter" : null;
}

/** The flows of a place with their figures, each on the side on which it counts. */
export function termsOf(place: BalancePlace, { totals }: CommonTotals): readonly PlaceTerm[] {
  const measured = place.flows.map((flow, index) => ({ flow, amount: totals[index]?.amount ?? 0 }));
  const sides = orientedSides(place, measured);
  return measured.map(({ flow, amount }, index) => {
    const { id: meterId, accuracyClass, multiplier } = flow.meter;
    const total = totals[index];
    const term = {
      amount,
      estimatedAmount: total?.estimatedAmount ?? 0,
      accuracyClass,
      multiplier,
    };
    return {
      ...term,
      ...{ meterId, register: flow.register, side: sides[index] ?? flow.side },
      ...{ error: termError(term), grade: total?.grade ?? null, coverage: total?.coverage ?? 0 },
    };
  });
}
