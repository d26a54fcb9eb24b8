import { describe, expect, it } from "vitest";
import type { DeviceKind } from "../../../src/contracts/device-kinds.ts";
import { parkFlow } from "../../../src/domain/energy/park-flow.ts";
import { type MeterEntry, meterWithDefaults } from "../../../src/domain/meter-defaults.ts";
import type { Meter, Park } from "../../../src/domain/park.ts";

const name = { zh: "园", en: "Park" };
const park: Park = {
  ...{ id: "north", name, shortName: name, timezone: "Asia/Shanghai", grid: null },
  location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 },
  storage: [
    {
      ...{ id: "ess", name, powerMaxKw: 63_000, capacityKwh: 252_000 },
      ...{ socMinFraction: 0.1, socMaxFraction: 0.95 },
    },
  ],
  loadGroups: [{ id: "halls", name, icon: "factory" }],
};

function meter(id: string, kind: DeviceKind, entry: Partial<MeterEntry> = {}): Meter {
  return meterWithDefaults({ id, gatewayId: "g", kind, ...entry }, null, "api");
}

type Known = Readonly<Record<string, Readonly<Record<string, number>>>>;

function flowOf(meters: readonly Meter[], known: Known, rates: Known = {}, steps: Known = {}) {
  return parkFlow(park, meters, {
    stepKw: (id, metric) => steps[id]?.[metric] ?? null,
    value: (id, metric) => known[id]?.[metric] ?? null,
    ratePerH: (id, register) => rates[id]?.[register] ?? null,
    isStale: (id) => known[id] === undefined,
  });
}

const grid = meter("grid", "electricity-meter", { role: "grid", accuracyClass: 0.2 });
const direct = meter("direct", "direct-line", { accuracyClass: 0.2 });
const pv = meter("pv", "pv-inverter", { accuracyClass: 0.5, ratedMaxKw: 36_400 });
const ess = meter("pcs", "storage-pcs", { accuracyClass: 0.5 });
const load = meter("load", "electricity-meter", { loadGroupId: "halls", accuracyClass: 0.5 });

/** 5.6 + 46.0 + 30.3 MW come in; 44.9 MW are used, 36.2 MW charge the storage. */
const noon: Known = {
  grid: { powerKw: 5600 },
  direct: { powerKw: 46_000 },
  pv: { powerKw: 30_300 },
  pcs: { powerKw: 36_200, socFraction: 0.66 },
  load: { powerKw: 44_900 },
};

