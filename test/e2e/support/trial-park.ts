/**
 * A small park with constant flows, so that every figure on the page can be worked out by hand. In a
 * quarter hour: 250 kWh imported, 500 over the direct line, 125 from each of two PV plants, 200 into
 * the battery, 600 to the mill and 190 to the office. 1,000 come in and 990 are seen going out.
 */
export const quarterMs = 900_000;
export const trialParkId = "glen";

interface TrialDevice {
  readonly id: string;
  readonly gatewayId: string;
  readonly fields: string;
  /** Growth of each register in a quarter hour. */
  readonly perQuarter: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number | string>>;
}

const millMultiplier = 40;

export const trialDevices: readonly TrialDevice[] = [
  {
    ...{ id: "m-grid", gatewayId: "gw-1" },
    fields: "kind: electricity-meter, role: grid, ratedMaxKw: 10000, accuracyClass: 0.2",
    perQuarter: { importKwh: 250, exportKwh: 0 },
    gauges: { powerKw: 1_000 },
  },
  {
    ...{ id: "direct-01", gatewayId: "gw-1" },
    fields: "kind: direct-line, ratedMaxKw: 5000, accuracyClass: 0.2",
    perQuarter: { deliveredKwh: 500 },
    gauges: { powerKw: 2_000 },
  },
  ...["pv-01", "pv-02"].map((id) => ({
    ...{ id, gatewayId: "gw-1" },
    fields: "kind: pv-inverter, ratedMaxKw: 800, accuracyClass: 0.5",
    perQuarter: { generationKwh: 125 },
    gauges: { powerKw: 500 },
  })),
  {
    ...{ id: "pcs-01", gatewayId: "gw-1" },
    fields: "kind: storage-pcs, ratedMaxKw: 2000, capacityKwh: 8000, accuracyClass: 0.5",
    perQuarter: { chargeKwh: 200, dischargeKwh: 0 },
    gauges: { powerKw: 800, socFraction: 0.66, mode: "charge" },
  },
  {
    ...{ id: "m-mill", gatewayId: "gw-2" },
    fields: `kind: electricity-meter, enterpriseId: mill, loadGroupId: mill, multiplier: ${millMultiplier}, accuracyClass: 0.5`,
    perQuarter: { importKwh: 600 / millMultiplier },
    gauges: { powerKw: 2_400 },
  },
  {
    ...{ id: "m-office", gatewayId: "gw-2" },
    fields: "kind: electricity-meter, enterpriseId: office, loadGroupId: office, accuracyClass: 1",
    perQuarter: { importKwh: 190 },
    gauges: { powerKw: 760 },
  },
  {
    ...{ id: "m-water", gatewayId: "gw-2" },
    fields: "kind: water-meter, role: grid, accuracyClass: 2",
    perQuarter: { volumeM3: 5 },
    gauges: { flowM3PerH: 20 },
  },
];

/** The park file; the time zone is chosen so that it is early afternoon in the park now. */
export function trialParkFile(nowMs: number): string {
  const meters = trialDevices.map(
    ({ id, gatewayId, fields }) =>
      `  - { id: ${id}, gatewayId: ${gatewayId}, name: { zh: "${id} 号", en: "${id} device" }, intervalS: 3600, ${fields} }`,
  );
  return [
    `id: ${trialParkId}`,
    'name: { zh: "试验园区", en: "Trial park" }',
    'shortName: { zh: "试验园", en: "Trial" }',
    `timezone: ${afternoonZone(nowMs)}`,
    "location: { latitude: 29.65, longitude: 91.1, altitudeM: 3650 }",
    "grid: { voltageKv: 35, importLimitKw: 10000, exportLimitKw: 5000 }",
    "storage:",
    '  - { id: ess, name: { zh: "储能站", en: "Storage" }, powerMaxKw: 2000, capacityKwh: 8000 }',
    "loadGroups:",
    '  - { id: mill, name: { zh: "磨坊", en: "Mill" }, icon: factory }',
    '  - { id: office, name: { zh: "写字楼", en: "Offices" }, icon: building }',
    "enterprises:",
    '  - { id: mill, name: { zh: "青稞磨坊", en: "Barley Mill" } }',
    '  - { id: office, name: { zh: "河谷写字楼", en: "Valley Offices" } }',
    "gateways:",
    '  - { id: gw-1, name: { zh: "变电站", en: "Substation" } }',
    '  - { id: gw-2, name: { zh: "企业侧", en: "Enterprises" } }',
    "meters:",
    ...meters,
    "",
  ].join("\n");
}

/** A zone without summer time in which it is between 13:00 and 14:00. */
function afternoonZone(nowMs: number): string {
  const ahead = (13 - new Date(nowMs).getUTCHours() + 24) % 24;
  const offset = ahead > 12 ? ahead - 24 : ahead;
  // The names count westward: Etc/GMT-8 is eight hours ahead of UTC.
  return `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`;
}

export interface TrialSample {
  readonly ts: number;
  readonly values: Readonly<Record<string, number | string>>;
}

/** Registers of the last 26 hours at every quarter hour, and the values of this moment. */
export function trialSamples(device: TrialDevice, nowMs: number, untilMs = nowMs): TrialSample[] {
  const lastMs = Math.floor(nowMs / quarterMs) * quarterMs;
  const samples: TrialSample[] = [];
  for (let index = 0; index <= 26 * 4; index += 1) {
    const ts = lastMs - (26 * 4 - index) * quarterMs;
    if (ts > untilMs) break;
    samples.push({ ts, values: { ...device.gauges, ...registersAt(device, index) } });
  }
  if (untilMs >= nowMs) {
    const sinceQuarter = (nowMs - lastMs) / quarterMs;
    const registers = registersAt(device, 26 * 4 + sinceQuarter);
    samples.push({ ts: nowMs, values: { ...device.gauges, ...registers } });
  }
  return samples;
}

function registersAt({ perQuarter }: TrialDevice, quarters: number): Record<string, number> {
  const entries = Object.entries(perQuarter).map(
    ([name, growth]) => [name, Math.round((1_000 + growth * quarters) * 1e6) / 1e6] as const,
  );
  return Object.fromEntries(entries);
}
