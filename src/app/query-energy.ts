import type { Carrier } from "../contracts/device-kinds.ts";
import {
  type EnergyScope,
  hasMains,
  parkConsumptionKwh,
  type ScopePart,
} from "../domain/energy/energy-scope.ts";
import {
  type DayInput,
  type EnergyStep,
  EnergySteps,
  isOnStep,
  type StepName,
  stepStarts,
} from "../domain/energy/energy-steps.ts";
import { DomainError } from "../domain/errors.ts";
import type { Principal } from "../domain/principal.ts";
import { dayMs, type Interval, quarterHourMs } from "../domain/time.ts";
import { expectedParts, groupedParts, type PartGroup, scopeOf, stepInput } from "./energy-parts.ts";
import type { DaySum } from "./ledger-ports.ts";
import type { DropTasks } from "./meter-ports.ts";
import type { Ledger } from "./ports.ts";
import { provisionalFromMs } from "./provisional.ts";
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
  /** From here on a register waits for a decision, so that what follows may change; null: none does. */
  readonly provisionalFromMs: number | null;
}

export interface QueryEnergyDependencies {
  readonly registry: Registry;
  readonly dropTasks: DropTasks;
  readonly ledger: Pick<Ledger, "sums" | "days" | "series">;
}

/** Steps that one answer may have; a longer span asks for a coarser step. */
const stepsMax = 40_000;
/** The ledger is read in portions, so that a year does not hold up everybody else. */
const portionMs = 14 * dayMs;
/** Days are a hundredth of the slots. */
const dayPortionMs = 366 * dayMs;

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
  const parts = expectedParts(scope, await ledger.series());
  const starts = stepStarts(interval, step, timezone);
  const sums = collectors({ starts, interval, names: scope.names, parts });
  const groups = groupedParts(parts);
  const isByDay = (step === "1d" || step === "1mo") && asOfMs === undefined;
  const isAnswered = isByDay && (await addDays(ledger, { interval, groups, sums }));
  if (!isAnswered) await addSlots(ledger, { interval, groups, sums, asOfMs });
  const isBalanced = request.scope === "park" && hasMains(registry.meters(), scope.carrier);
  const answered = isBalanced ? withConsumption : (one: EnergyStep): EnergyStep => one;
  return {
    scope: request.scope,
    carrier: scope.carrier,
    unit: unitOf(scope, parts),
    step,
    steps: sums.steps.steps().map(answered),
    total: answered(onlyStep(sums.total)),
    registers: Object.fromEntries(
      [...sums.byName].map(([name, collector]) => [name, onlyStep(collector)]),
    ),
    meterIds: [...new Set(scope.parts.map(({ meterId }) => meterId))],
    provisionalFromMs: await provisionalFromMs(dependencies.dropTasks, scope.parts, asOfMs),
  };
}

interface Gathering {
  readonly interval: Interval;
  readonly groups: readonly PartGroup[];
  readonly sums: ReturnType<typeof collectors>;
}

/** Collects from the quarter hours, as known now or at an instant. */
async function addSlots(
  ledger: Pick<Ledger, "sums">,
  { interval, groups, sums, asOfMs }: Gathering & { readonly asOfMs: number | undefined },
): Promise<void> {
  for (const portion of portions(interval, portionMs)) {
    for (const { name, register, meterIds } of groups) {
      const query = { meterIds, registers: [register], interval: portion };
      const found = await ledger.sums(asOfMs === undefined ? query : { ...query, asOfMs });
      const inputs = found.map((sum) => stepInput(name, sum));
      for (const collector of sums.of(name)) collector.add(inputs);
    }
  }
}

/** Collects from the totals of the days; answers whether there were any to collect from. */
async function addDays(
  ledger: Pick<Ledger, "days">,
  { interval, groups, sums }: Gathering,
): Promise<boolean> {
  const found: DayInput[] = [];
  for (const portion of portions(interval, dayPortionMs)) {
    for (const { name, register, meterIds } of groups) {
      const days = await ledger.days({ meterIds, registers: [register], interval: portion });
      if (days === null) return false;
      found.push(...days.map((day) => dayInput(name, day)));
    }
  }
  for (const input of found) {
    for (const collector of sums.of(input.name)) collector.addDays([input]);
  }
  return true;
}

function portions({ startMs, endMs }: Interval, lengthMs: number): Interval[] {
  const count = Math.ceil((endMs - startMs) / lengthMs);
  return Array.from({ length: count }, (_, index) => {
    const fromMs = startMs + index * lengthMs;
    return { startMs: fromMs, endMs: Math.min(fromMs + lengthMs, endMs) };
  });
}

/** The steps, the whole interval, and the whole interval of each name by itself. */
function collectors(wanted: {
  readonly starts: readonly number[];
  readonly interval: Interval;
  readonly names: readonly string[];
  readonly parts: readonly ScopePart[];
}) {
  const { starts, names, parts } = wanted;
  const { startMs, endMs } = wanted.interval;
  const whole = { starts: [startMs], endMs };
  const steps = new EnergySteps({ starts, endMs, names, parts });
  const total = new EnergySteps({ ...whole, names, parts });
  const byName = new Map(
    names.map((name) => {
      const own = parts.filter((part) => part.name === name);
      return [name, new EnergySteps({ ...whole, names: [name], parts: own })] as const;
    }),
  );
  return {
    ...{ steps, total, byName },
    /** Those that a figure of this name is a part of. */
    of: (name: string): readonly EnergySteps[] => {
      const own = byName.get(name);
      return own === undefined ? [steps, total] : [steps, total, own];
    },
  };
}

function onlyStep(collector: EnergySteps): EnergyStep {
  return collector.steps()[0] as EnergyStep;
}

/** The unit of what is there: a gas meter may count cubic metres instead of standard ones. */
function unitOf(scope: EnergyScope, parts: readonly ScopePart[]): string {
  const isUsed = parts.some(({ unit }) => unit === scope.unit);
  return isUsed ? scope.unit : (parts[0]?.unit ?? scope.unit);
}

function withConsumption(step: EnergyStep): EnergyStep {
  if (!("importKwh" in step.amounts)) return step;
  const amounts = { ...step.amounts, consumptionKwh: parkConsumptionKwh(step.amounts) };
  return { ...step, amounts };
}

function dayInput(name: string, sum: DaySum): DayInput {
  const { day, amount, estimatedAmount, coverageSum, wholeCount, partial } = sum;
  return {
    ...{ name, day, amount, estimatedAmount, coverageSum, wholeCount, partial },
    grade: sum.worstGrade,
    revision: sum.revisionMax,
  };
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
      pointer: `/${field}`,
    });
  }
}
