import { describe, expect, it } from "vitest";
import {
  DispatchProblemError,
  dispatchProblem,
  type ProblemInput,
  stepsMax,
} from "../../../src/domain/dispatch/problem.ts";
import { inputOf, storageOf } from "../../support/dispatch.ts";

function pathsOf(input: ProblemInput): readonly string[] {
  try {
    dispatchProblem(input);
    return [];
  } catch (error) {
    if (!(error instanceof DispatchProblemError)) throw error;
    return error.faults.map(({ path }) => path.join("/"));
  }
}

describe("a problem", () => {
  it("counts what is absent or null as none, 0 or unlimited", () => {
    const absent = dispatchProblem(inputOf());
    const nulls = dispatchProblem(
      inputOf({
        ...{ pvKw: null, directKw: null, exportPriceCnyPerKwh: null, gridKgCo2PerKwh: null },
        ...{ carbonPriceCnyPerKg: null, emissionsCapKgCo2: null, importLimitKw: null },
        ...{ exportLimitKw: null, exportFromStorage: null, demand: null },
        curtailmentPenaltyCnyPerKwh: null,
        storage: storageOf({ terminalMinKwh: null, wearCnyPerKwhDischarged: null }),
      }),
    );
    expect(nulls).toEqual(absent);
    expect(absent).toMatchObject({
      stepHours: 1,
      renewableKw: [0, 0],
      importLimitKw: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      emissionsCapKgCo2: Number.POSITIVE_INFINITY,
      exportFromStorage: false,
      freePeakKw: 0,
    });
  });

  it("takes one limit for all steps or one for each", () => {
    const storage = storageOf({ chargeMaxKw: [1, 2] });
    const problem = dispatchProblem(inputOf({ importLimitKw: 5, exportLimitKw: [3, 4], storage }));
    expect(problem.importLimitKw).toEqual([5, 5]);
    expect(problem.exportLimitKw).toEqual([3, 4]);
    expect(problem.storage.chargeMaxKw).toEqual([1, 2]);
    expect(problem.storage.dischargeMaxKw).toEqual([10, 10]);
  });

  it("adds PV and the direct line up and frees the higher of peak and floor", () => {
    const demand = { priceCnyPerKw: 38, peakSoFarKw: 3, floorKw: 4 };
    const problem = dispatchProblem(inputOf({ pvKw: [1, 2], directKw: [10, 20], demand }));
    expect(problem.renewableKw).toEqual([11, 22]);
    expect(problem.freePeakKw).toBe(4);
  });

  it.each<[string, Partial<ProblemInput>, readonly string[]]>([
    ["no steps", { loadKw: [], importPriceCnyPerKwh: [] }, ["loadKw"]],
    [
      "more steps than a month has quarter hours",
      {
        loadKw: new Array(stepsMax + 1).fill(1),
        importPriceCnyPerKwh: new Array(stepsMax + 1).fill(1),
      },
      ["loadKw"],
    ],
    ["a series that is too short", { pvKw: [1] }, ["pvKw"]],
    ["a limit series that is too long", { importLimitKw: [1, 2, 3] }, ["importLimitKw"]],
    [
      "a tariff with a hole",
      { importPriceCnyPerKwh: [0.3, Number.NaN] },
      ["importPriceCnyPerKwh/1"],
    ],
    ["a load without end", { loadKw: [1, Number.POSITIVE_INFINITY] }, ["loadKw/1"]],
    ["limits that cross", { storage: storageOf({ minKwh: 9, maxKwh: 8 }) }, ["storage/minKwh"]],
    ["more energy than fits", { storage: storageOf({ initialKwh: 21 }) }, ["storage/initialKwh"]],
    ["a cap without factors", { emissionsCapKgCo2: 5 }, ["gridKgCo2PerKwh"]],
    ["a carbon price without factors", { carbonPriceCnyPerKg: 1 }, ["gridKgCo2PerKwh"]],
  ])("is refused with %s", (_what, change, paths) => {
    expect(pathsOf(inputOf(change))).toEqual(paths);
  });

  it("names everything that is wrong at once", () => {
    const storage = storageOf({ minKwh: 9, maxKwh: 8, chargeMaxKw: [1] });
    expect(pathsOf(inputOf({ directKw: [], storage }))).toEqual([
      "directKw",
      "storage/chargeMaxKw",
      "storage/minKwh",
    ]);
  });
});
