import { DomainError } from "../errors.ts";
import { hourMs, minuteMs } from "../time.ts";

/** Most steps of one problem: a month of quarter hours. */
export const stepsMax = 2976;

/** One value for every step, or one for all of them. */
export type PerStep = number | readonly number[];

/** What is asked, as it comes in: absent and null mean none, 0 or unlimited. */
export interface ProblemInput {
  readonly startMs: number;
  readonly stepMinutes: number;
  readonly loadKw: readonly number[];
  readonly pvKw?: readonly number[] | null | undefined;
  readonly directKw?: readonly number[] | null | undefined;
  readonly importPriceCnyPerKwh: readonly number[];
  readonly exportPriceCnyPerKwh?: readonly number[] | null | undefined;
  readonly gridKgCo2PerKwh?: readonly number[] | null | undefined;
  readonly carbonPriceCnyPerKg?: number | null | undefined;
  readonly emissionsCapKgCo2?: number | null | undefined;
  readonly importLimitKw?: PerStep | null | undefined;
  readonly exportLimitKw?: PerStep | null | undefined;
  readonly exportFromStorage?: boolean | null | undefined;
  readonly curtailmentPenaltyCnyPerKwh?: number | null | undefined;
  readonly demand?: DemandInput | null | undefined;
  readonly storage: StorageInput;
}

export interface DemandInput {
  readonly priceCnyPerKw?: number | null | undefined;
  readonly peakSoFarKw?: number | null | undefined;
  readonly floorKw?: number | null | undefined;
}

export interface StorageInput {
  readonly capacityKwh: number;
  readonly minKwh: number;
  readonly maxKwh: number;
  readonly initialKwh: number;
  readonly terminalMinKwh?: number | null | undefined;
  readonly chargeMaxKw: PerStep;
  readonly dischargeMaxKw: PerStep;
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  readonly wearCnyPerKwhDischarged?: number | null | undefined;
}

/** A problem that holds together: every series has one finite value for each step. */
export interface DispatchProblem {
  readonly startMs: number;
  readonly stepMs: number;
  readonly stepHours: number;
  readonly steps: number;
  readonly loadKw: readonly number[];
  /** PV and direct line together: free energy that may be curtailed. */
  readonly renewableKw: readonly number[];
  readonly importPriceCnyPerKwh: readonly number[];
  readonly exportPriceCnyPerKwh: readonly number[];
  readonly gridKgCo2PerKwh: readonly number[];
  readonly carbonPriceCnyPerKg: number;
  /** Infinity: no cap. */
  readonly emissionsCapKgCo2: number;
  /** Infinity: no limit in this step. */
  readonly importLimitKw: readonly number[];
  /** Infinity: no limit in this step. */
  readonly exportLimitKw: readonly number[];
  readonly exportFromStorage: boolean;
  readonly curtailmentPenaltyCnyPerKwh: number;
  readonly demandPriceCnyPerKw: number;
  /** Peak up to which demand costs nothing more: max(peak so far, floor). */
  readonly freePeakKw: number;
  readonly storage: StorageLimits;
}

export interface StorageLimits {
  readonly minKwh: number;
  readonly maxKwh: number;
  readonly initialKwh: number;
  readonly terminalMinKwh: number;
  readonly chargeMaxKw: readonly number[];
  readonly dischargeMaxKw: readonly number[];
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  readonly wearCnyPerKwhDischarged: number;
}

/** One thing that is wrong with a request, and the keys that lead to it. */
export interface ProblemFault {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

/** The parts of the request contradict each other; `faults` lists everything at once. */
export class DispatchProblemError extends DomainError {
  override readonly name = "DispatchProblemError";
  readonly faults: readonly ProblemFault[];

