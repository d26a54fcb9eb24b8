import { describe, expect, it } from "vitest";
import {
  type BalancePlace,
  balancePlaces,
  orientedSides,
} from "../../../src/domain/energy/balance-places.ts";
import type { Meter } from "../../../src/domain/park.ts";
import { meterOf } from "../../support/meters.ts";

const park = [
  meterOf({ id: "gate", role: "grid" }),
  meterOf({ id: "gate-check", role: "check", parentId: "gate" }),
  meterOf({ id: "t1", role: "check", parentId: "gate" }),
  meterOf({ id: "feeder", role: "check", parentId: "t1" }),
  meterOf({ id: "mill", role: "load", parentId: "feeder" }),
  meterOf({ id: "hall", role: "sub", parentId: "mill" }),
  meterOf({ id: "tenant", role: "load", parentId: "hall" }),
  meterOf({ id: "roofs", role: "check" }),
  meterOf({ id: "roof", kind: "pv-inverter", parentId: "roofs" }),
  meterOf({ id: "pcs", kind: "storage-pcs", parentId: "feeder" }),
  meterOf({ id: "bms", kind: "storage-bms", role: "check", parentId: "pcs" }),
  meterOf({ id: "charger", kind: "charger", parentId: "feeder" }),
  meterOf({ id: "line", kind: "direct-line" }),
  meterOf({ id: "main", kind: "water-meter", role: "grid" }),
  meterOf({ id: "tap", kind: "water-meter", role: "load", parentId: "main" }),
];

function places(meters: readonly Meter[], rootId?: string): Record<string, string[]> {
  const found = balancePlaces(meters, { rootId, series: seriesOf(meters) });
  return Object.fromEntries(
    found.map(({ id, flows }) => [
      id,
      flows.map(({ meter, register, side }) => `${side} ${meter.id} ${register}`),
    ]),
  );
}

/** Import of every electricity meter, and everything of the other kinds. */
function seriesOf(meters: readonly Meter[]): ReadonlySet<string> {
  return new Set(
    meters.filter(({ kind }) => kind === "electricity-meter").map(({ id }) => `${id}/importKwh`),
  );
}

describe("the places that can be balanced", () => {
  it("are the boundaries, the meters above others and the check meters", () => {
    expect(places(park)).toEqual({
      "boundary:electricity": [
        ...["in gate importKwh", "out mill importKwh", "in roof generationKwh"],
        ...["out pcs chargeKwh", "out charger deliveredKwh", "in line deliveredKwh"],
      ],
      "boundary:water": ["in main volumeM3", "out tap volumeM3"],
      "node:gate": [
        ...["in gate importKwh", "out t1 importKwh", "in roof generationKwh"],
        "in line deliveredKwh",
      ],
      "node:t1": ["in t1 importKwh", "out feeder importKwh"],
      "node:feeder": [
        ...["in feeder importKwh", "out mill importKwh", "out pcs chargeKwh"],
        "out charger deliveredKwh",
      ],
      "node:mill": ["in mill importKwh", "out hall importKwh"],
      "node:hall": ["in hall importKwh", "out tenant importKwh"],
      "node:roofs": ["in roofs importKwh", "in roof generationKwh"],
      "node:main": ["in main volumeM3", "out tap volumeM3"],
      "check:gate-check": ["in gate importKwh", "out gate-check importKwh"],
    });
  });

  it("leave the mains to the boundary when several feed one bus with others", () => {
    const two = [...park, meterOf({ id: "gate-2", role: "grid" })];
    expect(places(two)).not.toHaveProperty("node:gate");
    const alone = two.filter(({ id }) => !["roofs", "roof", "line"].includes(id));
    expect(places(alone)["node:gate"]).toEqual(["in gate importKwh", "out t1 importKwh"]);
  });

  it("of a feeder have its meter as the mains and what is used and stored below it", () => {
    const below = park.filter(({ id }) =>
      ["feeder", "mill", "hall", "tenant", "pcs", "charger"].includes(id),
    );
    expect(places(below, "feeder")["boundary:electricity"]).toEqual([
      ...["in feeder importKwh", "out mill importKwh", "out pcs chargeKwh"],
      "out charger deliveredKwh",
    ]);
  });

  it("use both directions of what has reported both", () => {
    const series = new Set([
      "gate/importKwh",
      "gate/exportKwh",
      "pcs/chargeKwh",
      "pcs/dischargeKwh",
    ]);
    const [boundary] = balancePlaces(park, { rootId: undefined, series });
    const sides = boundary?.flows.map(
      ({ meter, register, side }) => `${side} ${meter.id} ${register}`,
    );
    expect(sides).toContain("out gate exportKwh");
    expect(sides).toContain("in pcs dischargeKwh");
  });

  it("do not mix cubic metres with standard ones", () => {
    const gas = [
      meterOf({ id: "g", kind: "gas-meter", role: "grid" }),
      meterOf({ id: "k", kind: "gas-meter", parentId: "g" }),
    ];
    const series = new Set(["g/volumeNm3", "g/volumeM3", "k/volumeM3"]);
    const [boundary] = balancePlaces(gas, { rootId: undefined, series });
    expect(boundary?.flows.map(({ register }) => register)).toEqual(["volumeNm3", "volumeM3"]);
  });
});

describe("the direction of a meter that may be wired either way", () => {
  const placeOf = (id: string): BalancePlace => {
    const series = new Set(["roofs/importKwh", "roofs/exportKwh", "roof/generationKwh"]);
    const found = balancePlaces(park, { rootId: undefined, series }).find((one) => one.id === id);
    if (found === undefined) throw new Error(`${id} is no place`);
    return found;
  };

  it.each([
    ["counts generation as import", [100, 1]],
    ["counts generation as export", [1, 100]],
  ])("is that of the plants when it %s", (_name, [importKwh = 0, exportKwh = 0]) => {
    const place = placeOf("node:roofs");
    const amounts = [importKwh, exportKwh, 102];
    const sides = orientedSides(
      place,
      place.flows.map((flow, index) => ({ flow, amount: amounts[index] ?? 0 })),
    );
    const imbalance = sides.reduce(
      (sum, side, index) => sum + (side === "in" ? 1 : -1) * (amounts[index] ?? 0),
      0,
    );
    // 102 generated, 100 passed up, 1 came back down.
    expect(imbalance).toBe(3);
  });
});
