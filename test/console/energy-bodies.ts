import type { EnergyBody, Grade } from "../../src/contracts/energy.ts";
import type { MeterBody, ParkBody } from "../../src/contracts/registry.ts";

/** 2026-11-06 00:00 in Lhasa. */
export const dayStart = Date.UTC(2026, 10, 5, 16);
export const quarterMs = 900_000;

export const park: ParkBody = {
  id: "lhasa",
  name: { zh: "园区", en: "Park" },
  shortName: { zh: "园区", en: "Park" },
  timezone: "Asia/Shanghai",
  location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 },
  grid: { voltageKv: 110, importLimitKw: 100_000, exportLimitKw: 40_000 },
  storage: [],
  loadGroups: [{ id: "compute", name: { zh: "智算中心", en: "Computing" }, icon: "server" }],
  simulated: "none",
};

export function meter(part: Partial<MeterBody> & Pick<MeterBody, "id">): MeterBody {
  return {
    ...{ gatewayId: "gw-1", kind: "electricity-meter", carrier: "electricity", role: "load" },
    ...{ name: { zh: part.id, en: part.id }, enterpriseId: null, parentId: null },
    ...{
      loadGroupId: null,
      multiplier: 1,
      multiplierInForce: 1,
      registerDigits: null,
      ratedMaxKw: null,
    },
    ...{ capacityKwh: null, accuracyClass: null, intervalS: null, validFrom: null },
    ...{ origin: "park-file", simulated: false, registers: ["importKwh", "exportKwh"] },
    ...part,
  };
}

type Amounts = Readonly<Record<string, number | null>>;

/** An answer with one slot for each given set of amounts and a total that is their sum. */
export function energyBody(
  slots: readonly Amounts[],
  options: { readonly grade?: Grade | null; readonly total?: Amounts } = {},
): EnergyBody {
  const grade = options.grade === undefined ? "A" : options.grade;
  const names = [...new Set(slots.flatMap((amounts) => Object.keys(amounts)))];
  const sums = names.map((name) => {
    const known = slots
      .map((amounts) => amounts[name])
      .filter((value) => typeof value === "number");
    return [
      name,
      known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0),
    ] as const;
  });
  const quality = { grade, coverage: 1, estimatedFraction: 0, missingSlots: 0 };
  return {
    ...{ scope: "park", carrier: "electricity", unit: "kWh", step: "15m" },
    slots: slots.map((amounts, index) => ({
      ...{ start: new Date(dayStart + index * quarterMs).toISOString(), grade, coverage: 1 },
      ...{ estimatedFraction: 0, revision: 1, ...amounts },
    })),
    total: Object.assign({ ...quality }, Object.fromEntries(sums), options.total),
    registers: Object.fromEntries(names.map((name) => [name, quality])),
    meters: ["m-grid", "pv-01"],
  } as EnergyBody;
}
