import type { Carrier } from "../contracts/device-kinds.ts";
import { unitOf, usedTerms } from "../domain/energy/balance-places.ts";
import { parkScope, type ScopePart } from "../domain/energy/energy-scope.ts";
import {
  carrierGraph,
  electricGraph,
  type FlowGraph,
  type GroupUse,
} from "../domain/energy/flow-graph.ts";
import { boundaryOf } from "../domain/energy/metering-tree.ts";
import { type SupplyQuarter, supplyFlows } from "../domain/energy/supply-flows.ts";
import type { Meter } from "../domain/park.ts";
import { type Principal, requireParkWide } from "../domain/principal.ts";
import { worse } from "../domain/telemetry/close-slots.ts";
import type { Grade } from "../domain/telemetry/slot.ts";
import { dayMs, type Interval, quarterCeilMs, quarterHourMs } from "../domain/time.ts";
import { requireQuarters } from "./common-quarters.ts";
import { expectedParts, groupedParts } from "./energy-parts.ts";
import type { Clock, Ledger } from "./ports.ts";
import { passedQuarters } from "./query-balance.ts";
import type { Registry } from "./registry.ts";

export interface FlowsRequest {
  readonly interval: Interval;
  readonly carrier: Carrier;
  readonly asOfMs?: number | undefined;
}

export interface FlowsAnswer {
  readonly carrier: Carrier;
  readonly unit: string;
  readonly interval: Interval;
  /** Null when no quarter hour of the supply is known as a whole. */
  readonly graph: FlowGraph | null;
  readonly slotsExpected: number;
  /** Quarter hours of which the whole supply is known; only these are in the picture. */
  readonly slotsShown: number;
  readonly grade: Grade | null;
  /** Load meters without a figure in some of them; what they used is in the unmetered part. */
  readonly missingMeterIds: readonly string[];
}

export interface QueryFlowsDependencies {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "sums" | "slots" | "series">;
  readonly clock: Clock;
}

/** The ledger is read in portions, so that a month does not hold up everybody else. */
const portionMs = 7 * dayMs;

/**
 * Where the energy of a carrier came from and where it went. Only quarter hours of which the supply is
 * known as a whole are in the picture, so that it is one balance; loads of which nothing is known are
 * in the unmetered part and named.
 *
 * @throws {ForbiddenError} for people of one enterprise; {DomainError} `invalid_interval`, `off_step`,
 *   `interval_too_long`.
 */
export async function queryFlows(
  { registry, ledger, clock }: QueryFlowsDependencies,
  principal: Principal,
  { interval: asked, carrier, asOfMs }: FlowsRequest,
): Promise<FlowsAnswer> {
  requireParkWide(principal);
  requireQuarters(asked);
  const interval = passedQuarters(asked, clock.nowMs());
  const meters = registry.meters();
  const series = await ledger.series();
  const source = { ledger, series, asOfMs, meters };
  const supply = await readSupply(source, carrier, interval);
  const uses = await readUses(source, { carrier, interval, shown: supply.quarters });
  const graph =
    carrier === "electricity"
      ? electricGraph(supplyFlows(supply.quarters.values()), uses.groups)
      : carrierGraph(importOf(supply.quarters), uses.groups);
  const grades = [...supply.grades, ...uses.grades];
  return {
    ...{ carrier, unit: supplyParts(source, carrier)[0]?.unit ?? "", interval },
    graph: supply.quarters.size === 0 ? null : graph,
    slotsExpected: (interval.endMs - interval.startMs) / quarterHourMs,
    slotsShown: supply.quarters.size,
    grade: grades.length === 0 ? null : grades.reduce(worse),
    missingMeterIds: supply.quarters.size === 0 ? [] : uses.missing,
  };
}

interface Source {
  readonly ledger: Pick<Ledger, "sums" | "slots">;
  readonly series: ReadonlySet<string>;
  readonly asOfMs: number | undefined;
  readonly meters: readonly Meter[];
}

