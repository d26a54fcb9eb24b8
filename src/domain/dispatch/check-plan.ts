import type { Breach, DispatchPlan, PlanSlot } from "./plan.ts";
import type { DispatchProblem } from "./problem.ts";

/** A rule that a plan does not keep; `startMs` is null for rules of the whole horizon. */
export interface PlanFinding {
  readonly rule: string;
  readonly startMs: number | null;
  readonly detail: string;
}

/** Two opposite powers in one step exclude each other below this. */
const exclusiveKw = 1e-3;
/** Rounding that a plan may show, as a share of the largest power, energy or amount of money. */
const roundingFraction = 1e-7;

/**
 * Proof that a plan does what it says: physics, limits, named breaches and money, recomputed from the
 * problem alone. It shares no code with the planner, so that one of them finds the other's mistakes.
 * An empty list means that the plan holds; it says nothing about whether a cheaper one exists.
 */
export function checkPlan(problem: DispatchProblem, plan: DispatchPlan): readonly PlanFinding[] {
  if (plan.slots.length !== problem.steps) {
    const detail = `${plan.slots.length} slots for ${problem.steps} steps`;
    return [{ rule: "slots", startMs: null, detail }];
  }
  const findings: PlanFinding[] = [];
  const spare = rounding(problem);
  const check = (startMs: number | null): Check => ({
    problem,
    spare,
    near: (a, b) => Math.abs(a - b) <= spare,
    report: (rule, holds, detail) => {
      if (!holds) findings.push({ rule, startMs, detail });
    },
  });
  for (const [step, slot] of plan.slots.entries()) {
    const atSlot = check(slot.startMs);
    checkFigures(atSlot, slot, step);
    checkPhysics(atSlot, plan.slots, step);
    checkLimits(atSlot, slot, step);
  }
  checkBreaches(check(null), plan);
  checkMoney(check(null), plan);
  return findings;
}

interface Check {
  readonly problem: DispatchProblem;
  /** Rounding in kW, and in kWh and kg, whose figures are of the same order. */
  readonly spare: number;
  readonly near: (a: number, b: number) => boolean;
  /** Takes note when a rule does not hold. */
  readonly report: (rule: string, holds: boolean, detail: string) => void;
}

function checkFigures({ problem, report }: Check, slot: PlanSlot, step: number): void {
  report("start", slot.startMs === problem.startMs + step * problem.stepMs, "starts elsewhere");
  for (const [name, value] of Object.entries(slot)) {
    report("figures", Number.isFinite(value), `${name} is ${value}`);
    if (name.endsWith("Kw")) report("sign", value >= 0, `${name} is negative: ${value}`);
  }
}

function checkPhysics(
  { problem, near, report }: Check,
  slots: readonly PlanSlot[],
  step: number,
): void {
  const { chargeEfficiency, dischargeEfficiency, initialKwh } = problem.storage;
  const slot = slots[step] as PlanSlot;
  const supplyKw =
    slot.importKw + slot.dischargeKw + slot.unservedKw + of(problem.renewableKw, step);
  const useKw = slot.exportKw + slot.chargeKw + slot.curtailKw + of(problem.loadKw, step);
  report("balance", near(supplyKw, useKw), `supply ${supplyKw} kW, use ${useKw} kW`);
  const beforeKwh = slots[step - 1]?.storedKwh ?? initialKwh;
  const inKwh = slot.chargeKw * problem.stepHours * chargeEfficiency;
  const outKwh = (slot.dischargeKw * problem.stepHours) / dischargeEfficiency;
  const afterKwh = beforeKwh + inKwh - outKwh;
  report(
    "energy",
    near(slot.storedKwh, afterKwh),
    `stored ${slot.storedKwh} kWh, counted ${afterKwh} kWh`,
  );
  const bothGridKw = Math.min(slot.importKw, slot.exportKw);
  report("exclusive", bothGridKw < exclusiveKw, `imports and exports ${bothGridKw} kW at once`);
  const bothStorageKw = Math.min(slot.chargeKw, slot.dischargeKw);
  report(
    "exclusive",
    bothStorageKw < exclusiveKw,
    `charges and discharges ${bothStorageKw} kW at once`,
  );
}

function checkLimits({ problem, spare, report }: Check, slot: PlanSlot, step: number): void {
  const { storage } = problem;
  const renewableKw = of(problem.renewableKw, step);
  for (const [name, value, max] of [
    ["chargeKw", slot.chargeKw, of(storage.chargeMaxKw, step)],
    ["dischargeKw", slot.dischargeKw, of(storage.dischargeMaxKw, step)],
    ["storedKwh", slot.storedKwh, storage.maxKwh],
    ["curtailKw", slot.curtailKw, renewableKw],
    ["unservedKw", slot.unservedKw, of(problem.loadKw, step)],
  ] as const) {
    report("limit", value <= max + spare, `${name} ${value} is above ${max}`);
  }
  const { storedKwh } = slot;
  report(
    "limit",
    storedKwh >= storage.minKwh - spare,
    `storedKwh ${storedKwh} is below the minimum`,
  );
  const exportableKw = renewableKw - slot.curtailKw;
  report(
    "source",
    problem.exportFromStorage || slot.exportKw <= exportableKw + spare,
    `exports ${slot.exportKw} kW of ${exportableKw} kW`,
  );
}

