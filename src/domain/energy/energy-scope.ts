import {
  type Carrier,
  deviceKindNames,
  deviceKinds,
  metricOf,
  registersOf,
} from "../../contracts/device-kinds.ts";
import type { Meter } from "../park.ts";

/** One register of one meter that goes into a figure, and the name that it has there. */
export interface ScopePart {
  readonly meterId: string;
  readonly register: string;
  readonly name: string;
  /** As it stands in answers: `Nm3`, not `Nm³`. */
  readonly unit: string;
  readonly validFromMs: number | null;
}

/** What a figure is summed from. */
export interface EnergyScope {
  readonly carrier: Carrier;
  /** Unit of the carrier's main register. */
  readonly unit: string;
  /** Names in the order of the answer. */
  readonly names: readonly string[];
  readonly parts: readonly ScopePart[];
}

/** All registers of one meter, under their own names. */
export function meterScope(meter: Meter): EnergyScope {
  const names = registersOf(meter.kind);
  return {
    carrier: meter.carrier,
    unit: unitOf(meter, names[0]),
    names,
    parts: names.map((register) => partOf(meter, register, register)),
  };
}

/**
 * What an enterprise draws and generates of one carrier. Sub-meters and check meters are left out,
 * because their energy is in the meter above them already.
 */
export function enterpriseScope(
  meters: readonly Meter[],
  enterpriseId: string,
  carrier: Carrier,
): EnergyScope {
  const own = meters.filter(
    (meter) =>
      meter.enterpriseId === enterpriseId &&
      meter.carrier === carrier &&
      meter.role !== "sub" &&
      meter.role !== "check",
  );
  return summedScope(onceCounted(own, meters), carrier);
}

/**
 * The park at its boundary: its supply mains (role `grid`), and for electricity what is made and stored
 * inside as well: PV generation, what the direct line delivered, storage charge and discharge. Where a
 * carrier has no metered mains, the consumers' meters stand for them.
 */
export function parkScope(meters: readonly Meter[], carrier: Carrier): EnergyScope {
  const ofCarrier = meters.filter((meter) => meter.carrier === carrier);
  const mains = ofCarrier.filter(({ role }) => role === "grid");
  const loads = ofCarrier.filter(({ role }) => role === "load");
  const plants = ofCarrier.filter(({ role }) => plantRoles.has(role));
  const supply = mains.length > 0 ? mains : onceCounted(loads, meters);
  return summedScope(carrier === "electricity" ? [...supply, ...plants] : supply, carrier);
}

/** Whether the park's own consumption can be balanced: what crosses its boundary is metered. */
export function hasMains(meters: readonly Meter[], carrier: Carrier): boolean {
  return meters.some((meter) => meter.carrier === carrier && meter.role === "grid");
}

const plantRoles: ReadonlySet<Meter["role"]> = new Set(["pv", "direct", "storage"]);

/** Leaves out loads below another load of the selection: they are in its figure. */
function onceCounted(selected: readonly Meter[], all: readonly Meter[]): Meter[] {
  const byId = new Map(all.map((meter) => [meter.id, meter]));
  const loadIds = new Set(selected.filter(({ role }) => role === "load").map(({ id }) => id));
  return selected.filter((meter) => {
    if (meter.role !== "load") return true;
    const seen = new Set<string>([meter.id]);
    let above = meter.parentId;
    while (above !== null && !seen.has(above)) {
      if (loadIds.has(above)) return false;
      seen.add(above);
      above = byId.get(above)?.parentId ?? null;
    }
    return true;
  });
}

/** Electricity meters in place of a plant's own counters speak of import and export. */
const boundaryNames: Partial<Record<Meter["role"], Readonly<Record<string, string | null>>>> = {
  pv: { exportKwh: "generationKwh", importKwh: null },
  direct: { importKwh: "deliveredKwh", exportKwh: null },
  storage: { importKwh: "chargeKwh", exportKwh: "dischargeKwh" },
};

function summedScope(meters: readonly Meter[], carrier: Carrier): EnergyScope {
  const parts = meters.flatMap((meter) =>
    registersOf(meter.kind).flatMap((register) => {
      // Reactive energy is no amount of the carrier; it belongs to the meter alone.
      if (metricOf(meter.kind, register)?.unit === "kvarh") return [];
      const renamed =
        meter.kind === "electricity-meter" ? boundaryNames[meter.role]?.[register] : undefined;
      return renamed === null ? [] : [partOf(meter, register, renamed ?? register)];
    }),
  );
  const names = [...new Set(parts.map(({ name }) => name))];
  return {
    carrier,
    unit: carrierUnit(carrier),
    names: names.length === 0 && carrier === "electricity" ? ["importKwh", "exportKwh"] : names,
    parts,
  };
}

function partOf(meter: Meter, register: string, name: string): ScopePart {
  const { id: meterId, validFromMs } = meter;
  return { meterId, register, name, unit: unitOf(meter, register), validFromMs };
}

function unitOf(meter: Meter, register: string | undefined): string {
  return codeOf(register === undefined ? "" : (metricOf(meter.kind, register)?.unit ?? ""));
}

/** Unit of the main register of the first kind that counts the carrier. */
function carrierUnit(carrier: Carrier): string {
  const kind = deviceKindNames.find((name) => deviceKinds[name].carrier === carrier);
  const main = kind === undefined ? undefined : registersOf(kind)[0];
  return kind === undefined || main === undefined ? "" : codeOf(metricOf(kind, main)?.unit ?? "");
}

/** Units are written without raised digits where programs read them. */
function codeOf(unit: string): string {
  return unit.replaceAll("³", "3").replaceAll("²", "2");
}

/**
 * Electricity that the park used, with the losses of its network. What storage takes in and gives
 * back is no use, so neither is what it has lost in between:
 *
 *     consumptionKwh = import + generation + delivered + discharge − charge − export
 *
 * Null when one of the terms that the park has meters for is not known.
 */
export function parkConsumptionKwh(
  amounts: Readonly<Record<string, number | null | undefined>>,
): number | null {
  const signed: readonly (readonly [string, 1 | -1])[] = [
    ["importKwh", 1],
    ["generationKwh", 1],
    ["deliveredKwh", 1],
    ["dischargeKwh", 1],
    ["chargeKwh", -1],
    ["exportKwh", -1],
  ];
  let consumptionKwh = 0;
  let terms = 0;
  for (const [name, sign] of signed) {
    const amount = amounts[name];
    if (amount === undefined) continue;
    if (amount === null) return null;
    consumptionKwh += sign * amount;
    terms += 1;
  }
  return terms === 0 ? null : consumptionKwh;
}
