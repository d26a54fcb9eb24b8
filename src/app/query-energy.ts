import type { Carrier } from "../contracts/device-kinds.ts";
import {
  type EnergyScope,
  enterpriseScope,
  meterScope,
  parkConsumptionKwh,
  parkScope,
  type ScopePart,
} from "../domain/energy/energy-scope.ts";
import {
  type EnergyStep,
  energySteps,
  isOnStep,
  qualityByName,
  type StepInput,
  type StepName,
  stepStarts,
} from "../domain/energy/energy-steps.ts";
import { DomainError, NotFoundError } from "../domain/errors.ts";
import type { Meter } from "../domain/park.ts";
import { maySeeEnterprise, type Principal } from "../domain/principal.ts";
import { dayMs, type Interval, quarterHourMs } from "../domain/time.ts";
import type { Ledger, SlotSum } from "./ports.ts";
import type { Registry } from "./registry.ts";

export interface EnergyRequest {
  /** `meter:ID`, `enterprise:ID` or `park`. */
  readonly scope: string;
  readonly carrier: Carrier | undefined;
  readonly interval: Interval;
  readonly step: StepName;
  readonly asOfMs?: number | undefined;
}

export interface EnergyAnswer {
  readonly scope: string;
  readonly carrier: Carrier;
  readonly unit: string;
  readonly step: StepName;
  readonly steps: readonly EnergyStep[];
  readonly total: EnergyStep;
  /** The total of each register with its own grade and coverage. */
  readonly registers: Readonly<Record<string, EnergyStep>>;
  readonly meterIds: readonly string[];
}

export interface QueryEnergyDependencies {
  readonly registry: Registry;
  readonly ledger: Pick<Ledger, "sums" | "series">;
}

/** Steps that one answer may have; a longer span asks for a coarser step. */
const stepsMax = 40_000;
/** The ledger is read in portions, so that a year does not hold up everybody else. */
const portionMs = 14 * dayMs;

/** Energy of a meter, an enterprise or the park, from the quarter-hour ledger. */
export async function queryEnergy(
  dependencies: QueryEnergyDependencies,
  principal: Principal,
  request: EnergyRequest,
): Promise<EnergyAnswer> {
  const { registry, ledger } = dependencies;
  const { interval, step, asOfMs } = request;
  const { timezone } = registry.park;
  requireSteps(interval, step, timezone);
  const scope = scopeOf(registry, principal, request);
  const series = await ledger.series();
  const parts = expectedParts(scope, series);
  const inputs: StepInput[] = [];
  for (let startMs = interval.startMs; startMs < interval.endMs; startMs += portionMs) {
    const endMs = Math.min(startMs + portionMs, interval.endMs);
    for (const { name, register, meterIds } of groupedParts(parts)) {
      const query = { meterIds, registers: [register], interval: { startMs, endMs } };
      const sums = await ledger.sums(asOfMs === undefined ? query : { ...query, asOfMs });
      for (const sum of sums) inputs.push(stepInput(name, sum));
    }
  }
  const expected = new Map(scope.names.map((name) => [name, 0]));
  for (const { name } of parts) expected.set(name, (expected.get(name) ?? 0) + 1);
  const steps = energySteps(inputs, stepStarts(interval, step, timezone), interval.endMs, expected);
  const [total] = energySteps(inputs, [interval.startMs], interval.endMs, expected);
  return {
    scope: request.scope,
    carrier: scope.carrier,
    unit: scope.unit,
    step,
    steps: request.scope === "park" ? steps.map(withConsumption) : steps,
    total: request.scope === "park" ? withConsumption(total as EnergyStep) : (total as EnergyStep),
    registers: qualityByName(inputs, interval, expected),
    meterIds: [...new Set(scope.parts.map(({ meterId }) => meterId))],
  };
}

function withConsumption(step: EnergyStep): EnergyStep {
  if (!("importKwh" in step.amounts)) return step;
  const amounts = { ...step.amounts, consumptionKwh: parkConsumptionKwh(step.amounts) };
  return { ...step, amounts };
}

