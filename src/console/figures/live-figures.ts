import type { LiveDevice, LiveFlow, LiveSnapshot } from "../../contracts/live.ts";
import type { MeterBody, ParkBody } from "../../contracts/registry.ts";
import { fixed, megawattHours, megawatts, percent, type Quantity } from "../format/numbers.ts";
import { ageText, clockSeconds } from "../format/park-time.ts";
import { common } from "../text/common.ts";
import { nameOf, say } from "../text/language.ts";
import { overview, rules } from "../text/overview.ts";
import { type Figure, type Figures, figureOf, type Mark } from "./figure.ts";

export interface LiveInputs {
  readonly snapshot: LiveSnapshot;
  readonly park: ParkBody;
  readonly meters: readonly MeterBody[];
  readonly devices: ReadonlyMap<string, LiveDevice>;
  /** The line has been lost for longer than a heartbeat: values are the last known ones. */
  readonly isStale: boolean;
  readonly nowMs: number;
}

interface LivePart {
  readonly id: string;
  readonly label: string;
  readonly value: number | null;
  readonly rule?: string;
  readonly formula?: string | null;
  readonly meterIds?: readonly string[];
  readonly reason?: string | null;
  readonly mark?: Mark | null;
}

/** Every number of the live picture, by the id under which its reason opens. */
export function liveFigures(inputs: LiveInputs): Figures {
  const make = figureMaker(inputs);
  const figures = [
    ...sourceFigures(inputs, make),
    ...groupFigures(inputs, make),
    ...plantFigures(inputs, make),
    ...storageFigures(inputs, make),
    ...otherFigures(inputs, make),
    ...freshnessFigures(inputs, make),
  ];
  return Object.fromEntries(figures.map((figure) => [figure.id, figure]));
}

type Make = (part: LivePart, format: (value: number) => Quantity) => Figure;

function figureMaker({ snapshot, park, devices, isStale, nowMs }: LiveInputs): Make {
  const atMs = Date.parse(snapshot.at);
  const period = clockSeconds(atMs, park.timezone);
  const age = isStale ? `${say(common.stale)} · ${ageText(nowMs - atMs)}` : null;
  return (part, format) => {
    const isDoubtful =
      part.meterIds?.some((id) => (devices.get(id)?.doubtful.length ?? 0) > 0) ?? false;
    return figureOf(
      { mark: isDoubtful ? "doubtful" : "A", period, isStale, ...part, reason: part.reason ?? age },
      format,
    );
  };
}

const idsOf = (
  meters: readonly MeterBody[],
  matches: (meter: MeterBody) => boolean,
): readonly string[] => meters.filter(matches).map(({ id }) => id);

function electricIds(meters: readonly MeterBody[], role: MeterBody["role"]): readonly string[] {
  return idsOf(meters, (meter) => meter.role === role && meter.carrier === "electricity");
}

function sourceFigures({ snapshot, meters }: LiveInputs, make: Make): Figure[] {
  const { flow } = snapshot;
  const names = [
    ["grid", overview.grid, flow.gridKw],
    ["direct", overview.direct, flow.directKw],
    ["pv", overview.pv, flow.pvKw],
    ["storage", overview.storage, flow.storageKw],
    ["load", overview.load, flow.loadKw],
  ] as const;
  const meterIds = names.map(([role]) => electricIds(meters, role));
  return [
    ...names.map(([role, label, value], index) =>
      make(
        {
          ...{ id: `live.${role}`, label: say(label), value },
          meterIds: meterIds[index] ?? [],
          rule: say(meterIds[index]?.length === 1 ? rules.liveOne : rules.liveSum),
          ...(role === "pv" && flow.pvFromCheckMeter
            ? { mark: "C" as const, reason: say(overview.fromCheckMeter) }
            : {}),
        },
        (powerKw) => megawatts(role === "storage" ? Math.abs(powerKw) : powerKw),
      ),
    ),
    make(
      {
        ...{ id: "live.supply", label: say(overview.supply), value: flow.supplyKw },
        rule: say(rules.supply),
        meterIds: meterIds.slice(0, 4).flat(),
      },
      megawatts,
    ),
    make(
      {
        ...{ id: "live.unallocated", label: say(overview.unallocated) },
        value: flow.unallocatedKw,
        rule: say(rules.unallocated),
        formula: balanceFormula(flow),
        meterIds: meterIds.flat(),
      },
      megawatts,
    ),
  ];
}

/** `81.9 − 44.9 − 36.2 = 0.8 MW` */
function balanceFormula({ supplyKw, loadKw, storageKw, gridKw, unallocatedKw }: LiveFlow) {
  if (supplyKw === null || loadKw === null || unallocatedKw === null) return null;
  const terms = [loadKw, Math.max(0, storageKw ?? 0), Math.max(0, -(gridKw ?? 0))]
    .filter((powerKw) => powerKw > 0)
    .map((powerKw) => ` − ${megawatts(powerKw).text}`);
  return `${megawatts(supplyKw).text}${terms.join("")} = ${megawatts(unallocatedKw).text} MW`;
}