type Quarters = ReadonlyMap<number, SupplyQuarter>;

const nothing: SupplyQuarter = {
  ...{ importKwh: 0, exportKwh: 0, pvKwh: 0, directKwh: 0, chargeKwh: 0, dischargeKwh: 0 },
};

/** Names of the park's figures, and what they are of the supply; other carriers only come in. */
const supplyNames: Readonly<Record<string, keyof SupplyQuarter>> = {
  exportKwh: "exportKwh",
  generationKwh: "pvKwh",
  deliveredKwh: "directKwh",
  chargeKwh: "chargeKwh",
  dischargeKwh: "dischargeKwh",
};

function importOf(quarters: Quarters): number {
  return [...quarters.values()].reduce((sum, { importKwh }) => sum + importKwh, 0);
}

/** The quarter hours of which every expected figure of the supply is known. */
async function readSupply(
  { ledger, series, asOfMs, meters }: Source,
  carrier: Carrier,
  interval: Interval,
): Promise<{ readonly quarters: Quarters; readonly grades: readonly Grade[] }> {
  // Loads that stand for mains nobody has metered are no supply.
  if (boundaryOf(meters, carrier) === null) return { quarters: new Map(), grades: [] };
  const parts = supplyParts({ meters, series }, carrier);
  const found = new Map<number, { quarter: SupplyQuarter; count: number }>();
  const grades = new Set<Grade>();
  for (const portion of portions(interval)) {
    for (const { name, register, meterIds } of groupedParts(parts)) {
      const field = supplyNames[name] ?? "importKwh";
      const query = { meterIds, registers: [register], interval: portion };
      for (const sum of await ledger.sums(asOfMs === undefined ? query : { ...query, asOfMs })) {
        const known = found.get(sum.startMs) ?? { quarter: nothing, count: 0 };
        const amount = known.quarter[field] + Math.max(0, sum.amount);
        found.set(sum.startMs, {
          quarter: { ...known.quarter, [field]: amount },
          count: known.count + sum.meterCount,
        });
        grades.add(sum.worstGrade);
      }
    }
  }
  const isWhole = ([startMs, { count }]: readonly [number, { readonly count: number }]): boolean =>
    count === parts.filter((part) => isExpected(part, startMs)).length;
  const whole = [...found]
    .filter(isWhole)
    .map(([startMs, { quarter }]) => [startMs, quarter] as const);
  return { quarters: new Map(whole), grades: [...grades] };
}

/** Registers of what comes into the park; what was curtailed did not. */
function supplyParts(
  { meters, series }: Pick<Source, "meters" | "series">,
  carrier: Carrier,
): readonly ScopePart[] {
  if (carrier === "electricity") {
    const parts = expectedParts(parkScope(meters, carrier), series);
    return parts.filter(({ register }) => register !== "curtailedKwh");
  }
  const mains = boundaryOf(meters, carrier)?.mains ?? [];
  return mains.flatMap((meter) =>
    usedTerms(meter, series).map(({ register }) => ({
      ...{ meterId: meter.id, register, name: register, unit: unitOf(meter, register) },
      validFromMs: meter.validFromMs,
    })),
  );
}

function isExpected(
  { validFromMs }: { readonly validFromMs: number | null },
  startMs: number,
): boolean {
  return validFromMs === null || quarterCeilMs(validFromMs) <= startMs;
}

interface UseKey {
  readonly groupId: string | null;
  readonly enterpriseId: string | null;
  readonly meters: Meter[];
}