function stepInput(name: string, sum: SlotSum): StepInput {
  return {
    name,
    startMs: sum.startMs,
    amount: sum.amount,
    estimatedAmount: sum.estimatedAmount,
    grade: sum.worstGrade,
    coverageSum: sum.coverageSum,
    meterCount: sum.meterCount,
    revision: sum.revisionMax,
  };
}

/**
 * Parts that should have a figure: the registers that a meter has ever reported, or its main one when
 * nothing has ever come from it, so that a silent meter shows as missing and not as absent.
 */
function expectedParts(scope: EnergyScope, series: ReadonlySet<string>): readonly ScopePart[] {
  const reporting = new Set([...series].map((key) => key.slice(0, key.indexOf("/"))));
  const started = new Set<string>();
  return scope.parts.filter(({ meterId, register }) => {
    if (reporting.has(meterId)) return series.has(`${meterId}/${register}`);
    const isMain = !started.has(meterId);
    started.add(meterId);
    return isMain;
  });
}

interface PartGroup {
  readonly name: string;
  readonly register: string;
  readonly meterIds: string[];
}

function groupedParts(parts: readonly ScopePart[]): PartGroup[] {
  const groups = new Map<string, PartGroup>();
  for (const { meterId, register, name } of parts) {
    const key = `${name}/${register}`;
    const group = groups.get(key) ?? { name, register, meterIds: [] };
    groups.set(key, group);
    group.meterIds.push(meterId);
  }
  return [...groups.values()];
}

function scopeOf(registry: Registry, principal: Principal, request: EnergyRequest): EnergyScope {
  const [kind, id = ""] = request.scope.split(":", 2);
  if (request.scope === "park") {
    if (principal.enterpriseId !== null) throw unknownScope(request.scope);
    return parkScope(registry.meters(), request.carrier ?? "electricity");
  }
  if (kind === "enterprise") {
    const known = registry.enterprise(id) !== undefined && maySeeEnterprise(principal, id);
    if (!known) throw unknownScope(request.scope);
    return enterpriseScope(registry.meters(), id, request.carrier ?? "electricity");
  }
  if (kind === "meter") return meterScope(visibleMeter(registry, principal, id));
  throw new DomainError("invalid_scope", `${request.scope} is not a scope`, {
    remedy: "write meter:ID, enterprise:ID or park",
  });
}

/** The meter, if the principal may see it; another tenant's meter is not found. */
export function visibleMeter(registry: Registry, principal: Principal, id: string): Meter {
  const meter = registry.meter(id);
  if (meter === undefined || !maySeeEnterprise(principal, meter.enterpriseId)) {
    throw unknownScope(`meter:${id}`);
  }
  return meter;
}

function unknownScope(scope: string): NotFoundError {
  return new NotFoundError("not_found", `there is no ${scope}`, {
    remedy: "GET /api/v1/meters and /api/v1/enterprises list what there is",
  });
}

function requireSteps(interval: Interval, step: StepName, timezone: string): void {
  if (interval.endMs <= interval.startMs) {
    throw new DomainError("invalid_interval", "`to` must be later than `from`", {
      remedy: "intervals are half-open: [from, to)",
    });
  }
  if ((interval.endMs - interval.startMs) / quarterHourMs > stepsMax) {
    throw new DomainError("interval_too_long", `at most ${stepsMax} quarter hours in one answer`, {
      remedy: "ask for a shorter span, year by year",
    });
  }
  for (const [field, tsMs] of [
    ["from", interval.startMs],
    ["to", interval.endMs],
  ] as const) {
    if (isOnStep(tsMs, step, timezone)) continue;
    throw new DomainError("off_step", `\`${field}\` does not lie on a boundary of ${step}`, {
      remedy: `use full quarter hours or hours, or days and months that begin at midnight in ${timezone}`,
    });
  }
}
