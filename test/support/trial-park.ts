import type { Meter, Park } from "../../src/domain/park.ts";

const name = { zh: "试验园", en: "Trial park" };

export const trialPark: Park = {
  id: "north",
  name,
  shortName: name,
  timezone: "Asia/Shanghai",
  location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 },
  grid: null,
  storage: [],
  loadGroups: [],
};

export function electricityMeter(id: string, gatewayId: string): Meter {
  return {
    ...{ id, gatewayId, kind: "electricity-meter", carrier: "electricity", name, role: "load" },
    ...{ enterpriseId: null, parentId: null, loadGroupId: null, multiplier: 1 },
    ...{ registerDigits: null, ratedMaxKw: null, capacityKwh: null, accuracyClass: null },
    ...{ intervalS: null, validFromMs: null, origin: "api" },
  };
}
