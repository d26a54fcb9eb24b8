import type { DispatchModel } from "./dispatch-model.ts";
import type { Breach, DispatchPlan, LimitValues, PlanCosts, PlanSlot } from "./plan.ts";
import type { DispatchProblem } from "./problem.ts";
import { at, type StepColumns } from "./step-columns.ts";

/** Powers of one step as they stand in a solution, in kW. */
export interface StepPowers {
  readonly importKw: number;
  readonly exportKw: number;
  readonly curtailKw: number;
  readonly chargeKw: number;
  readonly dischargeKw: number;
}

/** Duals of the rows of a model in money, with the effect of breaches taken out. */
export type RowDuals = Float64Array;

/** Share of the model's unit below which a figure is solver noise. */
const noiseFraction = 1e-9;
/** Share of the model's unit from which on a limit counts as breached. */
const breachFraction = 1e-6;

export function stepPowers(model: DispatchModel, columns: Float64Array, step: number): StepPowers {
  const keys = model.steps[step] as StepColumns;
  const kw = (...names: readonly (number | null)[]): number =>
    names.reduce<number>((sum, name) => sum + (name === null ? 0 : (columns[name] ?? 0)), 0) *
    model.unitKw;
  return {
    importKw: kw(keys.importWithinColumn, keys.importBeyondColumn),
    exportKw: kw(keys.exportWithinColumn, keys.exportBeyondColumn),
    curtailKw: kw(keys.curtailColumn),
    chargeKw: kw(keys.chargeColumn),
    dischargeKw: kw(keys.dischargeColumn),
  };
}

/**
 * The plan that a solution stands for. Storage and curtailment are taken from the solution; import,
 * export and stored energy follow from them, so that the plan balances to the last digit.
 */
export function readPlan(
  problem: DispatchProblem,
  model: DispatchModel,
  columns: Float64Array,
  duals: RowDuals,
): DispatchPlan {
  const slots = planSlots(problem, model, columns, duals);
  const costs = planCosts(problem, slots);
  const breaches = planBreaches(problem, slots, model.unitKw * breachFraction);
  return {
    status: breaches.length === 0 ? "optimal" : "degraded",
    objectiveCny: Object.values(costs).reduce((sum: number, cny: number) => sum + cny, 0),
    costs,
    emissionsKgCo2: emissionsKgCo2(problem, slots),
    peakKw: highestKw(slots),
    slots,
    breaches,
    limitValues: limitValues(model, duals),
  };
}

function planSlots(
  problem: DispatchProblem,
  model: DispatchModel,
  columns: Float64Array,
  duals: RowDuals,
): readonly PlanSlot[] {
  const { storage, stepHours } = problem;
  const noiseKw = model.unitKw * noiseFraction;
  let storedKwh = storage.initialKwh;
  return problem.loadKw.map((loadKw, step) => {
    const powers = stepPowers(model, columns, step);
    const renewableKw = at(problem.renewableKw, step);
    const { chargeKw, dischargeKw } = oneWay(problem, powers, step, noiseKw);
    const curtailKw = within(powers.curtailKw, renewableKw, noiseKw);
    storedKwh +=
      stepHours * (storage.chargeEfficiency * chargeKw - dischargeKw / storage.dischargeEfficiency);
    const netKw = loadKw - (renewableKw - curtailKw) + chargeKw - dischargeKw;
    return {
      startMs: problem.startMs + step * problem.stepMs,
      chargeKw,
      dischargeKw,
      storedKwh,
      importKw: netKw > noiseKw ? netKw : 0,
      exportKw: netKw < -noiseKw ? -netKw : 0,
      curtailKw,
      // Import has no limit that is not soft, so that no load is ever left without power.
      unservedKw: 0,
      marginalCnyPerKwh: (duals[model.balanceRows[step] ?? -1] ?? Number.NaN) / stepHours,
      storedValueCnyPerKwh: plain(-(duals[model.energyRows[step] ?? -1] ?? Number.NaN)),
    };
  });
}