/** Every breach is named with its amount, and nothing is named that is kept. */
function checkBreaches({ problem, near, report }: Check, plan: DispatchPlan): void {
  const named = new Map(plan.breaches.map((breach) => [keyOf(breach), breach.amount]));
  report("breach", named.size === plan.breaches.length, "a breach is named twice");
  for (const { limit, startMs, amount } of overruns(problem, plan)) {
    const said = named.get(keyOf({ limit, startMs })) ?? 0;
    named.delete(keyOf({ limit, startMs }));
    const real = Math.max(0, amount);
    report("breach", near(said, real), `${limit} is exceeded by ${real}, named ${said}`);
  }
  report("breach", named.size === 0, `breaches of nothing: ${[...named.keys()].join(", ")}`);
  const status = plan.breaches.length === 0 ? "optimal" : "degraded";
  report("status", plan.status === status, `the status is ${plan.status}, not ${status}`);
}

function overruns(
  problem: DispatchProblem,
  { slots }: DispatchPlan,
): readonly Pick<Breach, "limit" | "startMs" | "amount">[] {
  const last = slots[slots.length - 1] as PlanSlot;
  const emissionsKgCo2 = emissionsOf(problem, slots);
  return [
    ...slots.flatMap(({ startMs, importKw, exportKw }, step) => [
      {
        limit: "importLimitKw" as const,
        startMs,
        amount: importKw - of(problem.importLimitKw, step),
      },
      {
        limit: "exportLimitKw" as const,
        startMs,
        amount: exportKw - of(problem.exportLimitKw, step),
      },
    ]),
    {
      limit: "terminalMinKwh",
      startMs: last.startMs,
      amount: problem.storage.terminalMinKwh - last.storedKwh,
    },
    {
      limit: "emissionsCapKgCo2",
      startMs: problem.startMs,
      amount: emissionsKgCo2 - problem.emissionsCapKgCo2,
    },
  ];
}

function keyOf({ limit, startMs }: Pick<Breach, "limit" | "startMs">): string {
  return `${limit}@${startMs}`;
}

function checkMoney({ problem, near, report }: Check, plan: DispatchPlan): void {
  const { slots, costs } = plan;
  const hours = problem.stepHours;
  const total = (amount: (slot: PlanSlot, step: number) => number): number => {
    let sum = 0;
    for (const [step, slot] of slots.entries()) sum += amount(slot, step);
    return sum;
  };
  const peakKw = Math.max(...slots.map(({ importKw }) => importKw));
  const emissionsKgCo2 = emissionsOf(problem, slots);
  const riseKw = peakKw > problem.freePeakKw ? peakKw - problem.freePeakKw : 0;
  const wear = problem.storage.wearCnyPerKwhDischarged;
  const penalty = problem.curtailmentPenaltyCnyPerKwh;
  const counted = {
    energyCny: total((slot, t) => slot.importKw * hours * of(problem.importPriceCnyPerKwh, t)),
    exportCny: -total((slot, t) => slot.exportKw * hours * of(problem.exportPriceCnyPerKwh, t)),
    demandCny: riseKw * problem.demandPriceCnyPerKw,
    carbonCny: emissionsKgCo2 * problem.carbonPriceCnyPerKg,
    wearCny: total((slot) => slot.dischargeKw * hours * wear),
    curtailmentCny: total((slot) => slot.curtailKw * hours * penalty),
  };
  const gross = Object.values(counted).reduce((sum, cny) => sum + Math.abs(cny), 1);
  const same = (a: number, b: number): boolean => Math.abs(a - b) <= gross * roundingFraction;
  for (const [name, cny] of Object.entries(counted)) {
    const said = costs[name as keyof typeof counted];
    report("money", same(said, cny), `${name} is ${said}, counted ${cny}`);
  }
  const sum = Object.values(counted).reduce((a, b) => a + b, 0);
  report(
    "money",
    same(plan.objectiveCny, sum),
    `objectiveCny ${plan.objectiveCny}, counted ${sum}`,
  );
  report("peak", near(plan.peakKw, peakKw), `peakKw is ${plan.peakKw}, counted ${peakKw}`);
  const spareKgCo2 = (Math.abs(emissionsKgCo2) + 1) * roundingFraction;
  report(
    "emissions",
    Math.abs(plan.emissionsKgCo2 - emissionsKgCo2) <= spareKgCo2,
    `emissionsKgCo2 is ${plan.emissionsKgCo2}, counted ${emissionsKgCo2}`,
  );
}

function emissionsOf(problem: DispatchProblem, slots: readonly PlanSlot[]): number {
  let kgCo2 = 0;
  for (const [step, slot] of slots.entries()) {
    kgCo2 += slot.importKw * problem.stepHours * of(problem.gridKgCo2PerKwh, step);
  }
  return kgCo2;
}

function rounding({ loadKw, renewableKw, storage }: DispatchProblem): number {
  let largest = storage.maxKwh;
  for (const series of [loadKw, renewableKw, storage.chargeMaxKw, storage.dischargeMaxKw]) {
    for (const kw of series) if (kw > largest) largest = kw;
  }
  return largest * roundingFraction;
}

function of(series: readonly number[], step: number): number {
  return series[step] ?? Number.NaN;
}