  constructor(faults: readonly ProblemFault[]) {
    super("invalid_dispatch_problem", faults.map(({ detail }) => detail).join("; "), {
      remedy: "correct the named fields; nothing is filled in or guessed",
    });
    this.faults = faults;
  }
}

/**
 * Brings a request into the form that is planned with, or says everything that is wrong with it.
 *
 * @throws {DispatchProblemError} when lengths, bounds or the storage's energies do not fit together.
 */
export function dispatchProblem(input: ProblemInput): DispatchProblem {
  const faults = [...seriesFaults(input), ...storageFaults(input.storage), ...capFaults(input)];
  if (faults.length > 0) throw new DispatchProblemError(faults);
  const steps = input.loadKw.length;
  const { demand } = input;
  const pvKw = perStep(input.pvKw, steps, 0);
  const directKw = perStep(input.directKw, steps, 0);
  const stepMs = input.stepMinutes * minuteMs;
  return {
    startMs: input.startMs,
    stepMs,
    stepHours: stepMs / hourMs,
    steps,
    loadKw: input.loadKw,
    renewableKw: pvKw.map((kw, step) => kw + (directKw[step] ?? 0)),
    importPriceCnyPerKwh: input.importPriceCnyPerKwh,
    exportPriceCnyPerKwh: perStep(input.exportPriceCnyPerKwh, steps, 0),
    gridKgCo2PerKwh: perStep(input.gridKgCo2PerKwh, steps, 0),
    carbonPriceCnyPerKg: orElse(input.carbonPriceCnyPerKg, 0),
    emissionsCapKgCo2: orElse(input.emissionsCapKgCo2, unlimited),
    importLimitKw: perStep(input.importLimitKw, steps, unlimited),
    exportLimitKw: perStep(input.exportLimitKw, steps, unlimited),
    exportFromStorage: input.exportFromStorage === true,
    curtailmentPenaltyCnyPerKwh: orElse(input.curtailmentPenaltyCnyPerKwh, 0),
    demandPriceCnyPerKw: orElse(demand?.priceCnyPerKw, 0),
    freePeakKw: Math.max(orElse(demand?.peakSoFarKw, 0), orElse(demand?.floorKw, 0)),
    storage: storageLimits(input.storage, steps),
  };
}

const unlimited = Number.POSITIVE_INFINITY;

function storageLimits(storage: StorageInput, steps: number): StorageLimits {
  return {
    minKwh: storage.minKwh,
    maxKwh: storage.maxKwh,
    initialKwh: storage.initialKwh,
    terminalMinKwh: orElse(storage.terminalMinKwh, 0),
    chargeMaxKw: perStep(storage.chargeMaxKw, steps, 0),
    dischargeMaxKw: perStep(storage.dischargeMaxKw, steps, 0),
    chargeEfficiency: storage.chargeEfficiency,
    dischargeEfficiency: storage.dischargeEfficiency,
    wearCnyPerKwhDischarged: orElse(storage.wearCnyPerKwhDischarged, 0),
  };
}

function orElse(value: number | null | undefined, fallback: number): number {
  return value ?? fallback;
}

function perStep(
  value: PerStep | null | undefined,
  steps: number,
  fallback: number,
): readonly number[] {
  if (typeof value === "object" && value !== null) return value;
  return new Array<number>(steps).fill(value ?? fallback);
}

/** Why no plan can exist, although the request is well formed. */
export interface Impossibility {
  readonly reason: string;
  readonly remedy: string;
}

/**
 * The one thing that makes a problem impossible: a storage that starts outside of its own limits and
 * cannot be back inside by the end of the first step. Everything else can be kept or is soft: an idle
 * storage stays inside, import covers any load, and curtailment takes any surplus.
 *
 *     charge needed    = (min − initial) / (chargeEfficiency × h)      ≤ chargeMax
 *     discharge needed = (initial − max) × dischargeEfficiency / h     ≤ dischargeMax, and ≤ load
 *                                                                        when storage may not export
 */
export function impossibility(problem: DispatchProblem): Impossibility | null {
  const { storage, stepHours, loadKw, exportFromStorage } = problem;
  const { minKwh, maxKwh, initialKwh } = storage;
  const chargeKw = (minKwh - initialKwh) / (storage.chargeEfficiency * stepHours);
  if (chargeKw > (storage.chargeMaxKw[0] ?? 0)) {
    return outside(
      `starts at ${initialKwh} kWh, below minKwh ${minKwh}, and charging cannot bring it back in the first step: ${chargeKw.toFixed(1)} kW would be needed`,
    );
  }
  const dischargeKw = ((initialKwh - maxKwh) * storage.dischargeEfficiency) / stepHours;
  const dischargeMaxKw = storage.dischargeMaxKw[0] ?? 0;
  const takenKw = exportFromStorage ? dischargeMaxKw : Math.min(dischargeMaxKw, loadKw[0] ?? 0);
  if (dischargeKw > takenKw) {
    return outside(
      `starts at ${initialKwh} kWh, above maxKwh ${maxKwh}, and ${dischargeKw.toFixed(1)} kW would have to be discharged in the first step, of which ${takenKw} kW can be`,
    );
  }
  return null;
}

function outside(how: string): Impossibility {
  return {
    reason: `the storage ${how}`,
    remedy: "correct initialKwh, or widen minKwh and maxKwh while the storage returns",
  };
}

function seriesFaults(input: ProblemInput): ProblemFault[] {
  const steps = input.loadKw.length;
  const series: readonly Series[] = [
    { path: ["pvKw"], values: input.pvKw },
    { path: ["directKw"], values: input.directKw },
    { path: ["importPriceCnyPerKwh"], values: input.importPriceCnyPerKwh },
    { path: ["exportPriceCnyPerKwh"], values: input.exportPriceCnyPerKwh },
    { path: ["gridKgCo2PerKwh"], values: input.gridKgCo2PerKwh },
    { path: ["importLimitKw"], values: input.importLimitKw },
    { path: ["exportLimitKw"], values: input.exportLimitKw },
    { path: ["storage", "chargeMaxKw"], values: input.storage.chargeMaxKw },
    { path: ["storage", "dischargeMaxKw"], values: input.storage.dischargeMaxKw },
  ];
  const faults: ProblemFault[] = [];
  if (steps < 1 || steps > stepsMax) {
    const detail = `loadKw has ${steps} steps; 1 to ${stepsMax} can be planned`;
    faults.push({ path: ["loadKw"], detail });
  }
  for (const { path, values } of series) {
    if (typeof values !== "object" || values === null || values.length === steps) continue;
    const detail = `${path.join(".")} has ${values.length} values, loadKw has ${steps}`;
    faults.push({ path, detail });
  }
  return [...faults, ...holes([{ path: ["loadKw"], values: input.loadKw }, ...series])];
}

interface Series {
  readonly path: readonly string[];
  readonly values: PerStep | null | undefined;
}

/** A hole in a series is refused, because every way to fill it would be an invented figure. */
function holes(series: readonly Series[]): readonly ProblemFault[] {
  return series.flatMap(({ path, values }) => {
    const list = typeof values === "number" ? [values] : (values ?? []);
    const hole = list.findIndex((value) => !Number.isFinite(value));
    if (hole < 0) return [];
    const place = typeof values === "number" ? path : [...path, hole];
    const detail = `${place.join(".")} is not a finite number`;
    return [{ path: place, detail }];
  });
}

function storageFaults(storage: StorageInput): ProblemFault[] {
  const { capacityKwh, minKwh, maxKwh, initialKwh } = storage;
  const faults: ProblemFault[] = [];
  if (!(minKwh <= maxKwh)) {
    const detail = `minKwh ${minKwh} is above maxKwh ${maxKwh}`;
    faults.push({ path: ["storage", "minKwh"], detail });
  }
  for (const [name, kwh] of [
    ["maxKwh", maxKwh],
    ["initialKwh", initialKwh],
  ] as const) {
    if (kwh <= capacityKwh) continue;
    const detail = `${name} ${kwh} is above capacityKwh ${capacityKwh}`;
    faults.push({ path: ["storage", name], detail });
  }
  return faults;
}

function capFaults(input: ProblemInput): ProblemFault[] {
  const isCapped = typeof input.emissionsCapKgCo2 === "number";
  const isPriced = (input.carbonPriceCnyPerKg ?? 0) > 0;
  if (input.gridKgCo2PerKwh || !(isCapped || isPriced)) return [];
  const what = isCapped ? "emissionsCapKgCo2" : "carbonPriceCnyPerKg";
  const detail = `${what} counts nothing without gridKgCo2PerKwh`;
  return [{ path: ["gridKgCo2PerKwh"], detail }];
}
