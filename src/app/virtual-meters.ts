import { type StepName, stepStarts } from "../domain/energy/energy-steps.ts";
import { evaluate, registersIn } from "../domain/energy/formula.ts";
import {
  type ResolvedFormula,
  requireFreeId,
  resolveFormula,
  type VirtualMeter,
} from "../domain/energy/virtual-meter.ts";
import { DomainError, NotFoundError } from "../domain/errors.ts";
import {
  maySeeEnterprise,
  type Principal,
  requireParkWide,
  requireRole,
} from "../domain/principal.ts";
import { worse } from "../domain/telemetry/close-slots.ts";
import type { Grade, LedgerSlot } from "../domain/telemetry/slot.ts";
import { dayMs, type Interval, quarterHourMs } from "../domain/time.ts";
import { auditNote } from "./audit-note.ts";
import { requireQuarters } from "./common-quarters.ts";
import type { Clock, Ledger } from "./ports.ts";
import type { Registry } from "./registry.ts";
import type { VirtualMeterStore } from "./virtual-meter-ports.ts";

export interface VirtualMeterDependencies {
  readonly registry: Registry;
  readonly virtualMeters: VirtualMeterStore;
  /** Those of the park file. */
  readonly parkVirtualMeters: readonly VirtualMeter[];
  readonly ledger: Pick<Ledger, "slots">;
  readonly clock: Clock;
}

type Known = Pick<VirtualMeterDependencies, "registry" | "virtualMeters" | "parkVirtualMeters">;

export interface ListedVirtualMeter extends VirtualMeter {
  readonly unit: string;
  readonly registers: readonly { readonly meterId: string; readonly register: string }[];
  /** Why it can no longer be worked out, such as a meter that is gone; null when it can. */
  readonly problem: string | null;
}

async function allOf({
  virtualMeters,
  parkVirtualMeters,
}: Known): Promise<readonly VirtualMeter[]> {
  return [...parkVirtualMeters, ...(await virtualMeters.all())];
}

