import { describe, expect, it } from "vitest";
import {
  type EnergyScope,
  enterpriseScope,
  hasMains,
  meterScope,
  parkConsumptionKwh,
  parkScope,
} from "../../../src/domain/energy/energy-scope.ts";
import { meterOf } from "../../support/meters.ts";

/** `meter register` of everything that goes into a name. */
function partsOf({ parts }: EnergyScope): Record<string, string[]> {
  const byName: Record<string, string[]> = {};
  for (const { meterId, register, name } of parts) {
    byName[name] = [...(byName[name] ?? []), `${meterId} ${register}`];
  }
  return byName;
}

describe("the scope of a meter", () => {
  it("has every register of its kind under its own name", () => {
    expect(meterScope(meterOf())).toMatchObject({
      carrier: "electricity",
      unit: "kWh",
      names: ["importKwh", "exportKwh", "importKvarh", "exportKvarh"],
    });
    expect(meterScope(meterOf({ kind: "gas-meter" }))).toMatchObject({
      carrier: "natural-gas",
      unit: "Nm3",
      names: ["volumeNm3", "volumeM3"],
    });
    expect(meterScope(meterOf({ kind: "water-meter" })).unit).toBe("m3");
    expect(meterScope(meterOf({ kind: "weather-station" }))).toMatchObject({ names: [], unit: "" });
  });
});

describe("the scope of an enterprise", () => {
  const meters = [
    meterOf({ id: "main", enterpriseId: "a", role: "load" }),
    meterOf({ id: "second", enterpriseId: "a", role: "load" }),
    meterOf({ id: "hall", enterpriseId: "a", role: "sub", parentId: "main" }),
    meterOf({ id: "control", enterpriseId: "a", role: "check" }),
    meterOf({ id: "roof", enterpriseId: "a", kind: "pv-inverter" }),
    meterOf({ id: "water", enterpriseId: "a", kind: "water-meter" }),
    meterOf({ id: "other", enterpriseId: "b", role: "load" }),
  ];

  it("adds up each of its meters once, without sub and check meters", () => {
    expect(partsOf(enterpriseScope(meters, "a", "electricity"))).toEqual({
      importKwh: ["main importKwh", "second importKwh"],
      exportKwh: ["main exportKwh", "second exportKwh"],
      generationKwh: ["roof generationKwh"],
    });
    expect(partsOf(enterpriseScope(meters, "a", "water"))).toEqual({
      volumeM3: ["water volumeM3"],
    });
  });

  it("does not count a load below another load of its own twice", () => {
    const nested = [
      ...meters,
      meterOf({ id: "deep", enterpriseId: "a", role: "load", parentId: "hall" }),
      meterOf({ id: "loop", enterpriseId: "a", role: "load", parentId: "loop" }),
    ];
    const { importKwh } = partsOf(enterpriseScope(nested, "a", "electricity"));
    expect(importKwh).toEqual(["main importKwh", "second importKwh", "loop importKwh"]);
  });

  it("counts a tenant's load below its landlord's for the tenant as well", () => {
    const tenancy = [
      meterOf({ id: "landlord", enterpriseId: "a", role: "load" }),
      meterOf({ id: "tenant", enterpriseId: "b", role: "load", parentId: "landlord" }),
    ];
    expect(partsOf(enterpriseScope(tenancy, "b", "electricity")).importKwh).toEqual([
      "tenant importKwh",
    ]);
  });

  it("counts gas that is metered without its state beside standard cubic metres", () => {
    const gas = meterOf({ id: "gas", enterpriseId: "a", kind: "gas-meter" });
    expect(enterpriseScope([gas], "a", "natural-gas")).toMatchObject({
      unit: "Nm3",
      names: ["volumeNm3", "volumeM3"],
    });
  });

  it("says the unit and the names of electricity also where there is no meter", () => {
    expect(enterpriseScope([], "a", "electricity")).toEqual({
      carrier: "electricity",
      unit: "kWh",
      names: ["importKwh", "exportKwh"],
      parts: [],
    });
  });
});

describe("the scope of the park", () => {
  const grid = [meterOf({ id: "line-1", role: "grid" }), meterOf({ id: "line-2", role: "grid" })];
  const plants = [
    meterOf({ id: "roof", kind: "pv-inverter" }),
    meterOf({ id: "roof-meter", role: "pv" }),
    meterOf({ id: "direct", kind: "direct-line" }),
    meterOf({ id: "pcs", kind: "storage-pcs" }),
    meterOf({ id: "bms", kind: "storage-bms", parentId: "pcs" }),
    meterOf({ id: "station-meter", role: "storage" }),
  ];
  const loads = [
    meterOf({ id: "a", role: "load", parentId: "line-1" }),
    meterOf({ id: "b", role: "load" }),
    meterOf({ id: "b-sub", role: "sub", parentId: "b" }),
    meterOf({ id: "charger", kind: "charger" }),
  ];

  it("is what crosses its boundary, is made and is stored, each once", () => {
    const scope = parkScope([...grid, ...plants, ...loads], "electricity");
    expect(partsOf(scope)).toEqual({
      importKwh: ["line-1 importKwh", "line-2 importKwh"],
      exportKwh: ["line-1 exportKwh", "line-2 exportKwh"],
      generationKwh: ["roof generationKwh", "roof-meter exportKwh"],
      deliveredKwh: ["direct deliveredKwh"],
      curtailedKwh: ["direct curtailedKwh"],
      chargeKwh: ["pcs chargeKwh", "station-meter importKwh"],
      dischargeKwh: ["pcs dischargeKwh", "station-meter exportKwh"],
    });
  });

  it("is the sum of its loads where its mains are not metered", () => {
    const scope = parkScope(
      [...loads, meterOf({ id: "b2", role: "load", parentId: "b-sub" })],
      "electricity",
    );
    expect(partsOf(scope)).toEqual({
      importKwh: ["a importKwh", "b importKwh"],
      exportKwh: ["a exportKwh", "b exportKwh"],
      deliveredKwh: ["charger deliveredKwh"],
    });
    expect(hasMains(loads, "electricity")).toBe(false);
    expect(hasMains([...loads, ...grid], "electricity")).toBe(true);
  });

  it("takes the mains of another carrier, else its consumers", () => {
    const consumers = [
      meterOf({ id: "w1", kind: "water-meter" }),
      meterOf({ id: "w2", kind: "water-meter" }),
    ];
    expect(partsOf(parkScope(consumers, "water"))).toEqual({
      volumeM3: ["w1 volumeM3", "w2 volumeM3"],
    });
    const main = meterOf({ id: "main", kind: "water-meter", role: "grid" });
    expect(partsOf(parkScope([...consumers, main], "water"))).toEqual({
      volumeM3: ["main volumeM3"],
    });
  });
});

describe("the consumption of the park", () => {
  it("is what came in and was made, less what went out and into storage", () => {
    // 100 + 40 + 20 + 10 - 15 - 5 = 150.
    expect(
      parkConsumptionKwh({
        ...{ importKwh: 100, generationKwh: 40, deliveredKwh: 20 },
        ...{ dischargeKwh: 10, chargeKwh: 15, exportKwh: 5, curtailedKwh: 99 },
      }),
    ).toBe(150);
  });

  it("is not known when one of its terms is not", () => {
    expect(parkConsumptionKwh({ importKwh: 100, generationKwh: null })).toBeNull();
    expect(parkConsumptionKwh({ importKwh: 100 })).toBe(100);
    expect(parkConsumptionKwh({})).toBeNull();
  });
});