function groupFigures({ snapshot, park, meters }: LiveInputs, make: Make): Figure[] {
  return snapshot.flow.groups.map(({ id, powerKw, silent }) => {
    const group = park.loadGroups.find((candidate) => candidate.id === id);
    return make(
      {
        ...{ id: `live.group.${id}`, label: group === undefined ? id : nameOf(group.name) },
        value: powerKw,
        rule: say(rules.liveGroup),
        reason: silent > 0 ? say(overview.silent)(String(silent)) : null,
        ...(silent > 0 ? { mark: "missing" as const } : {}),
        meterIds: idsOf(meters, (meter) => meter.loadGroupId === id && meter.role === "load"),
      },
      megawatts,
    );
  });
}

function plantFigures({ snapshot, meters }: LiveInputs, make: Make): Figure[] {
  return snapshot.flow.pvPlants.map(({ id, powerKw, stale }) => {
    const meter = meters.find((candidate) => candidate.id === id);
    return make(
      {
        ...{ id: `live.pv.${id}`, label: meter === undefined ? id : nameOf(meter.name) },
        value: stale ? null : powerKw,
        rule: say(rules.liveOne),
        meterIds: [id],
      },
      megawatts,
    );
  });
}

function storageFigures({ snapshot, meters }: LiveInputs, make: Make): Figure[] {
  const { storage } = snapshot.flow;
  if (storage === null) return [];
  const meterIds = electricIds(meters, "storage");
  const units = `${storage.unitsFresh}/${storage.unitsTotal}`;
  const reason =
    storage.unitsFresh < storage.unitsTotal ? `${say(overview.unitsOnline)} ${units}` : null;
  return [
    make(
      {
        ...{ id: "live.soc", label: say(overview.soc), value: storage.socFraction },
        ...{ rule: say(rules.soc), meterIds, reason },
      },
      percent,
    ),
    make(
      {
        ...{ id: "live.dischargeable", label: say(overview.dischargeable) },
        value: storage.dischargeableKwh,
        ...{ rule: say(rules.dischargeable), meterIds, reason },
      },
      megawattHours,
    ),
    make(
      {
        ...{ id: "live.soh", label: say(overview.health), value: storage.sohFraction },
        rule: say(rules.device),
        meterIds: idsOf(meters, ({ kind }) => kind === "storage-bms"),
      },
      percent,
    ),
    make(
      {
        ...{ id: "live.units", label: say(overview.unitsOnline), value: storage.unitsFresh },
        ...{ rule: say(rules.online), meterIds, mark: null },
      },
      () => ({ text: units, unit: "" }),
    ),
  ];
}

function otherFigures({ snapshot, meters }: LiveInputs, make: Make): Figure[] {
  const { heat, water, weather } = snapshot.flow;
  const cubic = (value: number): Quantity => ({ text: fixed(value, 0), unit: "m³/h" });
  const ofKind = (...kinds: readonly string[]) =>
    idsOf(meters, ({ kind, role }) => kinds.includes(kind) && role !== "sub");
  const rows = [
    ["heat.source", overview.heatSource, heat.sourceKw, megawatts, ofKind("heat-meter")],
    ["heat.delivered", overview.heatDelivered, heat.deliveredKw, megawatts, ofKind("heat-meter")],
    ["water.intake", overview.intake, water.intakeM3PerH, cubic, ofKind("water-meter")],
    ["water.effluent", overview.effluent, water.effluentM3PerH, cubic, ofKind("effluent-monitor")],
    [
      "weather.irradiance",
      overview.irradiance,
      weather.irradianceWPerM2,
      (value: number): Quantity => ({ text: fixed(value, 0), unit: "W/m²" }),
      idsOf(meters, ({ kind }) => kind === "weather-station"),
    ],
    [
      "weather.ambient",
      overview.ambient,
      weather.ambientCelsius,
      (value: number): Quantity => ({ text: fixed(value, 1), unit: "°C" }),
      idsOf(meters, ({ kind }) => kind === "weather-station"),
    ],
  ] as const;
  return rows.map(([id, label, value, format, meterIds]) =>
    make({ id: `live.${id}`, label: say(label), value, meterIds, rule: say(rules.device) }, format),
  );
}

function freshnessFigures({ snapshot }: LiveInputs, make: Make): Figure[] {
  const { devicesFresh, devicesTotal, completenessFraction, delayS } = snapshot.freshness;
  return [
    make(
      {
        ...{ id: "fresh.online", label: say(overview.metersOnline), value: devicesFresh },
        ...{ rule: say(rules.online), mark: null },
      },
      () => ({ text: `${devicesFresh}/${devicesTotal}`, unit: "" }),
    ),
    make(
      {
        ...{ id: "fresh.completeness", label: say(common.completenessName) },
        value: completenessFraction,
        ...{ rule: say(rules.completeness), mark: null },
      },
      percent,
    ),
    make(
      {
        ...{ id: "fresh.delay", label: say(overview.delay), value: delayS },
        ...{ rule: say(rules.delay), mark: null },
      },
      (value) => ({ text: fixed(value, 0), unit: "s" }),
    ),
  ];
}
