import { metricOf } from "../contracts/device-kinds.ts";
import { type BilledMonth, type BillGap, type BillLine, bill } from "../domain/energy/bill.ts";
import { blockDemand } from "../domain/energy/block-demand.ts";
import type { ScopePart } from "../domain/energy/energy-scope.ts";
import { type EnergyStep, EnergySteps, stepStarts } from "../domain/energy/energy-steps.ts";
import { currentRecords, tariffOn } from "../domain/energy/tariff.ts";
import { DomainError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { dayMs, type Interval, periodInterval } from "../domain/time.ts";
import { expectedParts, groupedParts, scopeOf, stepInput } from "./energy-parts.ts";
import type { Clock, Ledger } from "./ports.ts";
import { passedQuarters } from "./query-balance.ts";
import type { Registry } from "./registry.ts";
import type { TariffStore } from "./tariff-ports.ts";

export interface CostRequest {
  /** `meter:ID`, `enterprise:ID` or `park`. */
  readonly scope: string;
  /** `2026`, `2026-11` or `2026-11-22` in park time. */
  readonly period: string;
  readonly asOfMs?: number | undefined;
}

export interface CostAnswer {
  readonly scope: string;
  readonly period: string;
  /** Quarter hours of the period that have passed. */
  readonly interval: Interval;
  /** Whether the whole period has passed. */
  readonly isComplete: boolean;
  readonly lines: readonly BillLine[];
  /** Sum of the lines; null when something of it is not known. */
  readonly totalFen: bigint | null;
  /** Sum of the lines that are known. */
  readonly knownFen: bigint;
  /** What keeps the total from being known. */
  readonly missing: BillGap | null;
  readonly unpricedDays: readonly string[];
  /** Energy that was billed, with its coverage and grade; a hole in it makes the bill a lower bound. */
  readonly energy: EnergyStep;
  readonly register: string;
}

export interface QueryCostDependencies {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "sums" | "series">;
  readonly tariffs: TariffStore;
  readonly clock: Clock;
}

/** The ledger is read in portions, so that a year does not hold up everybody else. */
const portionMs = 31 * dayMs;

/**
 * What the electricity drawn by a scope costs, worked out from the ledger and the tariffs at the moment
 * of asking, or as both were known at an instant. Nothing is kept, so a restated quarter hour or a
 * corrected tariff is in the next answer.
 *
 * @throws {NotFoundError} `not_found`; {DomainError} `invalid_scope`, `invalid_period`,
 *   `not_applicable`.
 */
export async function queryCost(
  { registry, ledger, tariffs, clock }: QueryCostDependencies,
  principal: Principal,
  request: CostRequest,
): Promise<CostAnswer> {
  const { scope: target, period, asOfMs } = request;
  const { timezone } = registry.park;
  const scope = scopeOf(registry, principal, { scope: target, carrier: "electricity" });
  const register = drawnRegister(registry, target, scope.names);
  const whole = periodInterval(period, timezone);
  const interval = passedQuarters(whole, clock.nowMs());
  const series = await ledger.series();
  const parts = expectedParts(scope, series).filter(({ name }) => name === register);
  const reading = { ledger, interval, timezone, asOfMs };
  const drawn = await stepsOf(reading, register, parts);
  const reactive = await stepsOf(reading, "importKvarh", reactiveParts(registry, parts));
  const records = currentRecords(await tariffs.all(), asOfMs);
  const quarters = drawn.steps.flatMap(({ startMs, amounts }) => {
    const kwh = amounts[register] ?? null;
    return kwh === null ? [] : [{ startMs, kwh }];
  });
  const { lines, unpricedDays } = bill({
    ...{ quarters, timezone },
    months: monthsOf(period, interval, timezone).map((month) =>
      billedMonth(month, { register, drawn: drawn.steps, reactive: reactive.steps }),
    ),
    tariffOf: (day) => tariffOn(records, target, day),
  });
  const known = lines.reduce((sum, { amountFen }) => sum + (amountFen ?? 0n), 0n);
  const missing = gapOf({ lines, unpricedDays, isEmpty: quarters.length === 0 });
  return {
    ...{ scope: target, period, interval, register, lines, unpricedDays, missing },
    ...{ totalFen: missing === null ? known : null, knownFen: known, energy: drawn.total },
    isComplete: interval.endMs === whole.endMs,
  };
}

function drawnRegister(registry: Registry, scope: string, names: readonly string[]): string {
  const meter = registry.meter(/^meter:(.+)$/.exec(scope)?.[1] ?? "");
  const register = meter?.kind === "charger" ? "deliveredKwh" : "importKwh";
  if (names.includes(register)) return register;
  throw new DomainError("not_applicable", `${scope} draws no electricity that could be billed`, {
    remedy: "ask for an electricity meter, a charger, an enterprise or the park",
  });
}

/** The reactive registers of the meters whose energy is billed. */
function reactiveParts(registry: Registry, parts: readonly ScopePart[]): readonly ScopePart[] {
  return parts
    .map((part) => ({ ...part, register: "importKvarh", name: "importKvarh" }))
    .filter(({ meterId, register }) => {
      const kind = registry.meter(meterId)?.kind;
      return kind !== undefined && metricOf(kind, register) !== undefined;
    });
}

interface Reading {
  readonly ledger: Pick<Ledger, "sums">;
  readonly interval: Interval;
  readonly timezone: string;
  readonly asOfMs: number | undefined;
}

async function stepsOf(
  { ledger, interval, timezone, asOfMs }: Reading,
  name: string,
  parts: readonly ScopePart[],
): Promise<{ readonly steps: readonly EnergyStep[]; readonly total: EnergyStep }> {
  const { startMs, endMs } = interval;
  const starts = stepStarts(interval, "15m", timezone);
  const plan = { names: [name], parts, endMs };
  const steps = new EnergySteps({ ...plan, starts });
  const total = new EnergySteps({ ...plan, starts: [startMs] });
  for (let fromMs = startMs; fromMs < endMs; fromMs += portionMs) {
    const portion = { startMs: fromMs, endMs: Math.min(fromMs + portionMs, endMs) };
    for (const { register, meterIds } of groupedParts(parts)) {
      const asked = { meterIds, registers: [register], interval: portion };
      const sums = await ledger.sums(asOfMs === undefined ? asked : { ...asked, asOfMs });
      const inputs = sums.map((sum) => stepInput(name, sum));
      steps.add(inputs);
      total.add(inputs);
    }
  }
  return { steps: starts.length === 0 ? [] : steps.steps(), total: total.steps()[0] as EnergyStep };
}

/** The months of a year or month that have begun; a day has none, so it costs no monthly charge. */
function monthsOf(
  period: string,
  interval: Interval,
  timezone: string,
): readonly { readonly month: string; readonly interval: Interval }[] {
  const names =
    period.length === 4
      ? Array.from({ length: 12 }, (_, index) => `${period}-${String(index + 1).padStart(2, "0")}`)
      : period.length === 7
        ? [period]
        : [];
  return names
    .map((month) => ({ month, interval: periodInterval(month, timezone) }))
    .filter((one) => one.interval.startMs < interval.endMs);
}

function billedMonth(
  { month, interval }: { readonly month: string; readonly interval: Interval },
  known: {
    readonly register: string;
    readonly drawn: readonly EnergyStep[];
    readonly reactive: readonly EnergyStep[];
  },
): BilledMonth {
  const { register, drawn, reactive } = known;
  const isInside = ({ startMs }: EnergyStep): boolean =>
    startMs >= interval.startMs && startMs < interval.endMs;
  const own = drawn.filter(isInside);
  const kwh = own.reduce((sum, { amounts }) => sum + (amounts[register] ?? 0), 0);
  const kvarhAt = new Map(
    reactive
      .filter(({ missingSlotCount }) => missingSlotCount === 0)
      .map(({ startMs, amounts }) => [startMs, amounts.importKvarh ?? null]),
  );
  const both = { kwh: 0, kvarh: 0 };
  let compared = 0;
  for (const { startMs, amounts, missingSlotCount } of own) {
    const kvarh = kvarhAt.get(startMs) ?? null;
    const active = amounts[register] ?? null;
    if (kvarh === null || active === null || missingSlotCount > 0) continue;
    both.kwh += active;
    both.kvarh += kvarh;
    compared += 1;
  }
  const { maximum } = blockDemand(own, register);
  return {
    ...{ month, interval, kwh, maximumDemandKw: maximum?.powerKw ?? null },
    reactive: compared === 0 ? null : both,
  };
}

function gapOf(found: {
  readonly lines: readonly BillLine[];
  readonly unpricedDays: readonly string[];
  readonly isEmpty: boolean;
}): BillGap | null {
  if (found.isEmpty) return "energy";
  if (found.unpricedDays.length > 0) return "tariff";
  return found.lines.find(({ gap }) => gap !== null)?.gap ?? null;
}