/** What was used in the shown quarter hours, by load group and enterprise. */
async function readUses(
  source: Source,
  asked: { readonly carrier: Carrier; readonly interval: Interval; readonly shown: Quarters },
): Promise<{
  readonly groups: readonly GroupUse[];
  readonly missing: readonly string[];
  readonly grades: readonly Grade[];
}> {
  const loads = (boundaryOf(source.meters, asked.carrier)?.inside ?? []).filter(
    ({ role }) => role === "load",
  );
  const groups: GroupUse[] = [];
  const missing: string[] = [];
  const grades = new Set<Grade>();
  for (const { groupId, enterpriseId, meters } of useKeys(loads)) {
    let amount = 0;
    for (const meter of meters) {
      const used = await shownAmount(source, {
        ...asked,
        meterId: meter.id,
        registers: takenBy(meter, source.series),
      });
      amount += used.amount;
      if (used.slots < asked.shown.size) missing.push(meter.id);
      for (const grade of used.grades) grades.add(grade);
    }
    groups.push({ groupId, enterpriseId, amount, itAmount: null });
  }
  return { groups: await withComputing(source, asked, groups), missing, grades: [...grades] };
}

/** Registers of what a load takes, in one unit. */
function takenBy(meter: Meter, series: ReadonlySet<string>): readonly string[] {
  return usedTerms(meter, series)
    .filter(({ sign }) => sign === 1)
    .map(({ register }) => register);
}

/** Splits the use of an enterprise with a computing centre; where its group is not one, nothing. */
async function withComputing(
  source: Source,
  asked: { readonly carrier: Carrier; readonly interval: Interval; readonly shown: Quarters },
  groups: readonly GroupUse[],
): Promise<readonly GroupUse[]> {
  if (asked.carrier !== "electricity") return groups;
  const centres = source.meters.filter(({ kind }) => kind === "compute-centre");
  const split: GroupUse[] = [];
  for (const group of groups) {
    const own = centres.filter(({ enterpriseId }) => enterpriseId === group.enterpriseId);
    const isOnly =
      groups.filter(({ enterpriseId }) => enterpriseId === group.enterpriseId).length === 1;
    let itAmount: number | null = null;
    for (const { id } of isOnly ? own : []) {
      const it = await shownAmount(source, { ...asked, meterId: id, registers: ["itKwh"] });
      // With a hole the rest would be called overhead, so it stays in one piece.
      if (it.slots === asked.shown.size) itAmount = (itAmount ?? 0) + it.amount;
    }
    split.push({ ...group, itAmount });
  }
  return split;
}

async function shownAmount(
  { ledger, asOfMs }: Source,
  asked: {
    readonly meterId: string;
    readonly registers: readonly string[];
    readonly interval: Interval;
    readonly shown: Quarters;
  },
): Promise<{ readonly amount: number; readonly slots: number; readonly grades: readonly Grade[] }> {
  const slots = new Set<number>();
  const grades = new Set<Grade>();
  let amount = 0;
  const { meterId, registers, shown } = asked;
  for (const portion of portions(asked.interval)) {
    const query = { meterIds: [meterId], registers, interval: portion };
    for (const sum of await ledger.sums(asOfMs === undefined ? query : { ...query, asOfMs })) {
      if (!shown.has(sum.startMs)) continue;
      amount += sum.amount;
      slots.add(sum.startMs);
      grades.add(sum.worstGrade);
    }
  }
  return { amount, slots: slots.size, grades: [...grades] };
}

function useKeys(loads: readonly Meter[]): readonly UseKey[] {
  const keys = new Map<string, UseKey>();
  for (const meter of loads) {
    const { loadGroupId: groupId, enterpriseId } = meter;
    const key = `${groupId ?? ""}/${enterpriseId ?? ""}`;
    const known = keys.get(key) ?? { groupId, enterpriseId, meters: [] };
    keys.set(key, known);
    known.meters.push(meter);
  }
  return [...keys.values()];
}

function portions({ startMs, endMs }: Interval): Interval[] {
  const count = Math.ceil((endMs - startMs) / portionMs);
  return Array.from({ length: count }, (_, index) => {
    const fromMs = startMs + index * portionMs;
    return { startMs: fromMs, endMs: Math.min(fromMs + portionMs, endMs) };
  });
}
