import type { Meter, Park, StorageStation } from "../park.ts";
import type { FreshValue } from "./moment.ts";

/** Momentary state of the park's storage station. */
export interface StorageFlow {
  readonly id: string;
  /** Positive = charging; null unless every unit is fresh. */
  readonly powerKw: number | null;
  /** Mean of the fresh units, weighted by capacity. */
  readonly socFraction: number | null;
  /** Stored above the lower limit in the fresh units, before conversion losses. */
  readonly dischargeableKwh: number | null;
  readonly capacityKwh: number;
  readonly powerMaxKw: number;
  readonly socMinFraction: number;
  readonly socMaxFraction: number;
  readonly unitsTotal: number;
  readonly unitsFresh: number;
  /** Mean of the fresh clusters, weighted by capacity. */
  readonly sohFraction: number | null;
}

interface Weighted {
  readonly value: number;
  readonly capacityKwh: number;
}

/**
 * The first storage station of the park with its units, which are the power converters among the
 * given meters. Null when the park has none, or when none of its units may be seen.
 */
export function storageFlow(
  park: Park,
  meters: readonly Meter[],
  value: FreshValue,
): StorageFlow | null {
  const [station] = park.storage;
  const units = meters.filter(({ kind }) => kind === "storage-pcs");
  if (station === undefined || units.length === 0) return null;
  const charges = weighted(units, "socFraction", { value, station });
  const powers = units.map(({ id }) => value(id, "powerKw"));
  const clusters = meters.filter(({ kind }) => kind === "storage-bms");
  return {
    id: station.id,
    powerKw: powers.includes(null) ? null : powers.reduce<number>((sum, kw) => sum + (kw ?? 0), 0),
    socFraction: mean(charges),
    dischargeableKwh: dischargeableKwh(charges, station.socMinFraction),
    capacityKwh: station.capacityKwh,
    powerMaxKw: station.powerMaxKw,
    socMinFraction: station.socMinFraction,
    socMaxFraction: station.socMaxFraction,
    unitsTotal: units.length,
    unitsFresh: powers.filter((powerKw) => powerKw !== null).length,
    sohFraction: mean(weighted(clusters, "sohFraction", { value, station })),
  };
}

/** Values that are known, each with the capacity it speaks for; equal shares where none is registered. */
function weighted(
  devices: readonly Meter[],
  metric: string,
  { value, station }: { readonly value: FreshValue; readonly station: StorageStation },
): readonly Weighted[] {
  const equalCapacityKwh = station.capacityKwh / Math.max(1, devices.length);
  return devices.flatMap(({ id, capacityKwh }) => {
    const known = value(id, metric);
    return known === null ? [] : [{ value: known, capacityKwh: capacityKwh ?? equalCapacityKwh }];
  });
}

function mean(parts: readonly Weighted[]): number | null {
  const capacityKwh = parts.reduce((sum, part) => sum + part.capacityKwh, 0);
  if (capacityKwh === 0) return null;
  return parts.reduce((sum, part) => sum + part.value * part.capacityKwh, 0) / capacityKwh;
}

function dischargeableKwh(charges: readonly Weighted[], socMinFraction: number): number | null {
  if (charges.length === 0) return null;
  return charges.reduce(
    (sum, { value, capacityKwh }) => sum + Math.max(0, value - socMinFraction) * capacityKwh,
    0,
  );
}