function listed(
  known: Known,
  meter: VirtualMeter,
  all: readonly VirtualMeter[],
): ListedVirtualMeter {
  try {
    const { formula, unit } = resolved(known, meter, all);
    return { ...meter, unit, registers: registersIn(formula), problem: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { ...meter, unit: "", registers: [], problem: error.message };
  }
}

function resolved(
  { registry }: Known,
  meter: VirtualMeter,
  all: readonly VirtualMeter[],
): ResolvedFormula {
  return resolveFormula(meter, all, (id) => registry.meter(id));
}

/** The virtual meters that the principal may see. */
export async function listVirtualMeters(
  known: Known,
  principal: Principal,
): Promise<readonly ListedVirtualMeter[]> {
  const all = await allOf(known);
  return all
    .filter(({ enterpriseId }) => maySeeEnterprise(principal, enterpriseId))
    .map((meter) => listed(known, meter, all));
}

/**
 * Registers a meter by formula. It may need meters and virtual meters that exist, so that none can need
 * itself.
 *
 * @throws {ForbiddenError}; {ConflictError} `id_taken`; {DomainError} `invalid_formula`,
 *   `formula_cycle`, `unknown_reference`, `unit_mismatch`.
 */
export async function addVirtualMeter(
  dependencies: VirtualMeterDependencies,
  principal: Principal,
  meter: VirtualMeter,
): Promise<ListedVirtualMeter> {
  requireParkWide(principal);
  requireRole(principal, "manager", "sysadmin");
  const { registry, virtualMeters, clock } = dependencies;
  const all = await allOf(dependencies);
  requireFreeId(meter.id, all);
  const { enterpriseId } = meter;
  if (enterpriseId !== null && registry.enterprise(enterpriseId) === undefined) {
    throw new DomainError("unknown_reference", `there is no enterprise ${enterpriseId}`, {
      remedy: "register the enterprise first, or correct the id",
      pointer: "/enterpriseId",
    });
  }
  resolved(dependencies, meter, all);
  const deed = { action: "virtual-meter.add", object: `virtual-meter:${meter.id}`, after: meter };
  await virtualMeters.add(meter, auditNote(principal, clock, deed));
  return listed(dependencies, meter, all);
}

/** One step of a virtual meter; grade, coverage and estimated share are those of its worst operand. */
export interface VirtualStep {
  readonly startMs: number;
  /** Sum of the quarter hours that are known; null when none is. */
  readonly amount: number | null;
  readonly grade: Grade | null;
  readonly coverage: number;
  readonly estimatedFraction: number;
  readonly missingSlotCount: number;
}

export interface VirtualEnergy {
  readonly meter: ListedVirtualMeter;
  readonly steps: readonly VirtualStep[];
  readonly total: VirtualStep;
}

/** The ledger is read in portions, so that a year does not hold up everybody else. */
const portionMs = 7 * dayMs;

/**
 * Energy of a virtual meter: the formula is worked out for each quarter hour and added up. A quarter
 * hour in which one operand is not known is missing, never worked out with zero.
 *
 * @throws {NotFoundError} `not_found`; {DomainError} `invalid_interval`, `off_step`,
 *   `interval_too_long`.
 */
export async function queryVirtualEnergy(
  dependencies: VirtualMeterDependencies,
  principal: Principal,
  asked: {
    readonly id: string;
    readonly interval: Interval;
    readonly step: StepName;
    readonly asOfMs: number | undefined;
  },
): Promise<VirtualEnergy> {
  requireQuarters(asked.interval);
  const all = await allOf(dependencies);
  const meter = all.find(({ id }) => id === asked.id);
  if (meter === undefined || !maySeeEnterprise(principal, meter.enterpriseId)) {
    throw new NotFoundError("not_found", `there is no virtual meter ${asked.id}`, {
      remedy: "GET /api/v1/virtual-meters lists what there is",
    });
  }
  const formula = resolved(dependencies, meter, all);
  const quarters = await quartersOf(dependencies.ledger, formula, asked);
  const { interval, step } = asked;
  const starts = stepStarts(interval, step, dependencies.registry.park.timezone);
  const steps = starts.map((startMs, index) =>
    sumOf(quarters, { startMs, endMs: starts[index + 1] ?? interval.endMs }),
  );
  return { meter: listed(dependencies, meter, all), steps, total: sumOf(quarters, interval) };
}

type Quarters = ReadonlyMap<number, Omit<VirtualStep, "missingSlotCount" | "startMs">>;

async function quartersOf(
  ledger: Pick<Ledger, "slots">,
  { formula }: ResolvedFormula,
  asked: { readonly interval: Interval; readonly asOfMs: number | undefined },
): Promise<Quarters> {
  const needed = registersIn(formula);
  const quarters = new Map<number, Omit<VirtualStep, "missingSlotCount" | "startMs">>();
  const { startMs, endMs } = asked.interval;
  for (let fromMs = startMs; fromMs < endMs; fromMs += portionMs) {
    const interval = { startMs: fromMs, endMs: Math.min(fromMs + portionMs, endMs) };
    const slots = await ledger.slots({
      ...{ interval, meterIds: [...new Set(needed.map(({ meterId }) => meterId))] },
      registers: [...new Set(needed.map(({ register }) => register))],
      ...(asked.asOfMs === undefined ? {} : { asOfMs: asked.asOfMs }),
    });
    const byKey = new Map(
      slots.map((slot) => [keyOf(slot.meterId, slot.register, slot.startMs), slot]),
    );
    for (let atMs = interval.startMs; atMs < interval.endMs; atMs += quarterHourMs) {
      const operand = (meterId: string, register: string): LedgerSlot | undefined => {
        const slot = byKey.get(keyOf(meterId, register, atMs));
        return slot?.grade === "X" ? undefined : slot;
      };
      const amount = evaluate(
        formula,
        (meterId, register) => operand(meterId, register)?.amount ?? null,
      );
      if (amount === null) continue;
      const operands = needed.flatMap(({ meterId, register }) => operand(meterId, register) ?? []);
      quarters.set(atMs, { amount, ...worstOf(operands) });
    }
  }
  return quarters;
}

function keyOf(meterId: string, register: string, startMs: number): string {
  return `${meterId}.${register}@${startMs}`;
}

function worstOf(
  operands: readonly Pick<LedgerSlot, "grade" | "coverage" | "estimatedFraction">[],
) {
  const grades = operands.flatMap(({ grade }) => grade ?? []);
  return {
    grade: grades.length === 0 ? null : grades.reduce(worse),
    coverage: Math.min(1, ...operands.map(({ coverage }) => coverage)),
    estimatedFraction: Math.max(0, ...operands.map(({ estimatedFraction }) => estimatedFraction)),
  };
}

function sumOf(quarters: Quarters, { startMs, endMs }: Interval): VirtualStep {
  const known = [];
  for (let atMs = startMs; atMs < endMs; atMs += quarterHourMs) {
    const quarter = quarters.get(atMs);
    if (quarter !== undefined) known.push(quarter);
  }
  const expected = (endMs - startMs) / quarterHourMs;
  const sizes = known.map(({ amount }) => Math.abs(amount ?? 0));
  const moved = sizes.reduce((sum, size) => sum + size, 0);
  const estimated = known.reduce(
    (sum, { estimatedFraction }, index) => sum + estimatedFraction * (sizes[index] ?? 0),
    0,
  );
  const grades = known.flatMap(({ grade }) => grade ?? []);
  return {
    startMs,
    amount: known.length === 0 ? null : known.reduce((sum, one) => sum + (one.amount ?? 0), 0),
    grade: grades.length === 0 ? null : grades.reduce(worse),
    coverage: known.reduce((sum, { coverage }) => sum + coverage, 0) / expected,
    estimatedFraction: moved > 0 ? estimated / moved : 0,
    missingSlotCount: expected - known.length,
  };
}