describe("the balance of the park", () => {
  it("names what is left over and how large it may be", () => {
    const flow = flowOf([grid, direct, pv, ess, load], noon);
    // 5.6 + 46.0 + 30.3 = 81.9; 81.9 − 44.9 − 36.2 = 0.8 MW; 2 % of 81.9 MW = 1.638 MW.
    expect(flow).toMatchObject({
      gridKw: 5600,
      directKw: 46_000,
      pvKw: 30_300,
      storageKw: 36_200,
      loadKw: 44_900,
      supplyKw: 81_900,
      withinBand: true,
      pvFromCheckMeter: false,
    });
    expect(flow.unallocatedKw).toBeCloseTo(800, 9);
    expect(flow.lossAllowanceKw).toBeCloseTo(1638, 9);
    // √(11.2² + 92² + 151.5² + 181² + 224.5²) = √(125.44 + 8464 + 22952.25 + 32761 + 50400.25)
    expect(flow.unallocatedBandKw).toBeCloseTo(Math.sqrt(114_702.94), 9);
  });

  it("counts discharge and import as supply, and takes export from what is left", () => {
    const evening = {
      ...noon,
      grid: { powerKw: -2000 },
      pv: { powerKw: 0 },
      direct: { powerKw: 1000 },
      pcs: { powerKw: -30_000 },
      load: { powerKw: 28_500 },
    };
    const flow = flowOf([grid, direct, pv, ess, load], evening);
    // Supply 1 + 30 = 31 MW; 31 − 2 export − 28.5 = 0.5 MW.
    expect(flow.supplyKw).toBe(31_000);
    expect(flow.unallocatedKw).toBe(500);
  });

  it("is out of band when more is used than comes in", () => {
    const flow = flowOf([grid, load], { grid: { powerKw: 1000 }, load: { powerKw: 1100 } });
    // Band √((0.002 × 1000)² + (0.005 × 1100)²) = 5.85 kW, left over −100 kW.
    expect(flow.unallocatedKw).toBe(-100);
    expect(flow.withinBand).toBe(false);
  });

  it("allows for what one meter has told and another has not told yet", () => {
    // The load rose by 600 kW; the grid meter has said so, the load's own meter says it a minute later.
    const known = { grid: { powerKw: 5600 }, load: { powerKw: 4950 } };
    const steps = { grid: { powerKw: 600 }, load: { powerKw: 80 } };
    expect(flowOf([grid, load], known).withinBand).toBe(false);
    const flow = flowOf([grid, load], known, {}, steps);
    // √(11.2² + 600² + 24.75² + 80²) = √(125.44 + 360000 + 612.5625 + 6400)
    expect(flow.unallocatedBandKw).toBeCloseTo(Math.sqrt(367_138.0025), 9);
    expect(flow.withinBand).toBe(true);
  });

  it.each([
    ["grid", { gridKw: null, supplyKw: null, unallocatedKw: null, withinBand: null }],
    ["direct", { directKw: null, supplyKw: null, unallocatedKw: null }],
    ["pcs", { storageKw: null, supplyKw: null, unallocatedKw: null }],
    ["load", { loadKw: null, supplyKw: 81_900, unallocatedKw: null, withinBand: null }],
  ])("stays open where the %s is silent, and is not guessed", (id, expected) => {
    const { [id]: _silent, ...known } = noon;
    expect(flowOf([grid, direct, pv, ess, load], known)).toMatchObject(expected);
  });

  it("leaves out what the park does not have", () => {
    const flow = flowOf([grid, load], { grid: { powerKw: 500 }, load: { powerKw: 490 } });
    expect(flow).toMatchObject({ pvKw: null, storageKw: null, supplyKw: 500, unallocatedKw: 10 });
    expect(flow).toMatchObject({ storage: null, heat: { sourceKw: null, deliveredKw: null } });
  });

  it("knows no supply without a source", () => {
    expect(flowOf([load], { load: { powerKw: 5 } })).toMatchObject({ loadKw: 5, supplyKw: null });
  });

  it("takes a power as it is sent, whatever the multiplier of the registers", () => {
    const behind = meter("grid", "electricity-meter", { role: "grid", multiplier: 4000 });
    expect(flowOf([behind], { grid: { powerKw: 5600 } }).gridKw).toBe(5600);
  });

  it("takes an ordinary meter at a plant as generating where it exports", () => {
    const plant = meter("pv", "electricity-meter", { role: "pv" });
    expect(flowOf([plant], { pv: { powerKw: -120 } }).pvKw).toBe(120);
  });
});

describe("PV plants", () => {
  const above = meter("m-pv", "electricity-meter", { role: "check" });
  const plants = ["pv-1", "pv-2"].map((id) =>
    meter(id, "pv-inverter", { parentId: "m-pv", ratedMaxKw: 100 }),
  );

  it("are listed with their nameplates, the silent one without a figure", () => {
    const flow = flowOf(plants, { "pv-1": { powerKw: 60 } });
    expect(flow.pvPlants).toEqual([
      { id: "pv-1", powerKw: 60, ratedMaxKw: 100, stale: false },
      { id: "pv-2", powerKw: null, ratedMaxKw: 100, stale: true },
    ]);
    expect(flow.pvKw).toBeNull();
  });

  it("are summed by the check meter above them when one is silent, and it is said", () => {
    const flow = flowOf([above, ...plants], {
      "pv-1": { powerKw: 60 },
      "m-pv": { powerKw: -105 },
    });
    expect(flow).toMatchObject({ pvKw: 105, pvFromCheckMeter: true });
  });

  it("are not summed by a check meter that is silent too", () => {
    const flow = flowOf([above, ...plants], { "pv-1": { powerKw: 60 } });
    expect(flow).toMatchObject({ pvKw: null, pvFromCheckMeter: false });
  });
});

