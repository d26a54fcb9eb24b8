import { type Carrier, metricOf, registersOf } from "../../contracts/device-kinds.ts";
import type { Meter } from "../park.ts";

/** One register of one meter that goes into a figure, and the name that it has there. */
export interface ScopePart {
  readonly meterId: string;
  readonly register: string;
  readonly name: string;
}

/** What a figure is summed from. */
export interface EnergyScope {
  readonly carrier: Carrier;
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
    parts: names.map((register) => ({ meterId: meter.id, register, name: register })),
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
  const counted = meters.filter(
    (meter) =>
      meter.enterpriseId === enterpriseId &&
      meter.carrier === carrier &&
      meter.role !== "sub" &&
      meter.role !== "check",
  );
  return summedScope(counted, carrier);
}

/**
 * The park at its boundary. Electricity is what crosses it or is made inside: grid import and export,
 * PV generation, what the direct line delivered, storage charge and discharge. Any other carrier is
 * its supply mains (role `grid`) where they are metered, else the sum of the consumers' meters.
 */
export function parkScope(meters: readonly Meter[], carrier: Carrier): EnergyScope {
  const ofCarrier = meters.filter((meter) => meter.carrier === carrier);
  if (carrier === "electricity") {
    return summedScope(
      ofCarrier.filter(({ role }) => ["grid", "pv", "direct", "storage"].includes(role)),
      carrier,
    );
  }
  const mains = ofCarrier.filter(({ role }) => role === "grid");
  return summedScope(
    mains.length > 0 ? mains : ofCarrier.filter(({ role }) => role === "load"),
    carrier,
  );
}

/** Electricity meters in place of a plant's own counters speak of import and export. */
const boundaryNames: Partial<Record<Meter["role"], Readonly<Record<string, string | null>>>> = {
  pv: { exportKwh: "generationKwh", importKwh: null },
  direct: { importKwh: "deliveredKwh", exportKwh: null },
  storage: { importKwh: "chargeKwh", exportKwh: "dischargeKwh" },
};

function summedScope(meters: readonly Meter[], carrier: Carrier): EnergyScope {
  const parts = meters.flatMap((meter) =>
    registersOf(meter.kind)
      .filter(
        (register) =>
          metricOf(meter.kind, register)?.unit === unitOf(meter, registersOf(meter.kind)[0]),
      )
      .flatMap((register) => {
        const renamed =
          meter.kind === "electricity-meter" ? boundaryNames[meter.role]?.[register] : undefined;
        if (renamed === null) return [];
        return [{ meterId: meter.id, register, name: renamed ?? register }];
      }),
  );
  const first = meters[0];
  return {
    carrier,
    unit: first === undefined ? "" : unitOf(first, registersOf(first.kind)[0]),
    names: [...new Set(parts.map(({ name }) => name))],
    parts,
  };
}

function unitOf(meter: Meter, register: string | undefined): string {
  return register === undefined ? "" : (metricOf(meter.kind, register)?.unit ?? "");
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
