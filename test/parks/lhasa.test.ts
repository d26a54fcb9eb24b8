import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPark } from "../../src/adapters/files/load-park.ts";
import { deviceKindNames } from "../../src/contracts/device-kinds.ts";
import { CarrierName } from "../../src/contracts/park-file.ts";
import type { Meter } from "../../src/domain/park.ts";

const { park, enterprises, gateways, meters } = loadPark(
  join(import.meta.dirname, "../../parks/lhasa.yaml"),
);
const byId = new Map(meters.map((meter) => [meter.id, meter]));

function ratedSum(list: readonly Meter[]): number {
  return list.reduce((sum, { ratedMaxKw }) => sum + (ratedMaxKw ?? 0), 0);
}

function ofRole(role: Meter["role"], carrier: Meter["carrier"] = "electricity"): readonly Meter[] {
  return meters.filter((meter) => meter.role === role && meter.carrier === carrier);
}

function chainOf(id: string): readonly string[] {
  const meter = byId.get(id);
  return meter === undefined ? [] : [...chainOf(meter.parentId ?? ""), id];
}

describe("the park of Lhasa", () => {
  it("has 40 enterprises and 618 devices on 55 gateways, each of which is used", () => {
    expect(enterprises).toHaveLength(40);
    expect(gateways).toHaveLength(55);
    expect(meters).toHaveLength(618);
    const used = new Set(meters.map(({ gatewayId }) => gatewayId));
    expect(gateways.filter(({ id }) => !used.has(id))).toEqual([]);
  });

  it("has every device kind and every carrier", () => {
    const kinds = new Set(meters.map(({ kind }) => kind));
    expect(deviceKindNames.filter((kind) => !kinds.has(kind))).toEqual([]);
    const carriers = new Set(meters.map(({ carrier }) => carrier));
    expect(CarrierName.options.filter((carrier) => !carriers.has(carrier))).toEqual([]);
  });

  it("stands at 3,650 m on a 110 kV line with one gate meter", () => {
    expect(park.location).toEqual({ latitude: 29.65, longitude: 91.1, altitudeM: 3650 });
    expect(park.grid).toEqual({ voltageKv: 110, importLimitKw: 100_000, exportLimitKw: 40_000 });
    expect(ofRole("grid").map(({ id }) => id)).toEqual(["m-grid"]);
  });

  it("has twelve rooftop plants of 36.4 MWp whose inverter groups add up to their plant", () => {
    const plants = ofRole("pv");
    expect(plants).toHaveLength(12);
    expect(ratedSum(plants)).toBe(36_400);
    for (const plant of plants) {
      const groups = meters.filter(({ parentId, role }) => parentId === plant.id && role === "sub");
      expect(ratedSum(groups)).toBe(plant.ratedMaxKw);
    }
  });

  it("has a direct line of 50 MW and a station of 36 PCS and 72 containers, 63 MW and 252 MWh", () => {
    expect(ratedSum(ofRole("direct"))).toBe(50_000);
    const units = ofRole("storage");
    const clusters = meters.filter(({ kind }) => kind === "storage-bms");
    expect([units.length, clusters.length]).toEqual([36, 72]);
    expect(ratedSum(units)).toBe(63_000);
    expect(clusters.reduce((sum, { capacityKwh }) => sum + (capacityKwh ?? 0), 0)).toBe(252_000);
    expect(park.storage).toMatchObject([{ powerMaxKw: 63_000, capacityKwh: 252_000 }]);
    for (const { id } of units) {
      expect(clusters.filter(({ parentId }) => parentId === id)).toHaveLength(2);
    }
    // PCS P21 drives containers D05 and D06.
    expect(byId.get("bms-d05")?.parentId).toBe("pcs-21");
    expect(meters.filter(({ kind }) => kind === "fire-detector")).toHaveLength(72);
  });

  it("counts every electrical load once, in one of ten groups, below a feeder", () => {
    expect(park.loadGroups).toHaveLength(10);
    const loads = ofRole("load");
    const groups = new Set(loads.map(({ loadGroupId }) => loadGroupId));
    expect(groups).toEqual(new Set(park.loadGroups.map(({ id }) => id)));
    for (const { id } of loads) {
      expect(chainOf(id).some((above) => above === "m-ess" || /^m-l\d\d$/.test(above))).toBe(true);
    }
  });

  it("meters each enterprise by one main or two, with sub-meters that fit below them", () => {
    for (const { id } of enterprises) {
      const mains = meters.filter(
        (meter) =>
          meter.enterpriseId === id && meter.carrier === "electricity" && meter.role === "load",
      );
      expect(mains.length, id).toBeGreaterThan(0);
    }
    const parents = new Set(meters.filter(({ role }) => role === "sub").map((m) => m.parentId));
    for (const parentId of parents) {
      const parent = byId.get(parentId ?? "");
      if (parent === undefined) continue;
      const subs = meters.filter((meter) => meter.parentId === parent.id && meter.role === "sub");
      expect(ratedSum(subs), parent.id).toBeLessThanOrEqual(parent.ratedMaxKw ?? 0);
    }
  });

  it("hangs the kiln of the worked example five levels below the gate meter", () => {
    expect(chainOf("m-bm01-k1")).toEqual(["m-grid", "m-t2", "m-l07", "m-bm01", "m-bm01-k1"]);
    expect(byId.get("m-bm01-k1")).toMatchObject({ multiplier: 4000, registerDigits: 6 });
  });

  it("supplies gas, heat, steam and water through metered mains", () => {
    for (const carrier of ["natural-gas", "heat", "steam", "water", "effluent"] as const) {
      const mains = ofRole("grid", carrier);
      expect(mains, carrier).toHaveLength(1);
      const below = ofRole("load", carrier).filter(({ parentId }) => parentId === mains[0]?.id);
      expect(below.length, carrier).toBeGreaterThan(4);
    }
  });

  it("names everything in both languages", () => {
    const named = [park, ...enterprises, ...gateways, ...meters, ...park.loadGroups];
    const unnamed = named.filter(({ name }) => !/\p{sc=Han}/u.test(name.zh) || name.en === name.zh);
    expect(unnamed.map(({ id }) => id)).toEqual([]);
  });
});