describe("load groups", () => {
  it("say how many devices are silent beside what the others draw", () => {
    const second = meter("load-2", "electricity-meter", { loadGroupId: "halls" });
    const flow = flowOf([load, second], { load: { powerKw: 70 } });
    expect(flow.groups).toEqual([{ id: "halls", powerKw: 70, devices: 2, silent: 1 }]);
    expect(flow.loadKw).toBeNull();
  });

  it("have no figure when nobody in them speaks", () => {
    expect(flowOf([load], {}).groups).toEqual([
      { id: "halls", powerKw: null, devices: 1, silent: 1 },
    ]);
  });
});

describe("the storage station", () => {
  const units = [
    meter("pcs-1", "storage-pcs", { capacityKwh: 100 }),
    meter("pcs-2", "storage-pcs", { capacityKwh: 300 }),
  ];
  const cluster = meter("bms-1", "storage-bms", { parentId: "pcs-1" });

  it("weighs its units by capacity", () => {
    const flow = flowOf([...units, cluster], {
      "pcs-1": { powerKw: 10, socFraction: 0.2 },
      "pcs-2": { powerKw: 20, socFraction: 0.6 },
      "bms-1": { sohFraction: 0.962 },
    });
    // (0.2 × 100 + 0.6 × 300) / 400 = 0.5; (0.2 − 0.1) × 100 + (0.6 − 0.1) × 300 = 160 kWh.
    expect(flow.storage).toMatchObject({
      id: "ess",
      powerKw: 30,
      socFraction: 0.5,
      dischargeableKwh: 160,
      unitsTotal: 2,
      unitsFresh: 2,
      sohFraction: 0.962,
    });
  });

  it("says how many units its figures are of when some are silent", () => {
    const { storage, storageKw } = flowOf(units, { "pcs-1": { powerKw: 10, socFraction: 0.05 } });
    expect(storage).toMatchObject({
      powerKw: null,
      socFraction: 0.05,
      dischargeableKwh: 0,
      unitsTotal: 2,
      unitsFresh: 1,
      sohFraction: null,
    });
    expect(storageKw).toBeNull();
  });
});

describe("the other carriers", () => {
  it("show heat from the wells and into the network", () => {
    const meters = [
      meter("well", "heat-meter", { role: "check" }),
      meter("main", "heat-meter", { role: "grid" }),
      meter("user", "heat-meter", { enterpriseId: "acme" }),
      meter("own-check", "heat-meter", { enterpriseId: "acme", role: "check" }),
    ];
    const flow = flowOf(meters, {
      well: { powerKw: 6900 },
      main: { powerKw: 6400 },
      user: { powerKw: 100 },
    });
    expect(flow.heat).toEqual({ sourceKw: 6900, deliveredKw: 6400 });
  });

  it("show water at the main, and effluent by how fast its volume rises", () => {
    const meters = [
      meter("main", "water-meter", { role: "grid" }),
      meter("user", "water-meter"),
      meter("outfall", "effluent-monitor", { role: "grid", multiplier: 10 }),
    ];
    const flow = flowOf(
      meters,
      { main: { flowM3PerH: 186 }, user: { flowM3PerH: 5 }, outfall: {} },
      { outfall: { volumeM3: 14.8 } },
    );
    expect(flow.water).toEqual({ intakeM3PerH: 186, effluentM3PerH: 148 });
  });

  it("show the weather of the first station that speaks", () => {
    const meters = [meter("w-1", "weather-station"), meter("w-2", "weather-station")];
    const flow = flowOf(meters, { "w-2": { irradianceWPerM2: 812, ambientCelsius: 11.2 } });
    expect(flow.weather).toEqual({ irradianceWPerM2: 812, ambientCelsius: 11.2 });
  });
});