/** Charge and discharge with the smaller of the two, which is solver noise, taken out. */
function oneWay(
  { storage }: DispatchProblem,
  powers: StepPowers,
  step: number,
  noiseKw: number,
): Pick<StepPowers, "chargeKw" | "dischargeKw"> {
  const { chargeEfficiency, dischargeEfficiency } = storage;
  const intoKw = chargeEfficiency * powers.chargeKw - powers.dischargeKw / dischargeEfficiency;
  return intoKw > 0
    ? {
        chargeKw: within(intoKw / chargeEfficiency, at(storage.chargeMaxKw, step), noiseKw),
        dischargeKw: 0,
      }
    : {
        chargeKw: 0,
        dischargeKw: within(
          -intoKw * dischargeEfficiency,
          at(storage.dischargeMaxKw, step),
          noiseKw,
        ),
      };
}

function within(kw: number, maxKw: number, noiseKw: number): number {
  return kw <= noiseKw ? 0 : Math.min(kw, maxKw);
}

/** Minus zero looks like an error where a person reads it. */
function plain(value: number): number {
  return value === 0 ? 0 : value;
}

function planCosts(problem: DispatchProblem, slots: readonly PlanSlot[]): PlanCosts {
  const { stepHours, storage } = problem;
  const sum = (cnyPerHour: (slot: PlanSlot, step: number) => number): number =>
    plain(slots.reduce((total, slot, step) => total + cnyPerHour(slot, step), 0) * stepHours);
  return {
    energyCny: sum(({ importKw }, step) => importKw * at(problem.importPriceCnyPerKwh, step)),
    exportCny: sum(({ exportKw }, step) => -exportKw * at(problem.exportPriceCnyPerKwh, step)),
    demandCny: problem.demandPriceCnyPerKw * Math.max(0, highestKw(slots) - problem.freePeakKw),
    carbonCny: problem.carbonPriceCnyPerKg * emissionsKgCo2(problem, slots),
    wearCny: sum(({ dischargeKw }) => dischargeKw * storage.wearCnyPerKwhDischarged),
    curtailmentCny: sum(({ curtailKw }) => curtailKw * problem.curtailmentPenaltyCnyPerKwh),
  };
}

function emissionsKgCo2(problem: DispatchProblem, slots: readonly PlanSlot[]): number {
  return slots.reduce(
    (sum, { importKw }, step) =>
      sum + importKw * problem.stepHours * at(problem.gridKgCo2PerKwh, step),
    0,
  );
}

function highestKw(slots: readonly PlanSlot[]): number {
  return slots.reduce((most, { importKw }) => Math.max(most, importKw), 0);
}

function planBreaches(
  problem: DispatchProblem,
  slots: readonly PlanSlot[],
  noise: number,
): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const [step, { startMs, importKw, exportKw }] of slots.entries()) {
    const importOverKw = importKw - at(problem.importLimitKw, step);
    const exportOverKw = exportKw - at(problem.exportLimitKw, step);
    if (importOverKw > noise) {
      breaches.push({ limit: "importLimitKw", startMs, amount: importOverKw, unit: "kW" });
    }
    if (exportOverKw > noise) {
      breaches.push({ limit: "exportLimitKw", startMs, amount: exportOverKw, unit: "kW" });
    }
  }
  const last = slots.at(-1);
  const shortKwh = problem.storage.terminalMinKwh - (last?.storedKwh ?? 0);
  if (last !== undefined && shortKwh > noise) {
    const { startMs } = last;
    breaches.push({ limit: "terminalMinKwh", startMs, amount: shortKwh, unit: "kWh" });
  }
  const overKg = emissionsKgCo2(problem, slots) - problem.emissionsCapKgCo2;
  if (overKg > noise) {
    const { startMs } = problem;
    breaches.push({ limit: "emissionsCapKgCo2", startMs, amount: overKg, unit: "kgCO2" });
  }
  return breaches;
}

function limitValues({ peakRows, emissionsRow }: DispatchModel, duals: RowDuals): LimitValues {
  const peakCnyPerKw = peakRows.reduce((sum, row) => sum - (duals[row] ?? 0), 0);
  const emissionsCnyPerKg = emissionsRow === null ? 0 : -(duals[emissionsRow] ?? 0);
  return { peakCnyPerKw: plain(peakCnyPerKw), emissionsCnyPerKg: plain(emissionsCnyPerKg) };
}
