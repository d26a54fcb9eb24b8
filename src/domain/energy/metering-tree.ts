import { type Carrier, metricOf, registersOf } from "../../contracts/device-kinds.ts";
import type { Meter } from "../park.ts";

/** A register and which way its energy goes: 1 from the place above into the meter, −1 back. */
export interface FlowTerm {
  readonly register: string;
  readonly sign: 1 | -1;
}

/** A place of the metering tree: what flows through the meter should be what flows below it. */
export interface TreePlace {
  readonly meter: Meter;
  /** Meters directly below that measure a part of it. */
  readonly parts: readonly Meter[];
  /** Check meters that measure the same again. */
  readonly checks: readonly Meter[];
}

/** Registers of what a device gives instead of takes. */
const giving: ReadonlySet<string> = new Set(["generationKwh", "deliveredKwh", "dischargeKwh"]);
/** Registers that are no flow between two places of the tree. */
const noFlow: ReadonlySet<string> = new Set(["curtailedKwh", "itKwh"]);

/**
 * Registers of a device that take part in a balance, with their direction. Import, charge, volume and
 * heat go down the tree; export, generation, discharge and what a direct line delivered go up, and so
 * does effluent. An electricity meter in place of a direct line imports what it gives to the park.
 */
export function flowTerms(meter: Meter): readonly FlowTerm[] {
  const { kind, role, carrier } = meter;
  if (kind === "storage-bms" || carrier === "none") return [];
  return registersOf(kind).flatMap((register): FlowTerm[] => {
    if (noFlow.has(register) || metricOf(kind, register)?.unit === "kvarh") return [];
    if (isOtherMedium(carrier, register)) return [];
    const isUp = register === "exportKwh" || (giving.has(register) && kind !== "charger");
    const isReversed =
      carrier === "effluent" || (kind === "electricity-meter" && role === "direct");
    return [{ register, sign: isUp === isReversed ? 1 : -1 }];
  });
}

/** A heat meter counts cold in a register of its own, and a cooling meter heat. */
function isOtherMedium(carrier: Carrier, register: string): boolean {
  return (
    (carrier === "heat" && register === "coolingGj") ||
    (carrier === "cooling" && register === "heatGj")
  );
}

/** Every meter that has others of its carrier below or beside it, in the order of the registry. */
export function treePlaces(meters: readonly Meter[]): readonly TreePlace[] {
  const below = new Map<string, Meter[]>();
  for (const meter of meters) {
    if (meter.parentId === null || flowTerms(meter).length === 0) continue;
    below.set(meter.parentId, [...(below.get(meter.parentId) ?? []), meter]);
  }
  const isBeside = ({ id, role }: Meter): boolean => role === "check" && !below.has(id);
  return meters.flatMap((meter) => {
    const children = (below.get(meter.id) ?? []).filter(({ carrier }) => carrier === meter.carrier);
    if (children.length === 0 || flowTerms(meter).length === 0) return [];
    const checks = children.filter(isBeside);
    return [{ meter, checks, parts: children.filter((child) => !isBeside(child)) }];
  });
}

/**
 * What feeds or leaves the bus behind the mains without standing below them: plants, lines, storage and
 * loads on top of the tree. A check meter on top stands for what is below it; one alone measures
 * something again and is left out.
 */
export function busMeters(meters: readonly Meter[], carrier: Carrier): readonly Meter[] {
  const partsOf = new Map(treePlaces(meters).map(({ meter, parts }) => [meter.id, parts]));
  const counted = (meter: Meter): readonly Meter[] =>
    meter.role === "check" ? (partsOf.get(meter.id) ?? []).flatMap(counted) : [meter];
  return meters
    .filter((one) => one.carrier === carrier && one.parentId === null && one.role !== "grid")
    .filter((one) => flowTerms(one).length > 0)
    .flatMap(counted);
}

/** The meter and everything below it, however deep. */
export function subtree(meters: readonly Meter[], rootId: string): readonly Meter[] {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  return meters.filter((meter) => {
    const seen = new Set<string>();
    for (let at: Meter | undefined = meter; at !== undefined && !seen.has(at.id); ) {
      if (at.id === rootId) return true;
      seen.add(at.id);
      at = byId.get(at.parentId ?? "");
    }
    return false;
  });
}

/**
 * What crosses the edge of a tree and what ends inside it: mains and plants as sources, loads once
 * each. Sub and check meters are inside of those. Null when the edge is not metered.
 *
 * @param rootId the meter that stands for the mains of an island or feeder; absent: the park's own.
 */
export function boundaryOf(
  meters: readonly Meter[],
  carrier: Carrier,
  rootId?: string,
): { readonly mains: readonly Meter[]; readonly inside: readonly Meter[] } | null {
  const own = meters.filter((one) => one.carrier === carrier && flowTerms(one).length > 0);
  const mains = own.filter(({ id, role }) =>
    rootId === undefined ? role === "grid" : id === rootId,
  );
  const inside = onceCounted(
    own.filter(({ id, role }) => insideRoles.has(role) && id !== rootId),
    meters,
  );
  return mains.length === 0 || inside.length === 0 ? null : { mains, inside };
}

const insideRoles: ReadonlySet<Meter["role"]> = new Set(["load", "pv", "direct", "storage"]);

/** Without those below another one of their role: they are in its figure. */
function onceCounted(selected: readonly Meter[], all: readonly Meter[]): readonly Meter[] {
  const byId = new Map(all.map((meter) => [meter.id, meter]));
  const chosen = new Set(selected);
  return selected.filter((meter) => {
    const seen = new Set<string>([meter.id]);
    let above = byId.get(meter.parentId ?? "");
    while (above !== undefined && !seen.has(above.id)) {
      if (chosen.has(above) && above.role === meter.role) return false;
      seen.add(above.id);
      above = byId.get(above.parentId ?? "");
    }
    return true;
  });
}
