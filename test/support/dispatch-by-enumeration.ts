import type { DispatchProblem } from "../../src/domain/dispatch/problem.ts";

/** The least total breach and, with it, the least cost. */
export interface Enumerated {
  readonly breach: number;
  readonly costCny: number;
}

/**
 * The optimum by trying every whole-numbered plan, step by step from the end, once for each highest
 * import that could be paid for. With whole-numbered limits, hourly steps, a lossless storage, no
 * emissions cap and either no demand charge or two steps of even numbers, every corner of the problem is
 * whole-numbered, so that nothing better lies between.
 * It knows nothing of linear programs: one way in each step is all it can try.
 */
export function enumerated(problem: DispatchProblem): Enumerated {
  const importMaxKw = problem.loadKw.map((kw, step) => kw + at(problem.storage.chargeMaxKw, step));
  const peaks = [...new Array(Math.max(...importMaxKw) + 1).keys()];
  return peaks.map((peakKw) => bestBelow(problem, peakKw)).reduce(better);
}

const worst: Enumerated = { breach: Number.POSITIVE_INFINITY, costCny: Number.POSITIVE_INFINITY };

function better(a: Enumerated, b: Enumerated): Enumerated {
  if (a.breach !== b.breach) return a.breach < b.breach ? a : b;
  return a.costCny <= b.costCny ? a : b;
}

function bestBelow(problem: DispatchProblem, peakKw: number): Enumerated {
  const { storage, steps } = problem;
  const riseKw = Math.max(0, peakKw - problem.freePeakKw);
  let after = new Map<number, Enumerated>();
  for (let kwh = storage.minKwh; kwh <= storage.maxKwh; kwh += 1) {
    const breach = Math.max(0, storage.terminalMinKwh - kwh);
    after.set(kwh, { breach, costCny: riseKw * problem.demandPriceCnyPerKw });
  }
  for (let step = steps - 1; step >= 0; step -= 1) {
    const before = new Map<number, Enumerated>();
    const starts = step === 0 ? [storage.initialKwh] : [...after.keys()];
    for (const kwh of starts) before.set(kwh, bestStep(problem, { step, kwh, peakKw }, after));
    after = before;
  }
  return after.get(storage.initialKwh) ?? worst;
}

interface Position {
  readonly step: number;
  readonly kwh: number;
  readonly peakKw: number;
}

function bestStep(
  problem: DispatchProblem,
  position: Position,
  after: ReadonlyMap<number, Enumerated>,
): Enumerated {
  const { step, kwh } = position;
  let best = worst;
  for (const [nextKwh, rest] of after) {
    const intoKw = nextKwh - kwh;
    const isPossible =
      intoKw <= at(problem.storage.chargeMaxKw, step) &&
      -intoKw <= at(problem.storage.dischargeMaxKw, step);
    if (!isPossible) continue;
    for (let curtailKw = 0; curtailKw <= at(problem.renewableKw, step); curtailKw += 1) {
      const here = outcome(problem, position, intoKw, curtailKw);
      const total = { breach: here.breach + rest.breach, costCny: here.costCny + rest.costCny };
      best = better(best, total);
    }
  }
  return best;
}

function outcome(
  problem: DispatchProblem,
  { step, peakKw }: Position,
  intoKw: number,
  curtailKw: number,
): Enumerated {
  const renewableKw = at(problem.renewableKw, step) - curtailKw;
  const netKw = at(problem.loadKw, step) - renewableKw + intoKw;
  const importKw = Math.max(0, netKw);
  const exportKw = Math.max(0, -netKw);
  const isOfStorage = exportKw > renewableKw && !problem.exportFromStorage;
  if (importKw > peakKw || isOfStorage) return worst;
  const carbonCny = problem.carbonPriceCnyPerKg * at(problem.gridKgCo2PerKwh, step);
  return {
    breach:
      Math.max(0, importKw - at(problem.importLimitKw, step)) +
      Math.max(0, exportKw - at(problem.exportLimitKw, step)),
    costCny:
      importKw * (at(problem.importPriceCnyPerKwh, step) + carbonCny) -
      exportKw * at(problem.exportPriceCnyPerKwh, step) +
      curtailKw * problem.curtailmentPenaltyCnyPerKwh +
      Math.max(0, -intoKw) * problem.storage.wearCnyPerKwhDischarged,
  };
}

function at(series: readonly number[], step: number): number {
  return series[step] ?? Number.NaN;
}
